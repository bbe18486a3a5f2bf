import type { Mutant } from './mutant.ts';

export const MUTANTS: readonly Mutant[] = [
  {
    rule: 'B5',
    does: 'journals activity of an agent who is not idle',
    file: 'engine/partition.ts',
    find: "if (this.directory.at(place, 'activity') === 'idle')",
    replace: 'if (place >= 0)',
    tests: 'partition-sessions',
  },
];
