/**
 * Log-in sessions: a family of refresh tokens in the database, and short-lived access tokens beside it.
 *
 * Each use of a refresh token replaces it. One that the session has left behind betrays a theft, and the whole session
 * is revoked (drizzle/repositories/refresh-tokens.ts).
 */
import { randomUUID } from 'node:crypto';
import { DatabaseFailed } from '../../drizzle/errors.ts';
import type { Queryable } from '../../drizzle/queryable.ts';
import * as refreshTokens from '../../drizzle/repositories/refresh-tokens.ts';
import * as users from '../../drizzle/repositories/users.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Member } from '../../engine/member.ts';
import type { LoginSession } from '../contract/auth.ts';
import { RollcallError } from '../contract/errors.ts';
import { LoginLimits } from '../limits.ts';
import { withinOr } from '../patience.ts';
import type { Peer } from '../transport.ts';
import { LiveSessions } from './live-sessions.ts';
import { verifyPassword } from './passwords.ts';
import { type Claims, hashRefreshToken, newRefreshToken, type Tokens } from './tokens.ts';

export interface AuthenticatorOptions {
  readonly db: Queryable;
  readonly clock: Clock;
  readonly tokens: Tokens;
  /** How long an access token and a refresh token hold, milliseconds. */
  readonly accessMs: number;
  readonly refreshMs: number;
  /** A user as the engine knows them now; null for nobody. */
  readonly memberOf: (userId: number) => Member | null;
}

/** Somebody whose token holds, as they stand now. */
export interface Principal {
  readonly member: Member;
  readonly claims: Claims;
}

/** A session, and the refresh token that continues it: apart, because a cookie may carry it. */
export interface LoggedIn {
  readonly session: Omit<LoginSession, 'refreshToken'>;
  readonly refreshToken: string;
}

/** How long a socket waits for what the database says of its session. */
const DATABASE_WAIT_MS = 2_000;

export class Authenticator implements Disposable {
  readonly liveSessions: LiveSessions;
  readonly refreshMs: number;
  readonly #options: AuthenticatorOptions;
  readonly #limits = new LoginLimits();

