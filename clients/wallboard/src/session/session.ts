/**
 * The log-in session of this page.
 *
 * The access token is held in memory alone. What keeps the session over a reload, or a night on a wall, is a cookie
 * that scripts can't read: with it the page asks for a token at its start and before each one runs out. Only the
 * server's word that the session has ended leads to the log-in page; a server that can't be reached never does.
 */
import type { LoginSession, User } from '../../../../api/contract/auth.ts';
import { type Failure, failureOf } from './failure.ts';
import { renewAfterMs, retryAfterMs } from './renewal.ts';

export type SessionState =
  /** Finding out whether there is a session; `failure` where the server could not tell yet. */
  | { readonly phase: 'restoring'; readonly failure: Failure | null }
  /** `ended`: the server ended the session that there was. */
  | { readonly phase: 'out'; readonly why: 'never in' | 'left' | 'ended' }
  | { readonly phase: 'in'; readonly user: User };

/** The server's side of it. Each call throws what failureOf reads. */
export interface AuthCalls {
  readonly login: (username: string, password: string) => Promise<LoginSession>;
  /** With the cookie. */
  readonly refresh: () => Promise<LoginSession>;
  /** Ends the session of that token, and the cookie. */
  readonly logout: (token: string) => Promise<void>;
}

interface Held {
  readonly token: string;
  /** When to renew it, on the clock that only rises. */
  readonly renewAt: number;
}

export class Session implements Disposable {
  readonly #calls: AuthCalls;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #state: SessionState = { phase: 'restoring', failure: null };
  #held: Held | null = null;
  #renewing: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #failures = 0;

  constructor(calls: AuthCalls, now: () => number = () => performance.now()) {
    this.#calls = calls;
    this.#now = now;
  }

  readonly state = (): SessionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Goes on with the session that the cookie holds, if it holds one; tries again while the server can't be reached. */
  async restore(): Promise<void> {
    await this.#renew();
  }

  /** @returns why not, or null. */
  async logIn(username: string, password: string): Promise<Failure | null> {
    try {
      this.#take(await this.#calls.login(username, password));
      return null;
    } catch (error) {
      return failureOf(error);
    }
  }

  /** Ends the session. @returns why not, or null: without the server the cookie would live on. */
  async logOut(): Promise<Failure | null> {
    const token = await this.token();
    if (token === null) return null;
    try {
      await this.#calls.logout(token);
      this.#leave('left');
      return null;
    } catch (error) {
      return failureOf(error);
    }
  }

  /** A token that holds now, as far as can be had; null where nobody is logged in. Never throws. */
  readonly token = async (): Promise<string | null> => {
    if (this.#held !== null && this.#now() >= this.#held.renewAt) await this.#renew();
    return this.#held?.token ?? null;
  };

  /** The server refused the token at hand: a new one, or the end of the session. */
  readonly refused = async (): Promise<void> => {
    if (this.#state.phase === 'in') await this.#renew();
  };

  [Symbol.dispose](): void {
    this.#wait(null);
    this.#listeners.clear();
  }

  async #renew(): Promise<void> {
    this.#renewing ??= this.#tryToRenew().finally(() => (this.#renewing = null));
    await this.#renewing;
  }

  async #tryToRenew(): Promise<void> {
    try {
      this.#take(await this.#calls.refresh());
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === 'UNAUTHENTICATED')
        return this.#leave(this.#state.phase === 'in' ? 'ended' : 'never in');
      if (this.#state.phase === 'restoring') this.#change({ phase: 'restoring', failure });
      this.#wait(failure.retryAfterMs ?? retryAfterMs(this.#failures));
      this.#failures += 1;
    }
  }

  #take({ token, expiresAt, user }: LoginSession): void {
    const renewMs = renewAfterMs(expiresAt - Date.now());
    this.#failures = 0;
    this.#held = { token, renewAt: this.#now() + renewMs };
    this.#wait(renewMs);
    const isSame = this.#state.phase === 'in' && JSON.stringify(this.#state.user) === JSON.stringify(user);
    if (!isSame) this.#change({ phase: 'in', user });
  }

  #leave(why: 'never in' | 'left' | 'ended'): void {
    this.#held = null;
    this.#wait(null);
    this.#change({ phase: 'out', why });
  }

  /** Renews after that long; null for not at all. */
  #wait(afterMs: number | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = afterMs === null ? null : setTimeout(() => void this.#renew(), afterMs);
  }

  #change(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
