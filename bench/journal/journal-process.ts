import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from '../../engine/journal/lock.ts';
import { openFileJournal } from '../../engine/journal/file.ts';
import type { Writer } from '../../engine/journal/port.ts';
import { PARTITIONS } from '../../engine/engine.ts';
import { answer } from '../answering.ts';
import { quantile } from '../runs.ts';
import { eventFrames } from './events.ts';

export interface Task {
  /** A new folder. */
  readonly folder: string;
  /** Events of each append. */
  readonly events: number;
  /** How many groups of sixteen appends. */
  readonly groups: number;
}

export interface Outcome {
  readonly perSecond: number;
  /** From an append to its acknowledgement, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const ZEROS = Buffer.alloc(1 << 20);

/** The journal: sixteen writers, each with one append on its way at a time, as the engine's partitions have it. */
async function viaJournal({ folder, events, groups }: Task): Promise<Outcome> {
  await using lock = await lockFolder(folder);
  await using journal = await openFileJournal({ lock });
  const frames = eventFrames(events);
  const waits: number[] = [];
  const writeAll = async (writer: Writer) => {
    const { partition, term } = writer;
    for (let group = 0; group < groups; group++) {
      const begun = performance.now();
      await writer.append({ partition, term, id: `${partition}-${group}`, count: events, events: frames });
      waits.push(performance.now() - begun);
    }
  };
  const writers = await Promise.all(Array.from({ length: PARTITIONS }, (_, id) => journal.claim(id)));
  const begun = performance.now();
  await Promise.all(writers.map(writeAll));
  return outcomeOf(waits, { events: PARTITIONS * groups * events, ms: performance.now() - begun });
}

/** The same bytes, bare: one write of sixteen appends' bytes and one fdatasync, at the end of a file. */
async function bareAppend({ folder, events, groups }: Task): Promise<Outcome> {
  await using file = await open(join(folder, 'bare'), 'w');
  return await writeBare(file, { events, groups });
}

/** As `bareAppend`, in a file that was filled before anything counts: its size needs no change to be durable. */
async function bareFilled({ folder, events, groups }: Task): Promise<Outcome> {
  await using file = await open(join(folder, 'bare'), 'w');
  const bytes = eventFrames(events).length * PARTITIONS * groups;
  for (let at = 0; at < bytes; at += ZEROS.length) await file.write(ZEROS, 0, ZEROS.length, at);
  await file.datasync();
  return await writeBare(file, { events, groups });
}

async function writeBare(file: FileHandle, { events, groups }: Omit<Task, 'folder'>): Promise<Outcome> {
  const frames = eventFrames(events);
  const bytes = Buffer.concat(Array.from({ length: PARTITIONS }, () => frames));
  const waits: number[] = [];
  const begun = performance.now();
  for (let group = 0; group < groups; group++) {
    const at = performance.now();
    await file.write(bytes, 0, bytes.length, group * bytes.length);
    await file.datasync();
    waits.push(performance.now() - at);
  }
  return outcomeOf(waits, { events: PARTITIONS * groups * events, ms: performance.now() - begun });
}

function outcomeOf(waits: readonly number[], { events, ms }: { events: number; ms: number }): Outcome {
  const sorted = Float64Array.from(waits).sort();
  return { perSecond: (events / ms) * 1000, p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) };
}

answer({ viaJournal, bareAppend, bareFilled });
