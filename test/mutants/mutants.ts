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
  {
    rule: 'C9',
    does: 'takes a client that knows more than the server for one that goes on',
    file: 'engine/duties.ts',
    find: 'return resume !== null && resume.seq > seq;',
    replace: 'return resume !== null && resume.seq > seq + 1000;',
    tests: 'lost-disk',
  },
  {
    rule: 'C10',
    does: 'loses sessions on requests with the engine',
    file: 'engine/machine.ts',
    find: "when('losesAll', to(",
    replace: "when('present', to(",
    tests: 'request-sessions',
  },
];
