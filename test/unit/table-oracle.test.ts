import { beforeAll, expect, test } from 'vitest';
import type { Region } from '../../engine/axes.ts';
import { machine } from '../../engine/machine.ts';
import { compile, type Table, type TableArm } from '../../engine/table.ts';
import { alone, type Graph, reachable } from '../proof/graph.ts';
import { armsOf, type Cell, withArms } from '../proof/mutants.ts';
import { faultsOf, type Graphs, mismatches, mutation, prove, type Report, useOf } from '../proof/proof.ts';
import { textOf } from '../proof/report.ts';

const table = compile(machine.config);
/** Less than one of this machine's own; more while it does other things. */
const MINUTES_MS = 300_000;
let report: Report;
beforeAll(() => {
  report = prove(table, { reachable: reachable(), alone: alone() });
  console.log(textOf(report));
}, MINUTES_MS);

test('B2: the table says what XState says, on every reachable state and stimulus', () => {
  expect(report.mismatches).toEqual([]);
  const reached = (...regions: readonly Region[]) =>
    new Set(report.graphs.reachable.states.map((axes) => regions.map((region) => axes[region]).join(' ')))
      .size;
  // Gone, held or not; else here or reconnecting, in each duty, idle or not, with each workload and each override.
  expect(reached('connectivity', 'duty', 'activity', 'workload', 'override')).toBe(2 + 2 * 5 * 2 * 3 * 3);
  // Gone; else each duty with each stage of a limit, or none; only breaks and wrap-ups always have one, and of a
  // wrap-up nobody is warned, nor is it ever over for long.
  expect(reached('duty', 'limit')).toBe(1 + 3 * 5 + 4 + 1);
});

test('B2: every cell is looked at, and every arm is taken', () => {
  expect(report.use.unseen).toEqual([]);
  expect(report.use.untaken).toEqual([]);
  expect(report.use.used + report.use.empty).toBe(report.use.cells);
});

test('B2: changing any one cell of the table, or what is bound in it, is caught', () => {
  expect(report.mutation.survivors).toEqual([]);
  expect(report.mutation.wrong).toEqual([]);
});

test('B2: what holds of every agent holds wherever an agent can get', () => {
  for (const axes of report.graphs.reachable.states) {
    const isHere = axes.connectivity !== 'disconnected';
    const live = axes.sessions.filter(({ lostAt }) => lostAt === null);
    expect(axes.dutyCode !== null).toBe(isHere);
    expect(axes.duty !== 'off').toBe(isHere);
    expect(axes.sessions.length > 0).toBe(isHere);
    expect(live.length > 0).toBe(axes.connectivity === 'connected');
    expect(axes.graceUntil !== null).toBe(axes.connectivity === 'reconnecting');
    expect(axes.idleSince !== null).toBe(axes.activity === 'idle');
    expect(axes.forced !== null).toBe(axes.override !== 'none');
    expect(axes.forced?.hold === true).toBe(axes.override === 'held');
    expect(axes.current > 0 && axes.current >= (axes.max ?? 0)).toBe(axes.workload === 'full');
    expect(axes.current > 0).toBe(axes.workload !== 'free');
    const isOver = axes.limit === 'over' || axes.limit === 'escalated';
    expect(axes.limitUntil !== null).toBe(axes.limit !== 'none');
    expect(axes.overAt !== null).toBe(isOver);
    expect(axes.extendedMs > 0 && axes.duty !== 'break').toBe(false);
    expect(axes.flapping !== null).toBe(axes.stability === 'flapping');
    expect(axes.flapping !== null && axes.flips.length > 0).toBe(false);
    expect(axes.isOutByFlip && axes.connectivity === 'connected').toBe(false);
    const isWaiting = axes.queued !== null || axes.forcedNext !== null;
    expect(isWaiting && axes.current === 0 && axes.duty !== 'wrap_up').toBe(false);
    expect(isWaiting && axes.queued?.code === axes.dutyCode).toBe(false);
  }
});

/** The table with one cell otherwise, and what the proof makes of it. */
function spoilt(cell: Cell, change: (arms: readonly TableArm[]) => readonly TableArm[]): Table {
  const changed = withArms(table, cell, change(armsOf(table, cell)));
  return new Map([...table, ...changed]);
}

test('B2: a table that forgets one assignment is found out', () => {
  const forgetful = spoilt({ type: 'restart', region: 'connectivity', state: 'reconnecting' }, (arms) =>
    arms.map((arm) => ({ ...arm, mutators: [] })),
  );
  const found = mismatches(forgetful, report.graphs);
  expect(found.length).toBeGreaterThan(0);
  expect(found.every((name) => name.startsWith('restart at '))).toBe(true);
  expect(faultsOf({ ...report, mismatches: found })).toContain(`table and statechart differ: ${found[0]}`);
});

test('B2: an arm that nobody can take is found out', () => {
  const [never] = armsOf(table, { type: 'grace', region: 'connectivity', state: 'reconnecting' });
  if (never === undefined) throw new TypeError('the statechart has no grace');
  const padded = spoilt({ type: 'grace', region: 'connectivity', state: 'connected' }, () => [never]);
  expect(useOf(padded, report.graphs.reachable).untaken).toEqual([
    'grace in connectivity.connected → disconnected [ends]',
  ]);
});

test('B2: a change that is not noticed is named', () => {
  const blind: Graphs = {
    reachable: {
      states: [],
      edges: report.graphs.reachable.edges.filter(({ to }) => to.activity === 'active'),
    },
    alone: { states: [], edges: [] },
  };
  expect(mutation(only('idle'), blind, []).survivors).toContain(
    'arm gone, idle in activity.active → idle [idleDue]: gone',
  );
});

test('B2: a list of equivalents that says more than is so, or less, is found out', () => {
  const review = { mutants: /, review in /, reason: '' };
  const { reachable: found, alone: apart } = report.graphs;
  const graphs = { reachable: reviewsOf(found), alone: reviewsOf(apart) };
  const all = mutation(only('review'), graphs, []).survivors.length;
  expect(all).toBeGreaterThan(1);
  expect(mutation(only('review'), graphs, [{ ...review, count: all }])).toMatchObject({
    survivors: [],
    wrong: [],
  });
  for (const count of [all - 1, all + 1])
    expect(mutation(only('review'), graphs, [{ ...review, count }]).wrong).toEqual([
      `, review in  speaks for ${count}, and ${all} survive`,
    ]);
});

function reviewsOf({ states, edges }: Graph): Graph {
  return { states, edges: edges.filter(({ stimulus }) => stimulus.type === 'review') };
}

function only(type: string): Table {
  return new Map([...table].filter(([known]) => known === type));
}
