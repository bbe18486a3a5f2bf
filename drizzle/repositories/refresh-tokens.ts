/**
 * Log-in sessions as families of refresh tokens. Tokens are known by their hashes alone.
 *
 * Each use of a token issues a child of it, and the answer that carries the child may be lost. So a token may be used
 * again for as long as none of its children was used. Using a child shows that it was received: from then on its
 * parent and its siblings lie behind the session, and whoever still presents one of them is a second holder. One of
 * the two is a thief, and the whole family ends. How long ago the child was used makes no difference: a client keeps
 * the newest token it was given (tabs keep it in one cookie), and has no way back behind it.
 *
 * So at most one child of a token is ever used, and the used tokens of a family are a line. Good are the last of that
 * line and its children. What changes a family does so one after the other, also across servers.
 */
import { and, asc, desc, eq, gt, gte, inArray, isNotNull, isNull, ne, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { inTransaction, type Queryable, settle } from '../queryable.ts';
import { users } from '../schema/people.ts';
import { refreshTokens } from '../schema/refresh-tokens.ts';

export interface NewToken {
  readonly organisationId: number;
  readonly userId: number;
  /** A UUID of the log-in session. */
  readonly familyId: string;
  readonly tokenHash: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly userAgent: string | null;
  readonly ipAddress: string | null;
}

export interface Presented {
  readonly tokenHash: string;
  /** What takes its place; issued now. */
  readonly child: Pick<NewToken, 'tokenHash' | 'expiresAt' | 'userAgent' | 'ipAddress'>;
  readonly now: Date;
}

/** What came of a presented token. But for `rotated` the child was not issued. */
export type Rotation =
  | ({ readonly outcome: 'rotated' } & TokenOwner)
  /** The session had gone on from it, or from a sibling: it was revoked. */
  | ({ readonly outcome: 'reused' } & TokenOwner)
  /** It has many children already, and none was used. */
  | { readonly outcome: 'throttled'; readonly retryAfterMs: number }
  /** No such token, or expired, or revoked, or its user is deactivated. */
  | { readonly outcome: 'refused' };

export interface TokenOwner {
  readonly organisationId: number;
  readonly userId: number;
  readonly familyId: string;
}

/** One live log-in session. */
export interface LoginSession {
  readonly familyId: string;
  readonly startedAt: Date;
  readonly refreshedAt: Date;
  readonly expiresAt: Date;
  readonly userAgent: string | null;
  readonly ipAddress: string | null;
}

/**
 * A token has so many children at once, and then one more each so often, until it expires: a client in a loop doesn't
 * fill the table. A bound that ended the session would log out a client whose answers are lost for long. One that
 * deleted children would let a thief who asks often push out the child of another holder, who could no longer show
 * that there are two.
 */
export const CHILDREN_AT_ONCE = 16;
export const NEXT_CHILD_MS = 60_000;

/** Issues the first token of a family. */
export async function issue(db: Queryable, token: NewToken): Promise<void> {
  await insert(db, token, null);
}

/** Exchanges a token for a child of it, both or neither. */
export async function rotate(db: Queryable, presented: Presented): Promise<Rotation> {
  const { tokenHash, now } = presented;
  return inTransaction(db, async (tx) => {
    const presentedBy = await ownerOf(tx, tokenHash);
    if (presentedBy === null) return { outcome: 'refused' };
    await lockFamily(tx, presentedBy.familyId);
    // Read once more: what another did to the family before the lock shows only now.
    const [token] = await settle(
      tx
        .select({ token: refreshTokens, userActive: users.isActive })
        .from(refreshTokens)
        .innerJoin(users, eq(users.id, refreshTokens.userId))
        .where(eq(refreshTokens.tokenHash, tokenHash)),
    );
    if (token === undefined) return { outcome: 'refused' };
    const { id, organisationId, userId, familyId, expiresAt, usedAt, revokedAt } = token.token;
    const owner = { organisationId, userId, familyId };
    if (revokedAt !== null || !token.userActive || expiresAt <= now) return { outcome: 'refused' };
    if (await isBehind(tx, token.token)) {
      await revoke(tx, familyId, now);
      return { outcome: 'reused', ...owner };
    }
    const retryAfterMs = await untilNextChild(tx, id, now);
    if (retryAfterMs > 0) return { outcome: 'throttled', retryAfterMs };
    if (usedAt === null)
      await settle(tx.update(refreshTokens).set({ usedAt: now }).where(eq(refreshTokens.id, id)));
    await insert(tx, { ...owner, ...presented.child, issuedAt: now }, id);
    return { outcome: 'rotated', ...owner };
  });
}

/** Whose token it is, and of which family, whatever has become of either; null for a token that was never issued. */
export async function ownerOf(db: Queryable, tokenHash: string): Promise<TokenOwner | null> {
  const { organisationId, userId, familyId } = refreshTokens;
  const [found] = await settle(
    db
      .select({ organisationId, userId, familyId })
      .from(refreshTokens)
      .where(eq(refreshTokens.tokenHash, tokenHash)),
  );
  return found ?? null;
}

/** Ends a log-in session; false when it had ended before. */
export async function revokeFamily(db: Queryable, familyId: string, now: Date): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    await lockFamily(tx, familyId);
    return revoke(tx, familyId, now);
  });
}

