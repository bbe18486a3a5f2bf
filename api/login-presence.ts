/**
 * What log-in sessions are to their users' presence: requests keep a session alive as a socket does (C10), and to log
 * out is to go offline.
 */
import type { Queryable } from '../drizzle/queryable.ts';
import * as refreshTokens from '../drizzle/repositories/refresh-tokens.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { Opening } from '../engine/inputs.ts';
import { livesOnRequests } from '../engine/sessions.ts';
import type { AgentGateway } from './agent-gateway.ts';
import type { Login } from './auth/authenticator.ts';
import type { LiveSessions } from './auth/live-sessions.ts';
import type { Claims } from './auth/tokens.ts';
import type { Peer } from './transport.ts';

export interface LoginPresenceOptions {
  readonly db: Queryable;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly liveSessions: LiveSessions;
  /** The sockets. */
  readonly gateway: Pick<AgentGateway, 'newSession' | 'isHeldBy'>;
}

const MAX_DEVICE = 200;
const ASKED_AT_ONCE = 1000;

export class LoginPresence implements Disposable {
  readonly #options: LoginPresenceOptions;
  /** By presence session: what ends with it. */
  readonly #kept = new Map<string, Disposable>();

  private constructor(options: LoginPresenceOptions) {
    this.#options = options;
  }

  /** Keeps the sessions on requests that there were before a restart, as long as their log-in sessions hold. */
  static async open(options: LoginPresenceOptions): Promise<LoginPresence> {
    const presence = new LoginPresence(options);
    const { db, engine, clock } = options;
    const held = [...engine.requestSessions()];
    for (let next = 0; next < held.length; next += ASKED_AT_ONCE) {
      const some = held.slice(next, next + ASKED_AT_ONCE);
      const logins = some.map(({ login }) => login);
      const live = await refreshTokens.liveFamilies(db, logins, new Date(clock.now()));
      for (const { agentId: userId, session, login: sessionId } of some) {
        const until = live.get(sessionId);
        if (until === undefined) engine.lapse(userId, session);
        else presence.#keep({ userId, sessionId, sessionExpiresAt: until.getTime() }, session);
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
      if (session.login === sessionId || sessions.every(livesOnRequests))
        engine.touch(userId, session.id, clock.now());
  }

  /** The session that a request begins where its user is offline. */
  opening({ sessionId: login }: Login, { userAgent, address }: Peer): Opening {
    return {
      type: 'open',
      session: this.#options.gateway.newSession(),
      device: userAgent.slice(0, MAX_DEVICE),
      address,
      lives: 'on_requests',
      login,
      resume: null,
    };
  }

  /** The session may have begun: it ends with the log-in session. */
  began(claims: Claims, { session }: Opening): void {
    const sessions = this.#options.engine.sessions(claims.userId);
    if (sessions.some(({ id }) => id === session)) this.#keep(claims, session);
  }

  /** Whoever is here by this log-in session goes offline, in every tab. Resolves when that is so, or will be. */
  async logOut({ userId, sessionId }: Login): Promise<void> {
    const { engine, gateway } = this.#options;
    const own = engine
      .sessions(userId)
      .find(({ id, login }) => login === sessionId || gateway.isHeldBy(id, sessionId));
    if (own !== undefined) await engine.logOut(userId, own.id);
  }

  [Symbol.dispose](): void {
    for (const kept of this.#kept.values()) kept[Symbol.dispose]();
    this.#kept.clear();
  }

  #keep(claims: Claims, session: string): void {
    const { engine, liveSessions } = this.#options;
    const { userId } = claims;
    const attached = liveSessions.attach(claims, () => engine.lapse(userId, session));
    const listening = engine.listen(userId, ({ record }) => {
      if (!record.sessions.some(({ id }) => id === session)) this.#letGo(session);
    });
    this.#kept.set(session, {
      [Symbol.dispose]: () => {
        attached[Symbol.dispose]();
        listening[Symbol.dispose]();
      },
    });
  }

  #letGo(session: string): void {
    this.#kept.get(session)?.[Symbol.dispose]();
    this.#kept.delete(session);
  }
}
