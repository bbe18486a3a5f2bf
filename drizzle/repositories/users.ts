import { and, asc, count, eq, getTableColumns, ilike, inArray, or, type SQL, sql } from 'drizzle-orm';
import { inTransaction, only, type Queryable, settle } from '../queryable.ts';
import { type Role, teams, users } from '../schema/people.ts';
import { type Actor, append as appendAudit } from './audit.ts';
import { membersByIds } from './members.ts';
import { append as appendOutbox } from './outbox.ts';
import { reserveSeat } from './seats.ts';

export interface User {
  readonly id: number;
  readonly organisationId: number;
  readonly username: string;
  readonly email: string;
  readonly fullName: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly role: Role;
  readonly teamId: number | null;
  /** The user's own, or else the team's. */
  readonly department: string | null;
  /** The user's own alone. */
  readonly ownDepartment: string | null;
  readonly phone: string | null;
  readonly avatar: string | null;
  readonly isActive: boolean;
  readonly onBoard: boolean;
  readonly mustChangePassword: boolean;
  readonly lastLoginAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewUser {
  readonly organisationId: number;
  readonly username: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly fullName: string;
  readonly role: Role;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly teamId?: number | null;
  /** Where it is not the team's. */
  readonly department?: string | null;
  readonly phone?: string | null;
  readonly avatar?: string | null;
  /** By default agents stand on boards and others don't. */
  readonly onBoard?: boolean;
  readonly mustChangePassword?: boolean;
}

/** Which users; what is absent doesn't matter. */
export interface UserFilter {
  readonly roles?: readonly Role[] | undefined;
  readonly teamId?: number | undefined;
  /** Users of any of these teams; of none where there are none. */
  readonly teamIds?: readonly number[] | undefined;
  /** The user's own, or else the team's. */
  readonly department?: string | undefined;
  readonly active?: boolean | undefined;
  /** A part of the full name, the user name or the e-mail, whatever the case. */
  readonly search?: string | undefined;
}

/** From 1; `limit` rows a page. */
export interface PageOf {
  readonly page: number;
  readonly limit: number;
}

export interface UserPage {
  readonly rows: readonly User[];
  /** Of all pages. */
  readonly total: number;
}

const {
  passwordHash: _passwordHash,
  createdBy: _createdBy,
  updatedBy: _updatedBy,
  department: ownDepartment,
  ...columns
} = getTableColumns(users);
const department = sql<string | null>`coalesce(${users.department}, ${teams.department})`;
const fields = { ...columns, department, ownDepartment };

/** The user of that name whatever the case, in whatever organisation, active or not; for log-in alone. */
export async function findForLogin(
  db: Queryable,
  username: string,
): Promise<{ readonly user: User; readonly passwordHash: string } | null> {
  const [row] = await settle(
    db
      .select({ user: fields, passwordHash: users.passwordHash })
      .from(users)
      .leftJoin(teams, eq(teams.id, users.teamId))
      .where(eq(sql`lower(${users.username})`, username.toLowerCase())),
  );
  return row ?? null;
}

export async function byId(db: Queryable, organisationId: number, id: number): Promise<User | null> {
  const [user] = await settle(
    select(db).where(and(eq(users.organisationId, organisationId), eq(users.id, id))),
  );
  return user ?? null;
}

/** One page of the organisation's users, by full name. */
export async function list(
  db: Queryable,
  organisationId: number,
  { page, limit, ...filter }: UserFilter & PageOf,
): Promise<UserPage> {
  const where = and(eq(users.organisationId, organisationId), ...conditions(filter));
  const rows = await settle(
    select(db)
      .where(where)
      .orderBy(asc(users.fullName), asc(users.id))
      .limit(limit)
      .offset((page - 1) * limit),
  );
  const counted = db
    .select({ total: count() })
    .from(users)
    .leftJoin(teams, eq(teams.id, users.teamId))
    .where(where);
  return { rows, ...only(await settle(counted)) };
}

/**
 * Makes a user, and tells the audit trail and the engine.
 *
 * @throws DuplicateValue (username, email), UnknownReference (teamId, organisationId), TeamFull, InvalidValue
 */
export async function create(db: Queryable, user: NewUser, by: Actor): Promise<User> {
  const { passwordHash, ...told } = user;
  const { organisationId, teamId = null, role } = told;
  const values = {
    ...told,
    passwordHash,
    onBoard: told.onBoard ?? standsOnBoards(role),
    createdBy: by.userId,
    updatedBy: by.userId,
  };
  return inTransaction(db, async (tx) => {
    if (teamId !== null) await reserveSeat(tx, { organisationId, teamId, role });
    const { id } = only(await settle(tx.insert(users).values(values).returning({ id: users.id })));
    await appendAudit(tx, {
      organisationId,
      by,
      action: 'user.create',
      tableName: 'users',
      recordId: String(id),
      newValues: told,
    });
    return tellMember(tx, id);
  });
}

/** Tells the engine how a user is now; answers the user. */
export async function tellMember(transaction: Queryable, id: number): Promise<User> {
  const payload = only(await membersByIds(transaction, [id]));
  await appendOutbox(transaction, payload.organisationId, [{ topic: 'member', payload }]);
  return only(await settle(select(transaction).where(eq(users.id, id))));
}

/** Notes a log-in. Not a change of the user: `updatedAt` stays. */
export async function recordLogin(db: Queryable, id: number, at: Date): Promise<void> {
  await settle(
    db
      .update(users)
      .set({ lastLoginAt: at, updatedAt: sql`${users.updatedAt}` })
      .where(eq(users.id, id)),
  );
}

/** Whether users of this role stand on boards where nobody said otherwise. */
export function standsOnBoards(role: Role): boolean {
  return role === 'agent';
}

function select(db: Queryable) {
  return db.select(fields).from(users).leftJoin(teams, eq(teams.id, users.teamId));
}

function conditions({
  roles,
  teamId,
  teamIds,
  department: wanted,
  active,
  search,
}: UserFilter): (SQL | undefined)[] {
  return [
    roles && inArray(users.role, [...roles]),
    teamId === undefined ? undefined : eq(users.teamId, teamId),
    teamIds && inArray(users.teamId, [...teamIds]),
    wanted === undefined ? undefined : eq(department, wanted),
    active === undefined ? undefined : eq(users.isActive, active),
    search === undefined ? undefined : contains(search),
  ];
}

function contains(text: string): SQL | undefined {
  const pattern = `%${text.replace(/[\\%_]/g, (special) => `\\${special}`)}%`;
  return or(ilike(users.fullName, pattern), ilike(users.username, pattern), ilike(users.email, pattern));
}
