import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { type Queryable, settle } from '../queryable.ts';
import { type Role, teams, users } from '../schema/people.ts';

/** What the engine knows of a user. */
export interface Member {
  readonly id: number;
  readonly organisationId: number;
  readonly name: string;
  readonly teamId: number | null;
  /** The user's own, or else the team's. */
  readonly department: string | null;
  readonly role: Role;
  readonly onBoard: boolean;
  readonly active: boolean;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

const PAGE = 1000;

const fields = {
  id: users.id,
  organisationId: users.organisationId,
  name: users.fullName,
  teamId: users.teamId,
  department: sql<string | null>`coalesce(${users.department}, ${teams.department})`,
  role: users.role,
  onBoard: users.onBoard,
  active: users.isActive,
  createdAt: sql<number>`(extract(epoch FROM ${users.createdAt}) * 1000)::bigint`.mapWith(Number),
};

/** Every active user of every organisation, by rising id, page by page: the engine's roster. */
export async function* members(db: Queryable): AsyncGenerator<readonly Member[]> {
  let after = 0;
  for (;;) {
    const page: Member[] = await settle(
      db
        .select(fields)
        .from(users)
        .leftJoin(teams, eq(teams.id, users.teamId))
        .where(and(users.isActive, gt(users.id, after)))
        .orderBy(asc(users.id))
        .limit(PAGE),
    );
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.id;
  }
}

/** Those users, active or not, as the engine is to know them; at most 65,535 ids. */
export async function membersByIds(db: Queryable, ids: readonly number[]): Promise<Member[]> {
  return settle(
    db
      .select(fields)
      .from(users)
      .leftJoin(teams, eq(teams.id, users.teamId))
      .where(inArray(users.id, [...ids]))
      .orderBy(asc(users.id)),
  );
}
