import type { Session } from './axes.ts';
import type { Clock } from './clock.ts';
import { QuantityColumn } from './columns/column.ts';
import { Room } from './columns/room.ts';
import { livesOnRequests } from './sessions.ts';

/**
 * When agents were last seen active: the newest of all their sessions, and each session's own (SPEC C1, C2). It is
 * evidence, not history: kept on the monotonic clock, in memory, and gone with the process. Agents go by their place.
 */
export class Activity {
  readonly #clock: Clock;
  readonly #newest = new QuantityColumn();
  readonly #room = new Room([this.#newest]);
  readonly #bySession = new Map<number, Map<string, number>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Monotonic milliseconds. */
  at(place: number): number {
    return this.#newest.get(place);
  }

  /** Activity of nobody's session in particular: now, or `agoMs` before. */
  seen(place: number, agoMs = 0): void {
    this.seenAt(place, this.#clock.monotonic() - agoMs);
  }

  /** The same, at that moment; monotonic milliseconds. */
  seenAt(place: number, at: number): void {
    while (this.#room.length <= place) this.#room.add();
    this.#newest.set(place, at);
  }

  /** Activity of a session, at `at` (epoch milliseconds): never in the future, and never before what is known. */
  told(place: number, session: string, at: number): void {
    const agoMs = Math.max(0, this.#clock.now() - at);
    const seenAt = this.#clock.monotonic() - agoMs;
    if (seenAt > this.at(place)) this.seen(place, agoMs);
    this.#note(place, session, seenAt);
  }

  /** Sessions on requests that were not `known` begin with one; after a restart, their time begins anew. */
  begun(place: number, sessions: readonly Session[], known: readonly Session[] = []): void {
    for (const session of sessions)
      if (livesOnRequests(session) && !known.some(({ id }) => id === session.id))
        this.#note(place, session.id, this.#clock.monotonic());
  }

  /** Monotonic milliseconds; null where that session has told nothing. */
  ofSession(place: number, session: string): number | null {
    return this.#bySession.get(place)?.get(session) ?? null;
  }

  /** Sessions that ended are asked for no more. */
  forgetEnded(place: number, left: readonly Session[]): void {
    const sessions = this.#bySession.get(place);
    for (const id of sessions?.keys() ?? [])
      if (!left.some((session) => session.id === id)) sessions?.delete(id);
    if (sessions?.size === 0) this.#bySession.delete(place);
  }

  #note(place: number, session: string, seenAt: number): void {
    const sessions = this.#bySession.get(place) ?? new Map<string, number>();
    if (sessions.size === 0) this.#bySession.set(place, sessions);
    if (seenAt > (sessions.get(session) ?? -Infinity)) sessions.set(session, seenAt);
  }
}
