import { and, asc, count, eq, getTableColumns } from 'drizzle-orm';
import { UnknownReference } from '../errors.ts';
import { inTransaction, only, type Queryable, settle } from '../queryable.ts';
import { teams, users } from '../schema/people.ts';
import { type Actor, append as appendAudit } from './audit.ts';

export interface Team {
  readonly id: number;
  readonly organisationId: number;
  readonly name: string;
  readonly description: string | null;
  readonly department: string | null;
  readonly supervisorId: number | null;
  readonly maxAgents: number;
  /** IANA name; null for the organisation's. */
  readonly timeZone: string | null;
  readonly isActive: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewTeam {
  readonly organisationId: number;
  readonly name: string;
  readonly description?: string | null;
  readonly department?: string | null;
  readonly supervisorId?: number | null;
  /** 10 by default. */
  readonly maxAgents?: number;
  readonly timeZone?: string | null;
}

/** The team has as many agents as it may have (E3). */
export class TeamFull extends Error {
  override readonly name = 'TeamFull';
  readonly maxAgents: number;

  constructor(maxAgents: number) {
    super(`the team already has its ${maxAgents} agents`);
    this.maxAgents = maxAgents;
  }
}

const { createdBy: _createdBy, updatedBy: _updatedBy, ...fields } = getTableColumns(teams);

/** The organisation's teams, inactive ones included, by name. */
export async function list(db: Queryable, organisationId: number): Promise<Team[]> {
  return settle(
    db.select(fields).from(teams).where(eq(teams.organisationId, organisationId)).orderBy(asc(teams.name)),
  );
}

export async function byId(db: Queryable, organisationId: number, id: number): Promise<Team | null> {
  const [team] = await settle(
    db
      .select(fields)
      .from(teams)
      .where(and(eq(teams.organisationId, organisationId), eq(teams.id, id))),
  );
  return team ?? null;
}

/** The active teams whose supervisor this user is. */
export async function teamsOfSupervisor(
  db: Queryable,
  organisationId: number,
  userId: number,
): Promise<Team[]> {
  return settle(
    db
      .select(fields)
      .from(teams)
      .where(and(eq(teams.organisationId, organisationId), eq(teams.supervisorId, userId), teams.isActive))
      .orderBy(asc(teams.name)),
  );
}

/** @throws DuplicateValue (name), UnknownReference (supervisorId), InvalidValue */
export async function create(db: Queryable, team: NewTeam, by: Actor): Promise<Team> {
  return inTransaction(db, async (tx) => {
    const values = { ...team, createdBy: by.userId, updatedBy: by.userId };
    const created = only(await settle(tx.insert(teams).values(values).returning(fields)));
    await appendAudit(tx, {
      organisationId: team.organisationId,
      by,
      action: 'team.create',
      tableName: 'teams',
      recordId: String(created.id),
      newValues: { ...team },
    });
    return created;
  });
}

/**
 * Makes sure that one more agent may be assigned to the team, and keeps it so until the transaction ends (E3).
 * Active users of role agent count; a supervisor may be in the team besides.
 *
 * @throws TeamFull, UnknownReference (teamId)
 */
export async function reserveSeat(
  transaction: Queryable,
  organisationId: number,
  teamId: number,
): Promise<void> {
  const [team] = await settle(
    transaction
      .select({ maxAgents: teams.maxAgents })
      .from(teams)
      .where(and(eq(teams.organisationId, organisationId), eq(teams.id, teamId)))
      .for('no key update'),
  );
  if (team === undefined) throw new UnknownReference('teamId');
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
