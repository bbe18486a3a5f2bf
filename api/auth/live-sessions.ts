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

export class LiveSessions implements Disposable {
  readonly #clock: Clock;
  readonly #live = new Map<string, Live>();
  /** Sessions that ended while an access token of theirs may still be about, and until when. */
  readonly #ended = new Map<string, number>();
  readonly #accessMs: number;
  readonly #sweeping: Disposable;

  constructor(clock: Clock, accessMs: number) {
    this.#clock = clock;
    this.#accessMs = accessMs;
    this.#sweeping = clock.every(1000, () => this.#sweep());
  }

  hasEnded(sessionId: string): boolean {
    return this.#ended.has(sessionId);
  }

  /** Calls `onEnd` once when the session ends. Disposing takes it back. */
  attach(
    session: { sessionId: string; userId: number; sessionExpiresAt: number },
    onEnd: () => void,
  ): Disposable {
    const { sessionId, userId, sessionExpiresAt } = session;
    const live = this.#live.get(sessionId) ?? { userId, expiresAt: 0, onEnd: new Set() };
    live.expiresAt = Math.max(live.expiresAt, sessionExpiresAt);
    live.onEnd.add(onEnd);
    this.#live.set(sessionId, live);
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
    this.#ended.set(sessionId, this.#clock.now() + this.#accessMs);
    const live = this.#live.get(sessionId);
    this.#live.delete(sessionId);
    for (const onEnd of live?.onEnd ?? []) onEnd();
  }

  /** Ends every session of a user. */
  endUser(userId: number): void {
    for (const [sessionId, live] of this.#live) if (live.userId === userId) this.end(sessionId);
  }

  [Symbol.dispose](): void {
    this.#sweeping[Symbol.dispose]();
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [sessionId, { expiresAt }] of this.#live) if (expiresAt <= now) this.end(sessionId);
    for (const [sessionId, until] of this.#ended) if (until <= now) this.#ended.delete(sessionId);
  }
}
