import { isAwaited } from './awaited.ts';
import type { Clock } from './clock.ts';
import { Moments } from './columns/moments.ts';
import type { Law } from './law.ts';
import type { AgentRecord } from './record.ts';

export interface LinesOptions {
  readonly clock: Clock;
  readonly law: (organisationId: number) => Law;
}

/** By less than this a clock is not set, but brought right (NTP), or read a little late. */
const SET_MS = 2_000;

/**
 * Each agent's own line of time, in epoch milliseconds, while this node decides for the agent: what is recorded as yet
 * to come is a moment on it, and comes when as much monotonic time has passed as was left (SPEC B3, D6).
 *
 * - It never goes back: it stands while the wall clock lies behind the agent's last event. While something is yet to
 *   come for the agent it goes on instead, as monotonic time does.
 * - It goes ahead with the wall clock. How much of that was no time that has passed is known here, so that what is yet
 *   to come can be moved by as much, before anything else happens to the agent.
 *
 * Both is known from the last event on, or from when this node began to decide: before, the wall clock is believed.
 */
export class Lines {
  readonly #options: LinesOptions;
  /** When the agent's last event was decided, monotonic milliseconds; null where that was before this began. */
  readonly #decidedAt = new Moments();
  readonly #began: Reading;
  #last: Reading;

  constructor(options: LinesOptions) {
    this.#options = options;
    this.#began = this.#read();
    this.#last = this.#began;
  }

  /** What was decided then (monotonic milliseconds) is the agent's last event now. */
  happened(place: number, decidedAt: number): void {
    this.#decidedAt.set(place, decidedAt);
  }

  /** The moment that it is for an agent. */
  nowOf(record: AgentRecord, place: number): number {
    const reading = this.#read();
    const evenly = this.#evenly(record, place, reading);
    const isBehind = evenly > reading.wall + SET_MS && this.#isAwaited(record, record.lastAt);
    return isBehind ? evenly : Math.max(reading.wall, record.lastAt);
  }

  /** By how much the clock was set ahead of what is yet to come for an agent, milliseconds; 0 where nothing is. */
  skippedMs(record: AgentRecord, place: number): number {
    const reading = this.#read();
    const evenly = this.#evenly(record, place, reading);
    const byMs = reading.wall - evenly;
    return byMs > SET_MS && this.#isAwaited(record, evenly) ? byMs : 0;
  }

  /** Whether the clock was set ahead since this was asked last. */
  wasSetAhead(): boolean {
    const { wall, monotonic } = this.#last;
    this.#last = this.#read();
    return this.#last.wall - wall - (this.#last.monotonic - monotonic) > SET_MS;
  }

  /** Where the line is if time has run evenly. */
  #evenly({ lastAt }: AgentRecord, place: number, { monotonic }: Reading): number {
    const decidedAt = this.#decidedAt.get(place);
    const began = this.#began;
    return decidedAt === null
      ? Math.round(Math.max(lastAt, began.wall) + monotonic - began.monotonic)
      : Math.round(lastAt + monotonic - decidedAt);
  }

  #isAwaited(record: AgentRecord, now: number): boolean {
    return isAwaited(record, { now, law: this.#options.law(record.member.organisationId) });
  }

  /** The wall clock first: whoever is held up in between finds it set back, which moves nothing. */
  #read(): Reading {
    const { clock } = this.#options;
    return { wall: clock.now(), monotonic: clock.monotonic() };
  }
}

/** Both clocks at once, milliseconds. */
interface Reading {
  readonly wall: number;
  readonly monotonic: number;
}
