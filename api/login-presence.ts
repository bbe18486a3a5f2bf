/**
 * What log-in sessions are to their users' presence: each presence session, on a socket or on requests (C10), ends with
 * the log-in session that opened it, also in its grace; and to log out is to go offline (C3).
 */
import { randomUUID } from 'node:crypto';
import type { Queryable } from '../drizzle/queryable.ts';
import * as refreshTokens from '../drizzle/repositories/refresh-tokens.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { Opening } from '../engine/inputs.ts';
import { livesOnRequests } from '../engine/sessions.ts';
import type { Login } from './auth/authenticator.ts';
import type { LiveSessions } from './auth/live-sessions.ts';
import type { Claims } from './auth/tokens.ts';
import type { Peer } from './transport.ts';

export interface LoginPresenceOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly liveSessions: LiveSessions;
  /** Name of this node: the ids of the sessions that begin here begin with it. */
  readonly node: string;
}

const MAX_DEVICE = 200;
const ASKED_AT_ONCE = 1000;

export class LoginPresence implements Disposable {
  readonly #options: LoginPresenceOptions;
  /** By presence session: what ends with it. */
  readonly #kept = new Map<string, Disposable>();

  constructor(options: LoginPresenceOptions) {
    this.#options = options;
  }

  /** With the sessions that there were before a restart, as long as their log-in sessions hold. */
  static async open(db: Queryable, options: LoginPresenceOptions): Promise<LoginPresence> {
    const presence = new LoginPresence(options);
    const { engine, clock } = options;
    const held = [...engine.keptSessions()];
    for (let next = 0; next < held.length; next += ASKED_AT_ONCE) {
      const some = held.slice(next, next + ASKED_AT_ONCE);
      const logins = some.map(({ login }) => login);
      const live = await refreshTokens.liveFamilies(db, logins, new Date(clock.now()));
      for (const kept of some) {
        const { agentId: userId, session, login: sessionId } = kept;
        const until = live.get(sessionId);
        if (until === undefined) engine.lapse(kept);
        else presence.began({ userId, sessionId, sessionExpiresAt: until.getTime() }, session);
      }
    }
    return presence;
  }

  /**
   * A request came: it keeps the session alive, and is activity. Whoever is here by requests alone is so by those of any
   * log-in session: a script may log in for each.
   */
  requested({ userId, sessionId }: Login): void {
    const { engine, clock } = this.#options;
    const sessions = engine.sessions(userId);
    for (const session of sessions)
      if (livesOnRequests(session) && (session.login === sessionId || sessions.every(livesOnRequests)))
        engine.touch(userId, session.id, clock.now());
  }

  /** A session id that no other node gives. */
  newSession(): string {
    return `${this.#options.node}-${randomUUID()}`;
  }

  /** The session that a request begins where its user is offline. */
  opening({ sessionId: login }: Login, { userAgent, address }: Peer): Opening {
    return {
      type: 'open',
      session: this.newSession(),
      device: userAgent.slice(0, MAX_DEVICE),
      address,
      lives: 'on_requests',
      login,
      resume: null,
    };
  }

  /** The session may have begun by the log-in session, or be resumed by it: then it ends with it. */
  began(claims: Claims, session: string): void {
    const { engine, liveSessions } = this.#options;
    const { userId: agentId, sessionId: login } = claims;
    const isOpen = () => engine.sessions(agentId).some((own) => own.id === session && own.login === login);
    if (!isOpen()) return;
    this.#letGo(session);
    const attached = liveSessions.attach(claims, () => engine.lapse({ agentId, session, login }));
    const listening = engine.listen(agentId, () => {
      if (!isOpen()) this.#letGo(session);
    });
    this.#kept.set(session, {
      [Symbol.dispose]: () => {
        attached[Symbol.dispose]();
        listening[Symbol.dispose]();
      },
    });
  }

  /**
   * Whoever is here by this log-in session, or may come back by it, goes offline, in every tab and on every node.
   * Resolves when that is so, or will be.
   */
  async logOut({ userId, sessionId }: Login): Promise<void> {
    const { engine } = this.#options;
    const own = engine.sessions(userId).find(({ login }) => login === sessionId);
    if (own !== undefined) await engine.logOut(userId, own.id);
  }

  [Symbol.dispose](): void {
    for (const kept of this.#kept.values()) kept[Symbol.dispose]();
    this.#kept.clear();
  }

  #letGo(session: string): void {
    this.#kept.get(session)?.[Symbol.dispose]();
    this.#kept.delete(session);
  }
}