  private constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.refreshMs = options.refreshMs;
    const { clock, accessMs, memberOf } = options;
    const isDeactivated = (userId: number) => memberOf(userId)?.active === false;
    this.liveSessions = new LiveSessions({ clock, accessMs, isDeactivated });
  }

  /** Knows which sessions ended while an access token of theirs may still be about, also before a restart. */
  static async open(options: AuthenticatorOptions): Promise<Authenticator> {
    const { db, clock, accessMs } = options;
    const authenticator = new Authenticator(options);
    const ended = await refreshTokens.revokedSince(db, new Date(clock.now() - accessMs));
    for (const sessionId of ended) authenticator.liveSessions.end(sessionId);
    return authenticator;
  }

  /** @throws RollcallError UNAUTHENTICATED, RATE_LIMITED. */
  async login(username: string, password: string, peer: Peer): Promise<LoggedIn> {
    const { db, clock } = this.#options;
    const user = await this.#limits.guard(username, peer.address, async () => {
      const found = await users.findForLogin(db, username);
      const fits = await verifyPassword(found?.passwordHash ?? null, password);
      return fits && found?.user.isActive === true ? found.user : null;
    });
    if (user === null) throw unauthenticated('user name or password is wrong');
    const now = clock.now();
    const familyId = randomUUID();
    const { token, hash } = newRefreshToken();
    await refreshTokens.issue(db, {
      organisationId: user.organisationId,
      userId: user.id,
      familyId,
      tokenHash: hash,
      issuedAt: new Date(now),
      ...this.#holder(peer),
    });
    await users.recordLogin(db, user.id, new Date(now));
    return { session: await this.#session(user, familyId), refreshToken: token };
  }

  /** @throws RollcallError UNAUTHENTICATED, RATE_LIMITED. */
  async refresh(refreshToken: string | null, peer: Peer): Promise<LoggedIn> {
    if (refreshToken === null) throw unauthenticated('there is no session to refresh');
    const { db, clock } = this.#options;
    const { token, hash } = newRefreshToken();
    const now = clock.now();
    const rotation = await refreshTokens.rotate(db, {
      tokenHash: hashRefreshToken(refreshToken),
      child: { tokenHash: hash, ...this.#holder(peer) },
      now: new Date(now),
    });
    if (rotation.outcome === 'throttled') {
      const { retryAfterMs } = rotation;
      throw new RollcallError('refreshed too often; wait a moment', { code: 'RATE_LIMITED', retryAfterMs });
    }
    if (rotation.outcome === 'reused') this.liveSessions.end(rotation.familyId);
    if (rotation.outcome !== 'rotated') throw unauthenticated('the session has ended');
    const user = await users.byId(db, rotation.organisationId, rotation.userId);
    if (user === null) throw unauthenticated('the session has ended');
    this.liveSessions.extend(rotation.familyId, now + this.refreshMs);
    return { session: await this.#session(user, rotation.familyId), refreshToken: token };
  }

  /** Ends a log-in session: its tokens and its sockets. An access token that holds names it, or any refresh token. */
  async logout(claims: Claims | RollcallError, refreshToken: string | null): Promise<void> {
    if (!(claims instanceof RollcallError)) return this.#end(claims.sessionId);
    if (refreshToken === null) return;
    const familyId = await refreshTokens.familyOf(this.#options.db, hashRefreshToken(refreshToken));
    if (familyId !== null) await this.#end(familyId);
  }

  /** What a token says, or why it doesn't hold. */
  async claims(token: string | null): Promise<Claims | RollcallError> {
    if (token === null) return unauthenticated('log in first');
    const claims = await this.#options.tokens.verify(token);
    if (claims === 'expired') return unauthenticated('the token has expired');
    if (claims === 'invalid' || this.liveSessions.hasEnded(claims.sessionId))
      return unauthenticated('the token is not valid');
    return claims;
  }

  /** As `claims`, for a socket, which may outlive the token: the session itself must hold. */
  async openSession(token: string | null): Promise<Claims | RollcallError> {
    const claims = await this.claims(token);
    if (claims instanceof RollcallError) return claims;
    return (await this.#isLive(claims)) ? claims : unauthenticated('the session has ended');
  }

  /** @throws RollcallError UNAUTHENTICATED. */
  principal(claims: Claims | RollcallError): Principal {
    if (claims instanceof RollcallError) throw claims;
    const member = this.#options.memberOf(claims.userId);
    if (member?.active !== true || this.liveSessions.hasEnded(claims.sessionId))
      throw unauthenticated('the session has ended');
    return { member, claims };
  }

  [Symbol.dispose](): void {
    this.liveSessions[Symbol.dispose]();
  }

  /**
   * A database that doesn't answer keeps nobody out whose token holds, so that presence outlives it: what ended here is
   * known without it, and a token never outlives its session. What ended on another server shows late then, at the
   * latest when the token has run out.
   */
  async #isLive({ sessionId }: Claims): Promise<boolean> {
    const { db, clock } = this.#options;
    const asked = refreshTokens.isFamilyLive(db, sessionId, new Date(clock.now())).catch((error: unknown) => {
      if (error instanceof DatabaseFailed) return true;
      throw error;
    });
    return withinOr(asked, { clock, waitMs: DATABASE_WAIT_MS, otherwise: true });
  }

  async #end(sessionId: string): Promise<void> {
    await refreshTokens.revokeFamily(this.#options.db, sessionId, new Date(this.#options.clock.now()));
    this.liveSessions.end(sessionId);
  }

  #holder({ userAgent, address }: Peer): { expiresAt: Date; userAgent: string; ipAddress: string } {
    return { expiresAt: new Date(this.#options.clock.now() + this.refreshMs), userAgent, ipAddress: address };
  }

  async #session(user: users.User, sessionId: string): Promise<LoggedIn['session']> {
    const sessionExpiresAt = this.#options.clock.now() + this.refreshMs;
    const { token, expiresAt } = await this.#options.tokens.sign({
      userId: user.id,
      sessionId,
      sessionExpiresAt,
    });
    const { id, username, fullName: name, role, organisationId, teamId } = user;
    return { token, expiresAt, user: { id, username, name, role, organisationId, teamId } };
  }
}

function unauthenticated(message: string): RollcallError {
  return new RollcallError(message, { code: 'UNAUTHENTICATED' });
}
