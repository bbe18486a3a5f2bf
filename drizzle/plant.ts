import { and, eq, sql } from 'drizzle-orm';
import type { Plan, PlannedTeam } from './plan.ts';
import { inTransaction, type Queryable, settle } from './queryable.ts';
import { append as appendAudit, SYSTEM } from './repositories/audit.ts';
import { type Member, membersByIds } from './repositories/members.ts';
import { append as appendOutbox, type OutboxMessage } from './repositories/outbox.ts';
import { addMissing as addStatuses, addMissingTransitions } from './repositories/statuses.ts';
import { standsOnBoards } from './repositories/users.ts';
import { teams, users } from './schema/people.ts';

export interface Planting {
  readonly organisationId: number;
  /** Of the password that all planned users get. */
  readonly passwordHash: string;
  readonly now: Date;
}

/** How many were made; zeros when all were there. */
export interface Planted {
  readonly teams: number;
  readonly users: number;
}

/** Rows of one INSERT; PostgreSQL takes 65,535 parameters a statement. */
const INSERT_ROWS = 1000;

/**
 * Makes whatever of the plan the organisation lacks, all or nothing, and tells the audit trail and the engine. What
 * is there stays as it is, so planting twice changes nothing.
 *
 * @throws DuplicateValue (username, email) when another organisation has one of the planned users.
 */
export async function plant(db: Queryable, plan: Plan, planting: Planting): Promise<Planted> {
  const { organisationId } = planting;
  return inTransaction(db, async (tx) => {
    const statuses = await addStatuses(tx, organisationId, plan.statuses);
    const transitions = await addMissingTransitions(tx, organisationId, plan.transitions);
    const newTeams = await plantTeams(tx, plan, planting);
    const newMembers = await plantUsers(tx, plan, planting);
    for (const team of newTeams) await appointSupervisor(tx, organisationId, team);

    const messages: OutboxMessage[] = newMembers.map((payload) => ({ topic: 'member', payload }));
    if (newTeams.length > 0) messages.push({ topic: 'teams', payload: { id: organisationId } });
    if (statuses + transitions > 0) messages.push({ topic: 'organisation', payload: { id: organisationId } });
    await appendOutbox(tx, organisationId, messages);

    const made = { teams: newTeams.length, users: newMembers.length };
    if (made.teams + made.users + statuses + transitions > 0) {
      await appendAudit(tx, {
        organisationId,
        by: SYSTEM,
        action: 'organisation.seed',
        tableName: 'organisations',
        recordId: String(organisationId),
        newValues: { ...made, statuses, transitions },
      });
    }
    return made;
  });
}

/** The planned teams that had to be made, their supervisors still to come. */
async function plantTeams(tx: Queryable, plan: Plan, planting: Planting): Promise<PlannedTeam[]> {
  const { organisationId, now } = planting;
  const there = await teamIds(tx, organisationId);
  const missing = plan.teams.filter(({ name }) => !there.has(name.toLowerCase()));
  const rows = missing.map(({ supervisor: _appointedLater, ...team }) => ({
    ...team,
    organisationId,
    createdAt: now,
    updatedAt: now,
  }));
  if (rows.length > 0) await settle(tx.insert(teams).values(rows));
  return missing;
}

/** The planned users who had to be made. */
async function plantUsers(tx: Queryable, plan: Plan, planting: Planting): Promise<Member[]> {
  const { organisationId, passwordHash, now } = planting;
  const teamOf = await teamIds(tx, organisationId);
  const there = await usernames(tx, organisationId);
  const rows = plan.users
    .filter(({ username }) => !there.has(username.toLowerCase()))
    .map(({ team, ...user }) => ({
      ...user,
      organisationId,
      email: `${user.username}@example.com`,
      passwordHash,
      fullName: `${user.firstName} ${user.lastName}`,
      teamId: team === null ? null : (teamOf.get(team.toLowerCase()) ?? null),
      onBoard: standsOnBoards(user.role),
      createdAt: now,
      updatedAt: now,
    }));
  const made: Member[] = [];
  for (let start = 0; start < rows.length; start += INSERT_ROWS) {
    const chunk = rows.slice(start, start + INSERT_ROWS);
    const inserted = await settle(tx.insert(users).values(chunk).returning({ id: users.id }));
    const ids = inserted.map(({ id }) => id);
    made.push(...(await membersByIds(tx, ids)));
  }
  return made;
}

async function appointSupervisor(
  tx: Queryable,
  organisationId: number,
  { name, supervisor }: PlannedTeam,
): Promise<void> {
  await settle(
    tx
      .update(teams)
      .set({ supervisorId: sql`${users.id}`, updatedAt: sql`${teams.updatedAt}` })
      .from(users)
      .where(
        and(
          eq(teams.organisationId, organisationId),
          eq(teams.name, name),
          eq(users.organisationId, organisationId),
          eq(sql`lower(${users.username})`, supervisor.toLowerCase()),
        ),
      ),
  );
}

/** Ids of the organisation's teams by their names in lower case. */
async function teamIds(tx: Queryable, organisationId: number): Promise<Map<string, number>> {
  const rows = await settle(
    tx.select({ id: teams.id, name: teams.name }).from(teams).where(eq(teams.organisationId, organisationId)),
  );
  return new Map(rows.map(({ id, name }) => [name.toLowerCase(), id]));
}

/** The organisation's user names, in lower case. */
async function usernames(tx: Queryable, organisationId: number): Promise<Set<string>> {
  const rows = await settle(
    tx.select({ username: users.username }).from(users).where(eq(users.organisationId, organisationId)),
  );
  return new Set(rows.map(({ username }) => username.toLowerCase()));
}
