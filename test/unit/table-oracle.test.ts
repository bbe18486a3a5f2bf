import { beforeAll, expect, test } from 'vitest';
import { getInitialSnapshot } from 'xstate';
import { type Edge, edges } from '../support/edges.ts';
import { type Axes, INITIAL_CONFIGURATION, INITIAL_CONTEXT } from '../../engine/axes.ts';
import { machine } from '../../engine/machine.ts';
import { compile, type RegionCells, step, type Table, type TableArm } from '../../engine/table.ts';

const table = compile(machine.config);
let explored: ReturnType<typeof edges>;
beforeAll(() => {
  explored = edges();
});

/** The first edge on which a table and XState differ; null where none does. */
function firstDifference(judged: Table, among: readonly Edge[] = explored.edges): Edge | null {
  const differs = among.find(({ from, stimulus, to, effects }) => {
    const stepped = step(judged, from, stimulus) ?? { axes: from, effects: [] };
    return !same(stepped.axes, to) || stepped.effects.join() !== effects.join();
  });
  return differs ?? null;
}

function same(a: Axes, b: Axes): boolean {
  return (Object.keys(b) as (keyof Axes)[]).every(
    (field) => a[field] === b[field] || JSON.stringify(a[field]) === JSON.stringify(b[field]),
  );
}

test('B2: both begin alike', () => {
  const initial = getInitialSnapshot(machine);
  expect(initial.value).toEqual(INITIAL_CONFIGURATION);
  expect(initial.context).toEqual(INITIAL_CONTEXT);
});

test('B2: the table says what XState says, on every reachable state and stimulus', () => {
  const configurations = new Set(
    explored.states.map(({ connectivity, duty, activity, workload, override }) =>
      [connectivity, duty, activity, workload, override].join(' '),
    ),
  );
  console.log(
    `${explored.edges.length} edges of ${explored.states.length} states in ${configurations.size} configurations`,
  );
  // Gone, held or not; else here or reconnecting, in each duty, idle or not, with each workload and each override.
  expect(configurations.size).toBe(2 + 2 * 5 * 2 * 3 * 3);
  expect(firstDifference(table)).toBeNull();
});

test('B2: changing any one cell of the table is caught', () => {
  const survivors: string[] = [];
  let mutants = 0;
  for (const [type, regions] of table) {
    const among = explored.edges.filter(({ stimulus }) => stimulus.type === type);
    for (const mutant of mutantsOf(type, regions)) {
      mutants += 1;
      if (firstDifference(new Map([[type, mutant.regions]]), among) === null) survivors.push(mutant.name);
    }
  }
  console.log(`${mutants} mutants`);
  expect(survivors).toEqual([]);
});

interface Mutant {
  readonly name: string;
  readonly regions: readonly RegionCells[];
}

/** Each way to spoil one arm: it is gone, unguarded, goes elsewhere or nowhere, or forgets something. */
function* mutantsOf(type: string, regions: readonly RegionCells[]): Generator<Mutant> {
  for (const [at, { region, cells }] of regions.entries()) {
    for (const [state, arms] of Object.entries(cells)) {
      for (const [place, arm] of arms.entries()) {
        for (const [what, spoiled] of spoilt(arm, { state, states: Object.keys(cells) })) {
          const others = spoiled === null ? arms.toSpliced(place, 1) : arms.with(place, spoiled);
          const changed = { region, cells: { ...cells, [state]: others } };
          yield {
            name: `${type} in ${region}.${state}, arm ${place}: ${what}`,
            regions: regions.with(at, changed),
          };
        }
      }
    }
  }
}

function* spoilt(
  arm: TableArm,
  { state, states }: { state: string; states: readonly string[] },
): Generator<[string, TableArm | null]> {
  yield ['gone', null];
  if (arm.guard !== null) yield ['unguarded', { ...arm, guard: null }];
  // Nothing is done on entry or exit: to stay and to come back are the same.
  const stays = arm.target ?? state;
  for (const target of states) if (target !== stays) yield [`to ${target}`, { ...arm, target }];
  for (const mutator of arm.mutators)
    yield [`without ${mutator}`, { ...arm, mutators: arm.mutators.filter((name) => name !== mutator) }];
  for (const effect of arm.effects)
    yield [`without ${effect}`, { ...arm, effects: arm.effects.filter((name) => name !== effect) }];
}
