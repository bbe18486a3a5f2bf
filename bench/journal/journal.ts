/** What durability costs: the journal beside a bare write and fdatasync of the same bytes, and the whole engine on it. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PARTITIONS } from '../../engine/population.ts';
import { inTurns, ratios, type Runs, valuesOf } from '../runs.ts';
import type { Bench, Figure, Section } from '../section.ts';
import type { EngineOutcome, Task as EngineTask } from './engine-process.ts';
import type { Outcome, Task, Way } from './journal-process.ts';

/** Events of each append; sixteen appends wait together. */
const SIZES = [
  { events: 1, groups: 40 },
  { events: 16, groups: 30 },
  { events: 256, groups: 6 },
] as const;
const CHANGES = { atLeast: 100_000 };
const TURNS = 10;
const QUICK_TURNS = 3;
const NAMES: Readonly<Record<Way, string>> = {
  journal: 'journal',
  append: 'bare append',
  filled: 'bare, file filled before',
};
const WAYS = Object.keys(NAMES) as Way[];

export async function journal(bench: Bench): Promise<Section> {
  const runs = await inTurns(
    [
      { name: 'writing', run: () => writing(bench) },
      { name: 'engine', run: () => deciding(bench) },
    ],
    bench,
  );
  const rate = (way: Way, events: number) => valuesOf(runs, 'writing', `${way} ${events} perSecond`);
  const wait = (way: Way, events: number) => valuesOf(runs, 'writing', `${way} ${events} p50Ms`);
  return {
    subject: 'journal',
    title: 'Journal: durable events',
    figures: [
      ...SIZES.flatMap(({ events }) =>
        WAYS.flatMap((way) =>
          figuresOf(runs, {
            name: 'writing',
            label: `${PARTITIONS * events} a group: ${NAMES[way]}`,
            prefix: `${way} ${events} `,
          }).map((figure) => (isCounted(way, events, figure) ? { ...figure, target: CHANGES } : figure)),
        ),
      ),
      ...figuresOf(runs, { name: 'engine', label: 'whole engine, 10,000 agents', prefix: '' }),
      { name: 'whole engine, CPU a change', unit: 'µs', values: valuesOf(runs, 'engine', 'cpuMicros') },
    ],
    ratios: SIZES.flatMap(({ events }) => [
      {
        name: `${PARTITIONS * events} a group: journal / ${NAMES.append}`,
        values: ratios(rate('journal', events), rate('append', events)),
        target: { atLeast: 0.5 },
      },
      {
        name: `${PARTITIONS * events} a group: journal / ${NAMES.filled}`,
        values: ratios(rate('journal', events), rate('filled', events)),
      },
      {
        name: `${PARTITIONS * events} a group: median wait, journal / ${NAMES.append}`,
        values: ratios(wait('journal', events), wait('append', events)),
      },
    ]),
  };
}

/** How many durable changes a second there are to be: of the journal, in groups as large as they become under load. */
function isCounted(way: Way, events: number, { unit }: Figure): boolean {
  return way === 'journal' && events === SIZES.at(-1)?.events && unit === '/s';
}

function figuresOf(
  runs: Runs,
  { name, label, prefix }: Record<'name' | 'label' | 'prefix', string>,
): readonly Figure[] {
  return [
    { name: label, unit: '/s', values: valuesOf(runs, name, `${prefix}perSecond`) },
    { name: `${label}, p50`, unit: 'ms', values: valuesOf(runs, name, `${prefix}p50Ms`) },
    { name: `${label}, p99`, unit: 'ms', values: valuesOf(runs, name, `${prefix}p99Ms`) },
  ];
}

async function writing({ processes, folder, isQuick }: Bench) {
  await using process = await processes.start(new URL('journal-process.ts', import.meta.url));
  const figures: Record<string, number> = {};
  for (const { events, groups } of SIZES) {
    await using fresh = await freshFolder(folder);
    const task: Task = { folder: fresh.path, events, groups, turns: isQuick ? QUICK_TURNS : TURNS };
    const outcomes = await process.ask<Record<Way, Outcome>>('run', task);
    for (const way of WAYS)
      for (const figure of ['perSecond', 'p50Ms', 'p99Ms'] as const)
        figures[`${way} ${events} ${figure}`] = outcomes[way][figure];
  }
  return figures;
}

async function deciding({ processes, folder, isQuick }: Bench) {
  await using process = await processes.start(new URL('engine-process.ts', import.meta.url));
  await using fresh = await freshFolder(folder);
  const task: EngineTask = { folder: fresh.path, agents: 10_000, changes: isQuick ? 5 : 15 };
  return { ...(await process.ask<EngineOutcome>('run', task)) };
}

async function freshFolder(parent: string): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = join(parent, 'journal');
  await mkdir(path, { recursive: true });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
