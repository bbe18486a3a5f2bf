/** Section F of docs/spec.md: durability. */
import type { Mutant } from './mutant.ts';

export const DURABILITY: readonly Mutant[] = [
  {
    rule: 'F1',
    does: 'acknowledges a command before it is on disk',
    file: 'engine/tenure.ts',
    find: 'return this.#appender.add({ actor, pending, entries: judgement.entries });',
    replace:
      'pending.answer?.(done(record, command));\n        return this.#appender.add({ actor, pending, entries: judgement.entries });',
    tests: 'partition-durability',
  },
  {
    rule: 'F2',
    does: 'takes damage in the middle of the log for a torn tail, and cuts all behind it',
    file: 'engine/journal/recovery.ts',
    find: '  if (hasGroupBehind(bytes, end, base)) throw corrupt(base + end);\n',
    replace: '',
    tests: 'journal-recovery',
  },
  {
    rule: 'F3',
    does: 'goes on at the end of the journal, and leaves out what came while the store was away',
    file: 'engine/projector.ts',
    find: 'new Gatherer(journal.follow(position, signal), {',
    replace: 'new Gatherer(journal.follow(head, signal), {',
    tests: 'unit/projector',
  },
  {
    rule: 'F4',
    does: 'gives the log up behind the newest image, which may be damaged',
    file: 'engine/snapshots/file.ts',
    find: 'this.#of(partition).at(-KEPT)?.offset',
    replace: 'this.#of(partition).at(-1)?.offset',
    tests: 'file-snapshots',
  },
  {
    rule: 'F5',
    does: 'drops the engine’s own events that could not be written',
    file: 'engine/tenure.ts',
    find: 'if (pending.answer === null) this.#repeatSoon(actor, pending);',
    replace: 'if (pending.answer === null) this.#goOn(actor);',
    tests: 'partition-durability',
  },
  {
    rule: 'F6',
    does: 'folds what is cut without what was cut before it',
    file: 'engine/documents/sql-keeping.ts',
    find: '...fold(states.get(key) ?? null, event).state });',
    replace: '...fold(null, event).state });',
    tests: 'documents',
    project: 'contract',
  },
];
