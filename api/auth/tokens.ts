import { createHash, randomBytes } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../engine/clock.ts';

/** A key that tokens are signed with, and the id by which a token names it. */
export interface Secret {
  readonly kid: string;
  readonly secret: string;
}

/** What an access token says. */
export interface Claims {
  readonly userId: number;
  /** The log-in session: a family of refresh tokens. */
  readonly sessionId: string;
  /** When the log-in session ends unless it is refreshed, epoch milliseconds. */
  readonly sessionExpiresAt: number;
}

export interface TokensOptions {
  readonly clock: Clock;
  /** The first one signs; all verify, so that one can be rotated in. */
  readonly secrets: readonly Secret[];
  readonly accessMs: number;
  /** Tokens of another era don't hold: all log-in sessions ended with it. */
  readonly era?: string;
}

const ALGORITHM = 'HS256';
const ISSUER = 'rollcall';

/** Access tokens: signed, short-lived, never stored. */
export class Tokens {
  readonly #clock: Clock;
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  readonly #signing: { readonly kid: string; readonly key: Uint8Array };
  readonly #accessMs: number;
  readonly #era: string;

  /** @throws TypeError without a secret. */
  constructor({ clock, secrets, accessMs, era = '' }: TokensOptions) {
    this.#clock = clock;
    this.#accessMs = accessMs;
    this.#era = era;
    this.#keys = new Map(secrets.map(({ kid, secret }) => [kid, new TextEncoder().encode(secret)]));
    const [first] = this.#keys;
    if (first === undefined) throw new TypeError('tokens need a secret to sign with');
    this.#signing = { kid: first[0], key: first[1] };
  }

  /** `expiresAt` in epoch milliseconds. */
  async sign({
    userId,
    sessionId,
    sessionExpiresAt,
  }: Claims): Promise<{ readonly token: string; readonly expiresAt: number }> {
    const now = this.#clock.now();
    // Never longer than the session that it is of.
    const expiresAt = Math.floor(Math.min(now + this.#accessMs, sessionExpiresAt) / 1000) * 1000;
    const token = await new SignJWT({ sid: sessionId, sx: sessionExpiresAt, era: this.#era })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.#signing.kid })
      .setIssuer(ISSUER)
      .setSubject(String(userId))
      .setIssuedAt(Math.floor(now / 1000))
      .setExpirationTime(expiresAt / 1000)
      .sign(this.#signing.key);
    return { token, expiresAt };
  }

  async verify(token: string): Promise<Claims | 'expired' | 'invalid'> {
    try {
      const { payload } = await jwtVerify(token, ({ kid = '' }) => this.#keyNamed(kid), {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        currentDate: new Date(this.#clock.now()),
      });
      const { sub, sid, sx, era = '' } = payload;
      if (typeof sid !== 'string' || typeof sx !== 'number' || !/^\d+$/.test(sub ?? '')) return 'invalid';
      if (era !== this.#era) return 'invalid';
      return { userId: Number(sub), sessionId: sid, sessionExpiresAt: sx };
    } catch (error) {
      return error instanceof errors.JWTExpired ? 'expired' : 'invalid';
    }
  }

  #keyNamed(kid: string): Uint8Array {
    const key = this.#keys.get(kid);
    if (key === undefined) throw new errors.JWSInvalid(`no key ${kid}`);
    return key;
  }
}

/** A refresh token for the client, and the hash of it that is stored. */
export function newRefreshToken(): { readonly token: string; readonly hash: string } {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashRefreshToken(token) };
}

export function hashRefreshToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
