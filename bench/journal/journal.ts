/** What durability costs: the journal beside a bare write and fdatasync of the same bytes, and the whole engine on it. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inTurns, ratios, type Runs, valuesOf } from '../runs.ts';
import type { Bench, Figure, Section } from '../section.ts';
import type { EngineOutcome, Task as EngineTask } from './engine-process.ts';
import type { Outcome, Task } from './journal-process.ts';

/** Events of each append, and how many groups of them: sixteen appends wait together. */
const SIZES = [
  { events: 1, groups: 400 },
  { events: 16, groups: 300 },
  { events: 256, groups: 60 },
] as const;

const NAMES = { journal: 'journal', bareAppend: 'bare append', bareFilled: 'bare, file filled before' };

export async function journal(bench: Bench): Promise<Section> {
  const runs = await inTurns(
    [
      { name: 'journal', run: () => writing(bench, 'viaJournal') },
      { name: 'bareAppend', run: () => writing(bench, 'bareAppend') },
      { name: 'bareFilled', run: () => writing(bench, 'bareFilled') },
      { name: 'engine', run: () => deciding(bench) },
    ],
    bench,
  );
  const rate = (name: string, events: number) => valuesOf(runs, name, `${events} perSecond`);
  return {
    subject: 'journal',
    title: 'Journal: durable events',
    figures: [
      ...SIZES.flatMap(({ events }) =>
        Object.entries(NAMES).flatMap(([name, label]) =>
          figuresOf(runs, { name, label: `${16 * events} a group: ${label}`, prefix: `${events} ` }),
        ),
      ),
      ...figuresOf(runs, { name: 'engine', label: 'whole engine, 10,000 agents', prefix: '' }).map((figure) =>
        figure.unit === '/s' ? { ...figure, target: { atLeast: 100_000 } } : figure,
      ),
      { name: 'whole engine, CPU a change', unit: 'µs', values: valuesOf(runs, 'engine', 'cpuMicros') },
    ],
    ratios: SIZES.flatMap(({ events }) => [
      {
        name: `${16 * events} a group: journal / bare append`,
        values: ratios(rate('journal', events), rate('bareAppend', events)),
        target: { atLeast: 0.5 },
      },
      {
        name: `${16 * events} a group: journal / bare, file filled before`,
        values: ratios(rate('journal', events), rate('bareFilled', events)),
      },
    ]),
  };
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

async function writing(
  { processes, folder, isQuick }: Bench,
  how: 'viaJournal' | 'bareAppend' | 'bareFilled',
) {
  const script = new URL('journal-process.ts', import.meta.url);
  await using process = await processes.start(script);
  const figures: Record<string, number> = {};
  for (const { events, groups } of SIZES) {
    await using fresh = await freshFolder(folder);
    const task: Task = { folder: fresh.path, events, groups: isQuick ? Math.ceil(groups / 4) : groups };
    const outcome = await process.ask<Outcome>(how, task);
    for (const figure of ['perSecond', 'p50Ms', 'p99Ms'] as const)
      figures[`${events} ${figure}`] = outcome[figure];
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
