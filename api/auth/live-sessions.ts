/**
 * Which log-in sessions have open sockets, so that these close within a second when the session ends: revoked, past
 * its expiry, or its user deactivated. A socket outlives the access token it was opened with, never the session.
 */
import type { Clock } from '../../engine/clock.ts';

interface Live {
  userId: number;
  expiresAt: number;
  readonly onEnd: Set<() => void>;
}

export interface LiveSessionsOptions {
  readonly clock: Clock;
  /** How long an access token holds, milliseconds. */
  readonly accessMs: number;
  /** Whether the user was deactivated. */
  readonly isDeactivated: (userId: number) => boolean;
}

export class LiveSessions implements Disposable {
  readonly #options: LiveSessionsOptions;
  readonly #live = new Map<string, Live>();
  /** Sessions that ended while an access token of theirs may still be about, and until when. */
  readonly #ended = new Map<string, number>();
  readonly #sweeping: Disposable;

  constructor(options: LiveSessionsOptions) {
    this.#options = options;
    this.#sweeping = options.clock.every(1000, () => this.#sweep());
  }

  hasEnded(sessionId: string): boolean {
    return this.#ended.has(sessionId);
  }

  /** Calls `onEnd` once when the session ends; soon, where it has ended meanwhile. Disposing takes it back. */
  attach(
    session: { sessionId: string; userId: number; sessionExpiresAt: number },
    onEnd: () => void,
  ): Disposable {
    const { sessionId, userId, sessionExpiresAt } = session;
    const live = this.#live.get(sessionId) ?? { userId, expiresAt: 0, onEnd: new Set() };
    live.expiresAt = Math.max(live.expiresAt, sessionExpiresAt);
    live.onEnd.add(onEnd);
    this.#live.set(sessionId, live);
    if (this.hasEnded(sessionId)) queueMicrotask(() => this.#end(sessionId));
    return {
      [Symbol.dispose]: () => {
        live.onEnd.delete(onEnd);
        if (live.onEnd.size === 0 && this.#live.get(sessionId) === live) this.#live.delete(sessionId);
      },
    };
  }

  /** The session was refreshed: it lives on until then. */
  extend(sessionId: string, expiresAt: number): void {
    const live = this.#live.get(sessionId);
    if (live !== undefined) live.expiresAt = Math.max(live.expiresAt, expiresAt);
  }

  end(sessionId: string): void {
    const { clock, accessMs } = this.#options;
    this.#ended.set(sessionId, clock.now() + accessMs);
    this.#end(sessionId);
  }

  [Symbol.dispose](): void {
    this.#sweeping[Symbol.dispose]();
  }

  #end(sessionId: string): void {
    const live = this.#live.get(sessionId);
    this.#live.delete(sessionId);
    for (const onEnd of live?.onEnd ?? []) onEnd();
  }

  #sweep(): void {
    const { clock, isDeactivated } = this.#options;
    const now = clock.now();
    for (const [sessionId, { userId, expiresAt }] of this.#live)
      if (expiresAt <= now || isDeactivated(userId)) this.end(sessionId);
    for (const [sessionId, until] of this.#ended) if (until <= now) this.#ended.delete(sessionId);
  }
}