/** Ends every log-in session. Nobody else may be using the database. */
export async function revokeAll(db: Queryable, now: Date): Promise<void> {
  const { revokedAt } = refreshTokens;
  await settle(db.update(refreshTokens).set({ revokedAt: now }).where(isNull(revokedAt)));
}

/** The log-in sessions that were revoked at that time or later. */
export async function revokedSince(db: Queryable, since: Date): Promise<readonly string[]> {
  const { familyId, revokedAt } = refreshTokens;
  const families = await settle(
    db.selectDistinct({ familyId }).from(refreshTokens).where(gte(revokedAt, since)),
  );
  return families.map((family) => family.familyId);
}

/** Deletes the log-in sessions that were revoked, or whose last token expired, before that time; each whole. */
export async function prune(db: Queryable, before: Date): Promise<void> {
  const { familyId, expiresAt, revokedAt } = refreshTokens;
  const limit = sql`${before.toISOString()}::timestamptz`;
  const ended = db
    .select({ familyId })
    .from(refreshTokens)
    .groupBy(familyId)
    .having(sql`max(${expiresAt}) < ${limit} OR bool_and(coalesce(${revokedAt} < ${limit}, false))`);
  await settle(db.delete(refreshTokens).where(inArray(familyId, ended)));
}

/** Ends all of a user's log-in sessions. Belongs into the transaction that deactivates the user. */
export async function revokeUser(transaction: Queryable, userId: number, now: Date): Promise<void> {
  const { familyId } = refreshTokens;
  const families = await settle(
    transaction
      .selectDistinct({ familyId })
      .from(refreshTokens)
      .where(and(eq(refreshTokens.userId, userId), isNull(refreshTokens.revokedAt)))
      .orderBy(asc(familyId)),
  );
  for (const family of families) {
    await lockFamily(transaction, family.familyId);
    await revoke(transaction, family.familyId, now);
  }
}

/** Whether the log-in session still holds: not revoked, not expired, its user active. */
export async function isFamilyLive(db: Queryable, familyId: string, now: Date): Promise<boolean> {
  return (await liveFamilies(db, [familyId], now)).has(familyId);
}

