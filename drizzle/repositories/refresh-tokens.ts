/**
 * Log-in sessions as families of refresh tokens. Tokens are known by their hashes alone.
 *
 * A token is used once: whoever presents it a second time, later than two tabs would, has stolen it or was stolen
 * from, so the whole family ends. What changes a family does so one after the other, also across servers.
 */
import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
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
  readonly successor: Pick<NewToken, 'tokenHash' | 'expiresAt' | 'userAgent' | 'ipAddress'>;
  readonly now: Date;
  /** How long after its use a token that comes again is taken for a second tab's. */
  readonly leewayMs: number;
}

/** What came of a presented token. But for `rotated` there is no successor. */
export type Rotation =
  | ({ readonly outcome: 'rotated' } & TokenOwner)
  /** Used a moment ago, by another tab: the session lives, and its newest token is on its way to the client. */
  | ({ readonly outcome: 'raced' } & TokenOwner)
  /** Used before: the session was revoked. */
  | ({ readonly outcome: 'reused' } & TokenOwner)
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

/** Issues a token: the first one of a family. */
export async function issue(db: Queryable, token: NewToken): Promise<void> {
  // What the network says may be longer than any honest value.
  const userAgent = token.userAgent?.slice(0, 500);
  const ipAddress = token.ipAddress?.slice(0, 45);
  await settle(db.insert(refreshTokens).values({ ...token, userAgent, ipAddress }));
}

/** Exchanges a token for its successor, both or neither. */
export async function rotate(db: Queryable, presented: Presented): Promise<Rotation> {
  const { tokenHash, now, leewayMs } = presented;
  return inTransaction(db, async (tx) => {
    const [found] = await settle(
      tx
        .select({ familyId: refreshTokens.familyId })
        .from(refreshTokens)
        .where(eq(refreshTokens.tokenHash, tokenHash)),
    );
    if (found === undefined) return { outcome: 'refused' };
    await lockFamily(tx, found.familyId);
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
    if (revokedAt !== null || !token.userActive) return { outcome: 'refused' };
    if (usedAt !== null && now.getTime() - usedAt.getTime() <= leewayMs)
      return { outcome: 'raced', ...owner };
    if (usedAt !== null) {
      await revoke(tx, familyId, now);
      return { outcome: 'reused', ...owner };
    }
    if (expiresAt <= now) return { outcome: 'refused' };
    await settle(tx.update(refreshTokens).set({ usedAt: now }).where(eq(refreshTokens.id, id)));
    await issue(tx, { ...owner, ...presented.successor, issuedAt: now });
    return { outcome: 'rotated', ...owner };
  });
}

/** Ends a log-in session; false when it had ended before. */
export async function revokeFamily(db: Queryable, familyId: string, now: Date): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    await lockFamily(tx, familyId);
    return revoke(tx, familyId, now);
  });
}

/** Whether the log-in session still holds: not revoked, not expired, its user active. */
export async function isFamilyLive(db: Queryable, familyId: string, now: Date): Promise<boolean> {
  const live = await settle(
    db
      .select({ id: refreshTokens.id })
      .from(refreshTokens)
      .innerJoin(users, eq(users.id, refreshTokens.userId))
      .where(
        and(
          eq(refreshTokens.familyId, familyId),
          isNull(refreshTokens.usedAt),
          isNull(refreshTokens.revokedAt),
          gt(refreshTokens.expiresAt, now),
          users.isActive,
        ),
      )
      .limit(1),
  );
  return live.length > 0;
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

async function revoke(tx: Queryable, familyId: string, now: Date): Promise<boolean> {
  const { rowCount } = await settle(
    tx
      .update(refreshTokens)
      .set({ revokedAt: now })
      .where(and(eq(refreshTokens.familyId, familyId), isNull(refreshTokens.revokedAt))),
  );
  return rowCount !== null && rowCount > 0;
}

/** Until the transaction ends. A lock of rows would miss the successor that another transaction is adding. */
async function lockFamily(tx: Queryable, familyId: string): Promise<void> {
  await settle(tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${familyId}, 0))`));
}
