import type { Session } from './axes.ts';
import type { Clock } from './clock.ts';
import type { Actor } from './directory.ts';
import { livesOnRequests } from './sessions.ts';

/**
 * When agents were last seen, by the clock that never jumps (C2, D6): told as wall time on each agent's own line, which
 * stands while the wall clock lies behind what has happened (B3).
 */
export class Activity {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  nowOf({ record }: Actor): number {
    return Math.max(this.#clock.now(), record.lastAt);
  }

  /** When the agent was last seen active, on that line. */
  seenAt(actor: Actor): number {
    return this.#onLine(actor, actor.activeAt);
  }

  /** When a session on requests has had the last one, on that line. */
  requestedAt(actor: Actor, session: string): number {
    return this.#onLine(actor, actor.sessionActivity?.get(session) ?? this.#clock.monotonic());
  }

  /** The agent is active at this moment. */
  stir(actor: Actor): void {
    actor.activeAt = this.#clock.monotonic();
  }

  /** The agent has been idle since then, epoch milliseconds. */
  recall(actor: Actor, idleSince: number): void {
    actor.activeAt = this.#monotonicAt(idleSince);
  }

  /** A session was active at `at`, epoch milliseconds; never in the future. Allocates nothing but for the first time. */
  touch(actor: Actor, session: string, at: number): void {
    const seenAt = this.#monotonicAt(at);
    if (seenAt > actor.activeAt) actor.activeAt = seenAt;
    this.#note(actor, session, seenAt);
  }

  /** A session on requests that was not `known` begins with one; after a restart its time begins anew. */
  noteRequests(actor: Actor, known: readonly Session[] = []): void {
    for (const { id } of actor.record.sessions.filter(livesOnRequests))
      if (!known.some((session) => session.id === id)) this.#note(actor, id, this.#clock.monotonic());
  }

  #note(actor: Actor, session: string, seenAt: number): void {
    const bySession = (actor.sessionActivity ??= new Map<string, number>());
    if (seenAt > (bySession.get(session) ?? -Infinity)) bySession.set(session, seenAt);
  }

  #monotonicAt(at: number): number {
    return this.#clock.monotonic() - Math.max(0, this.#clock.now() - at);
  }

  #onLine(actor: Actor, monotonic: number): number {
    return Math.round(this.nowOf(actor) - (this.#clock.monotonic() - monotonic));
  }
}
