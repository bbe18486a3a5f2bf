/** Section G of docs/spec.md: watching. */
import type { Mutant } from './mutant.ts';

export const WATCHING: readonly Mutant[] = [
  {
    rule: 'G1',
    does: 'resumes one batch too late',
    file: 'engine/topic.ts',
    find: 'for (let index = this.#window.length - 1; index >= 0; index--) {',
    replace: 'for (let index = this.#window.length - 1; index > 0; index--) {',
    tests: 'unit/topic.test',
  },
  {
    rule: 'G2',
    does: 'sends each change as a batch of its own',
    file: 'engine/topics.ts',
    find: 'this.#tick ??= this.#options.clock.after(this.#options.tickMs, () => this.#endTick());',
    replace: 'this.#endTick();',
    tests: 'unit/topics',
  },
  {
    rule: 'G3',
    does: 'keeps all that waits for a slow watcher',
    file: 'engine/watcher.ts',
    find: 'if (waiting.length < maxWaiting) waiting.push(sent);',
    replace: 'if (!isLate) waiting.push(sent);',
    tests: 'unit/watcher',
  },
  {
    rule: 'G4',
    does: 'shows a supervisor everybody in full',
    file: 'api/auth/permissions.ts',
    find: "return isOwn(supervises, scope, target) ? 'full' : 'basic';",
    replace: "return 'full';",
    tests: 'api-permissions',
  },
  {
    rule: 'G5',
    does: 'sends no pulses after the wall clock was set back',
    file: 'engine/topics.ts',
    find: 'return { asOf: clock.now(), monotonic: clock.monotonic() };',
    replace: 'return { asOf: clock.now(), monotonic: clock.now() };',
    tests: 'unit/topics',
  },
];
