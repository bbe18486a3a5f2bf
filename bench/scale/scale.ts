/** What a million agents cost: on the roster, and with timers that run. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Section } from '../section.ts';
import type { Crowd, Grown, Turned } from './scale-process.ts';

const SCRIPT = new URL('scale-process.ts', import.meta.url);
/** A tick may not hold up anything else for longer. */
const LONGEST_TICK_MS = 10;
/** Longer than the idle limit: each timer comes up. */
const SECONDS = 330;

export async function scale(bench: Bench): Promise<Section> {
  const roster = bench.isQuick ? 100_000 : 1_000_000;
  const live = roster / 10;
  const folder = join(bench.folder, 'scale');
  await mkdir(folder);
  const crowd: Crowd = { folder, roster, live };
  bench.tell('a first start');
  const first = await within(bench, (process) => process.ask<Grown>('grow', crowd));
  bench.tell('a second start');
  const second = await within(bench, (process) => process.ask<Grown>('grow', crowd));
  await rm(folder, { recursive: true });
  bench.tell('timers');
  const turned = await within(bench, (process) =>
    process.ask<Turned>('turn', { agents: roster, seconds: SECONDS }),
  );
  const [all, some] = [roster, live].map((count) => count.toLocaleString('en-GB'));
  return {
    subject: 'scale',
    title: `Scale: a roster of ${all}, of whom ${some} are here; and timers of ${all} agents`,
    figures: [
      { name: 'start, nothing has happened yet', unit: 'ms', values: [first.startMs] },
      { name: `start, ${some} were here`, unit: 'ms', values: [second.startMs] },
      { name: 'resident, nobody is here', unit: 'MB', values: [first.knownBytes / 2 ** 20] },
      { name: `resident, ${some} are here`, unit: 'MB', values: [first.liveBytes / 2 ** 20] },
      {
        name: 'longest stretch of a tick',
        unit: 'ms',
        values: [turned.longestMs],
        target: { atMost: LONGEST_TICK_MS },
      },
      { name: 'longest stretch of a tick, median', unit: 'ms', values: [turned.medianMs] },
    ],
    ratios: [],
  };
}

async function within<Result>(
  { processes }: Bench,
  run: (process: Awaited<ReturnType<Bench['processes']['start']>>) => Promise<Result>,
): Promise<Result> {
  await using process = await processes.start(SCRIPT, { node: ['--expose-gc'] });
  return await run(process);
}
