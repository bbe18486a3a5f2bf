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
    mutants: /^open in duty\.off → \w+ \[beginsIn \w+\]: after \[beginsIn \w+\]$/,
    count: 4,
    reason: 'a status has one category, so no log-in can begin in two of them, whichever is asked first',
  },
  {
    mutants: /^choose in duty\.\w+ → \w+ \[chooses \w+\]: after \[chooses \w+\]$/,
    count: 20,
    reason: 'a status has one category, so no choice can lead into two of them, whichever is asked first',
  },
];
