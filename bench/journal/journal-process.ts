import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { PARTITIONS } from '../../engine/population.ts';
import { openFileJournal } from '../../engine/journal/file.ts';
import { lockFolder } from '../../engine/journal/lock.ts';
import type { Writer } from '../../engine/journal/port.ts';
import { answer } from '../answering.ts';
import { quantile } from '../runs.ts';
import { eventFrames } from './events.ts';

export interface Task {
  /** A new folder. */
  readonly folder: string;
  /** Events of each append. */
  readonly events: number;
  /** How many groups of sixteen appends each way of writing takes at a time, and how many times it takes its turn. */
  readonly groups: number;
  readonly turns: number;
}

/** The journal; bare, at the end of a file; bare, in a file that was filled before anything counts. */
export type Way = 'journal' | 'append' | 'filled';

export interface Outcome {
  readonly perSecond: number;
  /** From an append to its acknowledgement, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const ZEROS = Buffer.alloc(1 << 20);

/** The ways take turns many times, so that what else the machine does meets all of them. */
async function run(task: Task): Promise<Record<Way, Outcome>> {
  const { folder, events, groups, turns } = task;
  await using lock = await lockFolder(folder);
  await using journal = await openFileJournal({ lock });
  await using appended = await open(join(folder, 'appended'), 'w');
  await using filled = await open(join(folder, 'filled'), 'w');
  const frames = eventFrames(events);
  const bytes = Buffer.concat(Array.from({ length: PARTITIONS }, () => frames));
  // One turn more than counts: the first is for the compiler.
  await fill(filled, bytes.length * groups * (turns + 1));
  const writers = await Promise.all(Array.from({ length: PARTITIONS }, (_, id) => journal.claim(id)));
  const timings = { journal: new Timing(), append: new Timing(), filled: new Timing() };
  for (let turn = 0; turn <= turns; turn++) {
    if (turn === 1) for (const timing of Object.values(timings)) timing.begin();
    const first = turn * groups;
    await timings.journal.time((waits) => viaJournal(writers, { frames, first, ...task }, waits));
    await timings.append.time((waits) => bare(appended, { bytes, first, groups }, waits));
    await timings.filled.time((waits) => bare(filled, { bytes, first, groups }, waits));
  }
  const total = PARTITIONS * events * groups * turns;
  return {
    journal: timings.journal.outcome(total),
    append: timings.append.outcome(total),
    filled: timings.filled.outcome(total),
  };
}

class Timing {
  #waits: number[] = [];
  #ms = 0;

  begin(): void {
    this.#waits = [];
    this.#ms = 0;
  }

  async time(write: (waits: number[]) => Promise<void>): Promise<void> {
    const begun = performance.now();
    await write(this.#waits);
    this.#ms += performance.now() - begun;
  }

  outcome(events: number): Outcome {
    const sorted = Float64Array.from(this.#waits).sort();
    return {
      perSecond: (events / this.#ms) * 1000,
      p50Ms: quantile(sorted, 0.5),
      p99Ms: quantile(sorted, 0.99),
    };
  }
}

/** Sixteen writers, each with one append on its way at a time, as the engine's partitions have it. */
async function viaJournal(
  writers: readonly Writer[],
  { frames, first, groups, events }: Pick<Task, 'groups' | 'events'> & { frames: Uint8Array; first: number },
  waits: number[],
): Promise<void> {
  const writeAll = async (writer: Writer) => {
    const { partition, term } = writer;
    for (let group = first; group < first + groups; group++) {
      const begun = performance.now();
      await writer.append({ partition, term, id: `${partition}-${group}`, count: events, events: frames });
      waits.push(performance.now() - begun);
    }
  };
  await Promise.all(writers.map(writeAll));
}

/** One write of sixteen appends' bytes and one fdatasync. */
async function bare(
  file: FileHandle,
  { bytes, first, groups }: { bytes: Uint8Array; first: number; groups: number },
  waits: number[],
): Promise<void> {
  for (let group = first; group < first + groups; group++) {
    const begun = performance.now();
    await file.write(bytes, 0, bytes.length, group * bytes.length);
    await file.datasync();
    waits.push(performance.now() - begun);
  }
}

async function fill(file: FileHandle, bytes: number): Promise<void> {
  for (let at = 0; at < bytes; at += ZEROS.length) await file.write(ZEROS, 0, ZEROS.length, at);
  await file.datasync();
}

answer({ run });
