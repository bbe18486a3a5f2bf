/** Section E of docs/spec.md: supervisors. */
import type { Mutant } from './mutant.ts';

export const SUPERVISION: readonly Mutant[] = [
  {
    rule: 'E1',
    does: 'lets an agent choose out of a hold',
    file: 'engine/duties.ts',
    find: 'if (context.dutyCode === null || context.forced?.hold === true) return false;',
    replace: 'if (context.dutyCode === null) return false;',
    tests: 'partition-commands',
  },
  {
    rule: 'E1',
    does: 'ends a hold with the log-out',
    file: 'engine/machine.ts',
    find: "held: { on: { ...overridden(to('held', 'dropForcedNext')), release",
    replace: 'held: { on: { ...overridden(noMore), release',
    tests: 'partition-commands',
  },
  {
    rule: 'E1',
    does: 'keeps an override though the agent chooses',
    file: 'engine/machine.ts',
    find: ", when('turns', to('none', 'endOverride'))",
    replace: '',
    tests: 'partition-commands',
  },
  {
    rule: 'E2',
    does: 'says that the connection decides while an agent reconnects',
    file: 'engine/why.ts',
    find: "if (record.connectivity === 'disconnected') return 'connectivity';",
    replace: "if (record.connectivity !== 'connected') return 'connectivity';",
    tests: 'unit/why',
  },
  {
    rule: 'E2',
    does: 'forgets what was refused',
    file: 'engine/judge.ts',
    find: ".kind === 'refused')",
    replace: '.kind === undefined)',
    tests: 'unit/why',
  },
  {
    rule: 'E3',
    does: 'gives a team one agent more than it may have',
    file: 'drizzle/repositories/seats.ts',
    find: 'if (agents >= team.maxAgents)',
    replace: 'if (agents > team.maxAgents)',
    tests: 'team-repositories',
    project: 'contract',
  },
];
