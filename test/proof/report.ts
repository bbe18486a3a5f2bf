/** The proof, to read. */
import { EQUIVALENTS } from './equivalents.ts';
import { KINDS } from './mutants.ts';
import { faultsOf, type Report, type Tally } from './proof.ts';

/** More faults than these say nothing more. */
const SHOWN = 40;
const COLUMNS = ['made', 'differs', 'rule refuses', 'differs alone', 'equivalent', 'survived'] as const;

export function textOf(report: Report): string {
  const { graphs, configurations, mismatches, use } = report;
  const faults = faultsOf(report);
  return [
    'The statechart is compiled into the table; XState judges.',
    '',
    row(
      'reachable',
      `${count(graphs.reachable.edges)} edges of ${count(graphs.reachable.states)} states in ${configurations} configurations`,
    ),
    row('regions alone', `${count(graphs.alone.edges)} edges of ${count(graphs.alone.states)} states`),
    row('mismatches', String(mismatches.length)),
    row(
      'cells',
      `${use.cells}: ${use.used} used, ${use.empty} empty, ${use.cells - use.used - use.empty} filled but unused`,
    ),
    row('arms', `${use.arms}: ${use.arms - use.untaken.length} taken, ${use.untaken.length} never taken`),
    '',
    ...mutants(report),
    '',
    'Caught on a reachable edge: the outcome differs, or a rule that is bound under the wrong input refuses it.',
    'Caught alone: where all regions react, another one does the same; with one region it differs.',
    ...EQUIVALENTS.map(({ count: mutantCount, reason }) => `equivalent: ${mutantCount}, for ${reason}`),
    ...faults.slice(0, SHOWN),
    ...(faults.length > SHOWN ? [`… and ${faults.length - SHOWN} more`] : []),
    '',
    faults.length === 0
      ? 'The table is the statechart.'
      : `The table is NOT the statechart. Faults: ${faults.length}.`,
  ].join('\n');
}

function mutants({ mutation: { tallies } }: Report): readonly string[] {
  const rows = KINDS.map((kind) => [kind, numbersOf(tallies[kind])] as const);
  const total = COLUMNS.map((_, at) => rows.reduce((sum, [, numbers]) => sum + (numbers[at] ?? 0), 0));
  return [
    cells('mutants', COLUMNS),
    ...rows.map(([kind, numbers]) => cells(`  ${kind}`, numbers)),
    cells('  all', total),
  ];
}

function numbersOf({ differs, refuses, alone, equivalent, survived }: Tally): readonly number[] {
  return [differs + refuses + alone + equivalent + survived, differs, refuses, alone, equivalent, survived];
}

function cells(title: string, values: readonly (string | number)[]): string {
  const padded = values.map((value, at) =>
    value.toLocaleString('en').padStart((COLUMNS[at] ?? '').length + 3),
  );
  return title.padEnd(22) + padded.join('');
}

function row(title: string, text: string): string {
  return title.padEnd(22) + text;
}

function count(list: readonly unknown[]): string {
  return list.length.toLocaleString('en');
}
