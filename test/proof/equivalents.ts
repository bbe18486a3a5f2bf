/**
 * The changes to a table that nothing can show, because what is left means the same. Each entry is one reason; it says
 * how many mutants it speaks for, and the proof fails when there are more or fewer that survive for it.
 */
export interface Equivalent {
  /** Names of mutants. */
  readonly mutants: RegExp;
  readonly count: number;
  readonly reason: string;
}

export const EQUIVALENTS: readonly Equivalent[] = [
  {
    mutants:
      /^arms swapped, .* \[(ends|turns \w+|startsLimit)\]: after \[(turns \w+|startsLimit|endsLimit)\]$/,
    count: 57,
    reason:
      'a duty turns to one status, of one category, with a limit or none, or the agent is gone: at most one of these holds, whichever is asked first',
  },
  {
    mutants: /^guard parameter, .* \[turns wrap_up\]: turns$/,
    count: 11,
    reason: 'the last of the categories needs no name: those before it have had theirs',
  },
  {
    mutants: /^guard replaced, .* \[turns wrap_up\]: \[startsLimit\]$/,
    count: 10,
    reason: 'the last of the categories is wrap-up, and every wrap-up that is turned to has a limit',
  },
  {
    mutants: /^guard replaced, overrun in limit\.\w+ → none \[endsLimit\]: \[turns\]$/,
    count: 2,
    reason: 'what begins a limit has had its turn; and when its time is over, no duty turns to itself',
  },
  {
    mutants: /^mutator added, review in limit\.\w+ → none \[unlimited\]: with setLimit$/,
    count: 4,
    reason: 'where the law sets no limit, setting it sets none',
  },
  {
    mutants:
      /^guard (gone|replaced), review in limit\.running → running \[relimits\]: (unguarded|\[limited\])$/,
    count: 2,
    reason: 'while time runs, a limit that is the same may be set again',
  },
];
