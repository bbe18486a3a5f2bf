/** How long a start takes that finds a journal, beside only reading its files. */
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineOptions } from '../engines.ts';
import { inTurns, ratios, valuesOf } from '../runs.ts';
import type { Bench, Section } from '../section.ts';
import type { Reading } from './restore-process.ts';

/** What has happened to each agent before. */
const EVENTS_AN_AGENT = 2;
const SCRIPT = new URL('restore-process.ts', import.meta.url);

export async function restore(bench: Bench): Promise<Section> {
  const agents = bench.isQuick ? 20_000 : 100_000;
  const filled = join(bench.folder, 'filled');
  await mkdir(filled);
  bench.tell('filling a journal');
  await within(bench, async (process) => process.ask('fill', { folder: filled, agents }));
  const runs = await inTurns(
    [
      { name: 'restore', run: async () => ({ ms: await restoring(bench, { folder: filled, agents }) }) },
      {
        name: 'read',
        run: () =>
          within(bench, async (process) => ({ ...(await process.ask<Reading>('read', { folder: filled })) })),
      },
    ],
    bench,
  );
  await rm(filled, { recursive: true });
  const taken = valuesOf(runs, 'restore', 'ms');
  const reading = valuesOf(runs, 'read', 'ms');
  const count = agents.toLocaleString('en-GB');
  return {
    subject: 'restore',
    title: `Restore: a start on a journal of ${count} agents with ${EVENTS_AN_AGENT} events each`,
    figures: [
      { name: 'until commands are taken', unit: 'ms', values: taken },
      {
        name: 'events restored',
        unit: '/s',
        values: taken.map((ms) => (agents * EVENTS_AN_AGENT * 1000) / ms),
      },
      { name: 'reading the files', unit: 'ms', values: reading },
      {
        name: 'the files',
        unit: 'MB',
        values: valuesOf(runs, 'read', 'bytes').map((bytes) => bytes / 2 ** 20),
      },
    ],
    ratios: [{ name: 'restore / reading the files', values: ratios(taken, reading) }],
  };
}

/** On a copy: a start writes that it began. */
async function restoring(bench: Bench, { folder: filled, agents }: EngineOptions): Promise<number> {
  const folder = join(bench.folder, 'restored');
  await cp(join(filled, 'journal'), join(folder, 'journal'), { recursive: true });
  const ms = await within(bench, (process) => process.ask<number>('restore', { folder, agents }));
  await rm(folder, { recursive: true });
  return ms;
}

async function within<Result>(
  { processes }: Bench,
  run: (process: Awaited<ReturnType<Bench['processes']['start']>>) => Promise<Result>,
): Promise<Result> {
  await using process = await processes.start(SCRIPT);
  return await run(process);
}
