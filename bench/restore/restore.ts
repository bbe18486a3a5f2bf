/** How long a start takes that finds a snapshot and a journal behind it, beside only reading the files. */
import { cp, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineOptions } from '../engines.ts';
import { inTurns, ratios, valuesOf } from '../runs.ts';
import type { Bench, Section } from '../section.ts';
import { CHANGES_EACH } from './changes.ts';
import type { Filling, Reading, Restored } from './restore-process.ts';

const LONGEST_MS = 1_000;
const SCRIPT = new URL('restore-process.ts', import.meta.url);

export async function restore(bench: Bench): Promise<Section> {
  const agents = bench.isQuick ? 20_000 : 100_000;
  const filled = join(bench.folder, 'filled');
  await mkdir(filled);
  bench.tell('filling a journal');
  const filling: Filling = { folder: filled, agents, live: agents, hasSnapshots: true };
  await within(bench, async (process) => process.ask('fill', filling));
  const runs = await inTurns(
    [
      { name: 'restore', run: async () => ({ ...(await restoring(bench, filling)) }) },
      {
        name: 'read',
        run: () => within(bench, async (process) => ({ ...(await process.ask<Reading>('read', filling)) })),
      },
    ],
    bench,
  );
  await rm(filled, { recursive: true });
  const taken = valuesOf(runs, 'restore', 'ms');
  const reading = valuesOf(runs, 'read', 'ms');
  const [count, events] = [agents, agents * CHANGES_EACH].map((number) => number.toLocaleString('en-GB'));
  return {
    subject: 'restore',
    title: `Restore: a start on a snapshot of ${count} agents and ${events} events behind it`,
    figures: [
      { name: 'until commands are taken', unit: 'ms', values: taken, target: { atMost: LONGEST_MS } },
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

/** On a copy, as durable as what was written there once: a start writes that it began. */
async function restoring(bench: Bench, filling: Filling): Promise<Restored> {
  const folder = join(bench.folder, 'restored');
  for (const part of ['journal', 'snapshots']) {
    await cp(join(filling.folder, part), join(folder, part), { recursive: true });
    await syncAll(join(folder, part));
  }
  const options: EngineOptions = { ...filling, folder };
  const restored = await within(bench, (process) => process.ask<Restored>('restore', options));
  await rm(folder, { recursive: true });
  return restored;
}

async function syncAll(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    await using file = await open(join(folder, name), 'r+');
    await file.sync();
  }
}

async function within<Result>(
  { processes }: Bench,
  run: (process: Awaited<ReturnType<Bench['processes']['start']>>) => Promise<Result>,
): Promise<Result> {
  await using process = await processes.start(SCRIPT);
  return await run(process);
}