/** When each of those log-in sessions ends unless it is refreshed; those that don't hold are not among them. */
export async function liveFamilies(
  db: Queryable,
  familyIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, Date>> {
  const live = await settle(
    db
      .select({ familyId: refreshTokens.familyId, expiresAt: refreshTokens.expiresAt })
      .from(refreshTokens)
      .innerJoin(users, eq(users.id, refreshTokens.userId))
      .where(
        and(
          inArray(refreshTokens.familyId, [...familyIds]),
          isNull(refreshTokens.usedAt),
          isNull(refreshTokens.revokedAt),
          gt(refreshTokens.expiresAt, now),
          users.isActive,
        ),
      )
      .orderBy(asc(refreshTokens.expiresAt)),
  );
  return new Map(live.map(({ familyId, expiresAt }) => [familyId, expiresAt]));
}

/** The user's log-in sessions that still hold, the oldest first. */
export async function list(
  db: Queryable,
  { organisationId, userId }: Pick<TokenOwner, 'organisationId' | 'userId'>,
  now: Date,
): Promise<LoginSession[]> {
  const { familyId, issuedAt, expiresAt, revokedAt, userAgent, ipAddress } = refreshTokens;
  const startedAt = sql<Date>`min(${issuedAt})`.mapWith(issuedAt);
  const lastExpiry = sql<Date>`max(${expiresAt})`.mapWith(expiresAt);
  const newest = (column: AnyPgColumn) =>
    sql<string | null>`(array_agg(${column} ORDER BY ${issuedAt} DESC, ${refreshTokens.id} DESC))[1]`;
  return settle(
    db
      .select({
        familyId,
        startedAt,
        refreshedAt: sql<Date>`max(${issuedAt})`.mapWith(issuedAt),
        expiresAt: lastExpiry,
        userAgent: newest(userAgent),
        ipAddress: newest(ipAddress),
      })
      .from(refreshTokens)
      .where(and(eq(refreshTokens.organisationId, organisationId), eq(refreshTokens.userId, userId)))
      .groupBy(familyId)
      .having(sql`bool_and(${revokedAt} IS NULL) AND ${lastExpiry} > ${now.toISOString()}::timestamptz`)
      .orderBy(asc(startedAt)),
  );
}

/** @throws DuplicateValue. */
async function insert(db: Queryable, token: NewToken, parentId: number | null): Promise<void> {
  // What the network says may be longer than any honest value.
  const userAgent = token.userAgent?.slice(0, 500);
  const ipAddress = token.ipAddress?.slice(0, 45);
  await settle(db.insert(refreshTokens).values({ ...token, parentId, userAgent, ipAddress }));
}

/** Whether the session went on without the token: a child of it, or of its parent, was used. */
async function isBehind(
  tx: Queryable,
  { id, parentId }: { readonly id: number; readonly parentId: number | null },
): Promise<boolean> {
  const wentOn = await settle(
    tx
      .select({ id: refreshTokens.id })
      .from(refreshTokens)
      .where(
        and(
          inArray(refreshTokens.parentId, parentId === null ? [id] : [id, parentId]),
          ne(refreshTokens.id, id),
          isNotNull(refreshTokens.usedAt),
        ),
      )
      .limit(1),
  );
  return wentOn.length > 0;
}

/** Milliseconds until the token may have another child; 0 for now. */
async function untilNextChild(tx: Queryable, tokenId: number, now: Date): Promise<number> {
  const newest = await settle(
    tx
      .select({ issuedAt: refreshTokens.issuedAt })
      .from(refreshTokens)
      .where(eq(refreshTokens.parentId, tokenId))
      .orderBy(desc(refreshTokens.id))
      .limit(CHILDREN_AT_ONCE),
  );
  if (newest[0] === undefined || newest.length < CHILDREN_AT_ONCE) return 0;
  return Math.max(0, newest[0].issuedAt.getTime() + NEXT_CHILD_MS - now.getTime());
}

async function revoke(tx: Queryable, familyId: string, now: Date): Promise<boolean> {
  const { rowCount } = await settle(
    tx
      .update(refreshTokens)
      .set({ revokedAt: now })
      .where(and(eq(refreshTokens.familyId, familyId), isNull(refreshTokens.revokedAt))),
  );
  return rowCount !== null && rowCount > 0;
}

/** Until the transaction ends. A lock of rows would miss the child that another transaction is adding. */
async function lockFamily(tx: Queryable, familyId: string): Promise<void> {
  await settle(tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${familyId}, 0))`));
}
