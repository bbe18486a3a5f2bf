import { and, count, eq } from 'drizzle-orm';
import { UnknownReference } from '../errors.ts';
import { only, type Queryable, settle } from '../queryable.ts';
import { type Role, teams, users } from '../schema/people.ts';

/** The team has as many agents as it may have (E3). */
export class TeamFull extends Error {
  override readonly name = 'TeamFull';
  readonly maxAgents: number;

  constructor(maxAgents: number) {
    super(`the team already has its ${maxAgents} agents`);
    this.maxAgents = maxAgents;
  }
}

export interface Seat {
  readonly organisationId: number;
  readonly teamId: number;
  /** Of whoever is to be assigned. */
  readonly role: Role;
}

/**
 * Makes sure that one more user may be assigned to the team, and keeps it so until the transaction ends (E3). Active
 * users of role agent count; others may be in the team besides.
 *
 * @throws TeamFull, UnknownReference (teamId; also of a team that was deactivated)
 */
export async function reserveSeat(
  transaction: Queryable,
  { organisationId, teamId, role }: Seat,
): Promise<void> {
  const [team] = await settle(
    transaction
      .select({ maxAgents: teams.maxAgents })
      .from(teams)
      .where(and(eq(teams.organisationId, organisationId), eq(teams.id, teamId), teams.isActive))
      .for('no key update'),
  );
  if (team === undefined) throw new UnknownReference('teamId');
  if (role !== 'agent') return;
  const { agents } = only(
    await settle(
      transaction
        .select({ agents: count() })
        .from(users)
        .where(and(eq(users.teamId, teamId), eq(users.role, 'agent'), users.isActive)),
    ),
  );
  if (agents >= team.maxAgents) throw new TeamFull(team.maxAgents);
}
