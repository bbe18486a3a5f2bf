/** How fast the law is applied: Rollcall's table beside live XState actors and a switch written by hand. */
import { inTurns, ratios, valuesOf } from '../runs.ts';
import type { Bench, Section } from '../section.ts';
import type { Outcome, Task } from './dispatch-process.ts';
import type { PopulationName } from './populations.ts';

const SEED = 7;
const NAMES: Readonly<Record<PopulationName, string>> = {
  table: "Rollcall's table",
  decide: 'Rollcall, judged, made an event and folded',
  switch: 'a switch by hand',
  actors: 'live XState actors',
};
const POPULATIONS = Object.keys(NAMES) as PopulationName[];

/** Chunks of 20,000 events; all take the first five. */
const CHUNKS: Readonly<Record<PopulationName, number>> = { table: 15, decide: 15, switch: 15, actors: 5 };
const SCRIPT = new URL('dispatch-process.ts', import.meta.url);

/** @throws Error when the contenders don't agree on what follows from the deeds. */
export async function dispatch(bench: Bench): Promise<Section> {
  const agents = bench.isQuick ? 20_000 : 100_000;
  const digests = new Set<string>();
  const runs = await inTurns(
    POPULATIONS.map((population) => ({
      name: population,
      run: async () => {
        const task: Task = { population, agents, chunks: CHUNKS[population], seed: SEED };
        // A process of its own: what the compiler learnt of one must not help or hinder another.
        await using process = await bench.processes.start(SCRIPT, { node: ['--expose-gc'] });
        const { perSecond, digest } = await process.ask<Outcome>('run', task);
        digests.add(digest);
        if (digests.size > 1) throw new Error(`${population} comes to other states than those before`);
        return { perSecond };
      },
    })),
    bench,
  );
  const rate = (population: PopulationName) => valuesOf(runs, population, 'perSecond');
  return {
    subject: 'dispatch',
    title: `Dispatch: mixed events on ${agents.toLocaleString('en-GB')} agents, a second of CPU`,
    figures: POPULATIONS.map((population) => ({
      name: NAMES[population],
      unit: '/s' as const,
      values: rate(population),
    })),
    ratios: [
      { name: 'table / live actors', values: ratios(rate('table'), rate('actors')), target: { atLeast: 30 } },
      { name: 'judged to folded / live actors', values: ratios(rate('decide'), rate('actors')) },
      { name: 'table / switch by hand', values: ratios(rate('table'), rate('switch')) },
    ],
  };
}
