/** Section D of docs/spec.md: time. */
import type { Mutant } from './mutant.ts';

export const TIME: readonly Mutant[] = [
  {
    rule: 'D1',
    does: 'has one idle limit for all codes that have one',
    file: 'engine/law.ts',
    find: 'return status.idleLimit.seconds * 1000;',
    replace: 'return law.config.MAX_AGENT_IDLE_TIME * 1000;',
    tests: 'alarms',
  },
  {
    rule: 'D2',
    does: 'extends a break as often as it is asked to',
    file: 'engine/duties.ts',
    find: "  if (context.extendedMs > 0) return 'the break was extended already';\n",
    replace: '',
    tests: 'extensions',
  },
  {
    rule: 'D3',
    does: 'leaves an agent in a wrap-up whose time is over, where the catalogue says nothing',
    file: 'engine/duties.ts',
    find: "dutyCategory(context, law) === 'wrap_up' ? (catalogue.duty('available') ?? loginStatus(law)) : null;",
    replace: 'null;',
    tests: 'unit/limits',
  },
  {
    rule: 'D4',
    does: 'forgets what is queued when the agent goes into a wrap-up',
    file: 'engine/rules.ts',
    find: "return to?.category === 'wrap_up' && to.code !== context.dutyCode;",
    replace: 'return false;',
    tests: 'unit/queue',
  },
  {
    rule: 'D5',
    does: 'tells of a deadline in the tick before',
    file: 'engine/deadlines.ts',
    find: 'Math.max(Math.ceil((dueMs - this.#startMs) / TICK_MS), this.#tick + 1)',
    replace: 'Math.max(Math.floor((dueMs - this.#startMs) / TICK_MS), this.#tick + 1)',
    tests: 'unit/deadlines',
  },
  {
    rule: 'D6',
    does: 'waits for the wall clock to come to a deadline that was armed',
    file: 'engine/alarms.ts',
    find: 'const isDue = deadline.at === armedFor || deadline.at',
    replace: 'const isDue = deadline.at',
    tests: 'alarms',
  },
];
