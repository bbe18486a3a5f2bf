import { and, asc, eq, getTableColumns, isNull } from 'drizzle-orm';
import { InvalidValue, StillNeeded, UnknownReference } from '../errors.ts';
import { inTransaction, only, type Queryable, settle } from '../queryable.ts';
import { teams, users } from '../schema/people.ts';
import { type Actor, append as appendAudit, differences } from './audit.ts';
import { membersByIds } from './members.ts';
import { append as appendOutbox } from './outbox.ts';

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
  readonly description?: string | null | undefined;
  readonly department?: string | null | undefined;
  readonly supervisorId?: number | null | undefined;
  /** 10 by default. */
  readonly maxAgents?: number | undefined;
  readonly timeZone?: string | null | undefined;
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

/** @throws DuplicateValue (name), UnknownReference (supervisorId), InvalidValue */
export async function create(db: Queryable, team: NewTeam, by: Actor): Promise<Team> {
  return inTransaction(db, async (tx) => {
    await mustLead(tx, team);
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
    await tellTeams(tx, team.organisationId);
    return created;
  });
}

/** What a team is to be; fields that are absent stay as they are. */
export type TeamChange = Pick<Team, 'id' | 'organisationId'> & {
  readonly [
    Field in 'name' | 'description' | 'department' | 'supervisorId' | 'maxAgents' | 'timeZone' | 'isActive'
  ]?: Team[Field] | undefined;
};

/**
 * Changes a team, and tells the audit trail and the engine. Null for a team that the organisation doesn't have.
 *
 * A greatest number of agents below the present one is taken: nobody more is assigned until it is reached (E3).
 *
 * @throws DuplicateValue (name), UnknownReference (supervisorId), InvalidValue, StillNeeded (a team with active users
 * can't be deactivated)
 */
export async function update(
  db: Queryable,
  { id, organisationId, ...change }: TeamChange,
  by: Actor,
): Promise<Team | null> {
  const row = and(eq(teams.organisationId, organisationId), eq(teams.id, id));
  return inTransaction(db, async (tx) => {
    const [before] = await settle(tx.select(fields).from(teams).where(row).for('no key update'));
    if (before === undefined) return null;
    const told = differences(before, change);
    if (told === null) return before;
    if ('supervisorId' in told.newValues) await mustLead(tx, { organisationId, ...change });
    if ('isActive' in told.newValues && change.isActive === false) await mustBeEmpty(tx, id);
    const values = { ...told.newValues, updatedBy: by.userId };
    const after = only(await settle(tx.update(teams).set(values).where(row).returning(fields)));
    await appendAudit(tx, {
      organisationId,
      by,
      action: change.isActive === false ? 'team.deactivate' : 'team.update',
      tableName: 'teams',
      recordId: String(id),
      ...told,
    });
    await tellTeams(tx, organisationId);
    if (after.department !== before.department) await tellMembers(tx, after);
    return after;
  });
}

/** Tells the engine that teams of the organisation are new or changed. */
export async function tellTeams(transaction: Queryable, organisationId: number): Promise<void> {
  await appendOutbox(transaction, organisationId, [{ topic: 'teams', payload: { id: organisationId } }]);
}

/** Whoever is to supervise a team may. */
async function mustLead(
  tx: Queryable,
  {
    organisationId,
    supervisorId = null,
  }: { organisationId: number; supervisorId?: number | null | undefined },
): Promise<void> {
  if (supervisorId === null) return;
  const [user] = await settle(
    tx
      .select({ role: users.role, isActive: users.isActive })
      .from(users)
      .where(and(eq(users.organisationId, organisationId), eq(users.id, supervisorId))),
  );
  if (user === undefined) throw new UnknownReference('supervisorId');
  if (!user.isActive || user.role === 'viewer' || user.role === 'agent')
    throw new InvalidValue('supervisorId', { message: 'supervisorId is of nobody who may supervise' });
}

async function mustBeEmpty(tx: Queryable, teamId: number): Promise<void> {
  const left = await settle(tx.$count(users, and(eq(users.teamId, teamId), users.isActive)));
  if (left > 0) throw new StillNeeded(`${left} active users are in the team: move them first`);
}

/** The department of those who have none of their own is the team's. */
async function tellMembers(tx: Queryable, { id, organisationId }: Team): Promise<void> {
  const ids = await settle(
    tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.teamId, id), isNull(users.department), users.isActive)),
  );
  const members = await membersByIds(
    tx,
    ids.map((user) => user.id),
  );
  await appendOutbox(
    tx,
    organisationId,
    members.map((payload) => ({ topic: 'member', payload })),
  );
}
