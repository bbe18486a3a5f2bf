/**
 * The proof that the table is the statechart (SPEC B2): both say the same on every edge; no cell is there for nothing;
 * and each change to a cell, or to what is bound in it, is noticed.
 */
import { getInitialSnapshot } from 'xstate';
import { INITIAL_CONFIGURATION, INITIAL_CONTEXT } from '../../engine/axes.ts';
import { machine } from '../../engine/machine.ts';
import type { Table } from '../../engine/table.ts';
import { agrees, EdgesByCell, isSame, takenOn, type Telling } from './comparison.ts';
import { type Equivalent, EQUIVALENTS } from './equivalents.ts';
import { configurationOf, type Edge, type Graph } from './graph.ts';
import { armsOf, cellsOf, guardText, type Kind, KINDS, mutantsOf, titleOf } from './mutants.ts';

export interface Graphs {
  readonly reachable: Graph;
  readonly alone: Graph;
}

export interface Report {
  readonly graphs: Graphs;
  readonly configurations: number;
  /** The edges on which table and statechart differ. */
  readonly mismatches: readonly string[];
  readonly use: Use;
  readonly mutation: Mutation;
}

export interface Use {
  readonly cells: number;
  /** Cells of which a reachable edge takes an arm. */
  readonly used: number;
  /** Cells without an arm. */
  readonly empty: number;
  readonly arms: number;
  /** Cells that no reachable edge looks at. */
  readonly unseen: readonly string[];
  /** Arms that no reachable edge takes. */
  readonly untaken: readonly string[];
}

export interface Mutation {
  readonly tallies: Readonly<Record<Kind, Tally>>;
  readonly survivors: readonly string[];
  /** Entries of the list that don't speak for as many survivors as they say. */
  readonly wrong: readonly string[];
}

/**
 * How many mutants of a kind showed on a reachable edge, by what they did there or by a rule that refused its input;
 * how many showed only in their region alone, or not at all.
 */
export type Tally = Readonly<Record<Telling | 'alone' | 'equivalent' | 'survived', number>>;

export function prove(table: Table, graphs: Graphs): Report {
  return {
    graphs,
    configurations: new Set(graphs.reachable.states.map(configurationOf)).size,
    mismatches: mismatches(table, graphs),
    use: useOf(table, graphs.reachable),
    mutation: mutation(table, graphs),
  };
}

/** What is wrong; nothing where the proof holds. */
export function faultsOf({
  mismatches: differing,
  use,
  mutation: { survivors, wrong },
}: Report): readonly string[] {
  return [
    ...differing.map((name) => `table and statechart differ: ${name}`),
    ...use.unseen.map((name) => `no reachable edge looks at it: ${name}`),
    ...use.untaken.map((name) => `no reachable edge takes it: ${name}`),
    ...survivors.map((name) => `survived: ${name}`),
    ...wrong.map((name) => `listed as equivalent: ${name}`),
  ];
}

export function mismatches(table: Table, graphs: Graphs): readonly string[] {
  const { value, context } = getInitialSnapshot(machine);
  const beginsAlike = isSame(value, INITIAL_CONFIGURATION) && isSame(context, INITIAL_CONTEXT);
  const differing = [...graphs.reachable.edges, ...graphs.alone.edges].filter((edge) => !agrees(table, edge));
  return [...(beginsAlike ? [] : ['the beginning']), ...differing.map(edgeText)];
}

export function useOf(table: Table, graph: Graph): Use {
  const edges = new EdgesByCell(table, graph);
  const cells = cellsOf(table);
  const filled = cells.filter((cell) => armsOf(table, cell).length > 0);
  const arms = filled.flatMap((cell) => {
    const taken = new Set(edges.of(cell).map((edge) => takenOn(edge, armsOf(table, cell))));
    return armsOf(table, cell).map((arm) => ({ cell, arm, isTaken: taken.has(arm) }));
  });
  const untaken = arms.filter(({ isTaken }) => !isTaken);
  return {
    cells: cells.length,
    used: filled.filter((cell) => arms.some((arm) => arm.cell === cell && arm.isTaken)).length,
    empty: cells.length - filled.length,
    arms: arms.length,
    unseen: cells.filter((cell) => edges.of(cell).length === 0).map(titleOf),
    untaken: untaken.map(({ cell, arm }) => `${titleOf(cell)} → ${arm.target} [${guardText(arm)}]`),
  };
}

export function mutation(
  table: Table,
  graphs: Graphs,
  equivalents: readonly Equivalent[] = EQUIVALENTS,
): Mutation {
  const inAll = new EdgesByCell(table, graphs.reachable);
  const inOne = new EdgesByCell(table, graphs.alone);
  const tallies = Object.fromEntries(
    KINDS.map((kind) => [kind, { differs: 0, refuses: 0, alone: 0, equivalent: 0, survived: 0 }]),
  ) as Record<Kind, Record<keyof Tally, number>>;
  const survivors: string[] = [];
  const spokenFor = new Map(equivalents.map((entry) => [entry, 0]));
  for (const { kind, name, cell, table: changed } of mutantsOf(table)) {
    const tally = tallies[kind];
    const entry = equivalents.find(({ mutants }) => mutants.test(`${kind}, ${name}`));
    const told = inAll.tell(cell, changed);
    if (told !== null) tally[told] += 1;
    else if (inOne.tell(cell, changed) !== null) tally.alone += 1;
    else if (entry !== undefined) {
      tally.equivalent += 1;
      spokenFor.set(entry, (spokenFor.get(entry) ?? 0) + 1);
    } else {
      tally.survived += 1;
      survivors.push(`${kind}, ${name}`);
    }
  }
  const wrong = [...spokenFor]
    .filter(([{ count }, found]) => found !== count)
    .map(([{ mutants, count }, found]) => `${mutants.source} speaks for ${count}, and ${found} survive`);
  return { tallies, survivors, wrong };
}

function edgeText({ region, from, stimulus: { type, now } }: Edge): string {
  return `${type} at ${now} in ${region === null ? configurationOf(from) : `${region}.${from[region]} alone`}`;
}
