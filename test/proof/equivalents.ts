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
      /^arms swapped, .* \[(ends|turns \w+|startsLimit|brings true)\]: after \[(turns \w+|startsLimit|endsLimit|brings \w+)\]$/,
    count: 127,
    reason:
      'a duty turns to one status, of one category, with a limit or none, or the agent is gone; what is brought has a hold, which outlasts that, or none: at most one of these holds, whichever is asked first',
  },
  {
    mutants: /^guard (parameter|replaced), .* \[turns wrap_up\]: (turns|\[leads\])$/,
    count: 29,
    reason: 'the last of the categories needs no name: those before it have had theirs',
  },
  {
    mutants: /^guard replaced, .* \[turns wrap_up\]: \[startsLimit\]$/,
    count: 15,
    reason: 'the last of the categories is wrap-up, and every wrap-up that is turned to has a limit',
  },
  {
    mutants: /^guard parameter, .* \[brings false\]: brings$/,
    count: 8,
    reason: 'what is brought without a hold needs no saying so: what has one has had its turn',
  },
  {
    mutants: /^mutators swapped, .*: dropForcedNext before (setOverride|endOverride)$/,
    count: 16,
    reason: 'what waits and what stands are forgotten or set apart from each other',
  },
  {
    mutants:
      /^mutator added, .* in override\.\w+ → \w+( \[(ends|waits|holds|present)\])?: with takeOverride$/,
    count: 29,
    reason: 'where what waited is forgotten, nothing is taken from it',
  },
  {
    mutants: /^mutator added, choose in .* \[ends\]: with takeOverride$/,
    count: 5,
    reason: 'what waited is the log-out that comes: that never stands',
  },
  {
    mutants: /^mutator added, lapse in connectivity\.\w+ → disconnected \[ends\]: with endSession$/,
    count: 2,
    reason: 'where all sessions end, one does',
  },
  {
    mutants: /^guard added, leave in override\.(none|held) → \w+: \[waits\]$/,
    count: 2,
    reason: 'where nothing waits there is nothing to forget',
  },
  {
    mutants: /^guard replaced, (overrun|open) in limit\.\w+ → none \[endsLimit\]: \[(turns|leads)\]$/,
    count: 8,
    reason:
      'what begins a limit has had its turn; and when its time is over, or one begins afresh, no duty turns to itself',
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
