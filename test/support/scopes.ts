import type { Subject } from '../../engine/topics.ts';

interface Named {
  readonly teams: readonly number[];
  readonly departments: readonly string[];
  readonly agents: readonly number[];
}

/** Everything that can be watched of some organisations. */
export function subjectsOf(
  organisations: readonly number[],
  { teams, departments, agents }: Named,
): Subject[] {
  return organisations.flatMap((organisationId) =>
    [
      { all: true } as const,
      { admin: true } as const,
      ...teams.map((teamId) => ({ teamId })),
      ...departments.map((department) => ({ department })),
      ...agents.map((agentId) => ({ agentId })),
    ].flatMap((scope) => (['basic', 'full'] as const).map((view) => ({ organisationId, scope, view }))),
  );
}
