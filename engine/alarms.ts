import type { Clock } from './clock.ts';
import { Moments } from './columns/moments.ts';
import { Wheel } from './deadlines.ts';
import type { Deadline } from './next-deadline.ts';
import type { AgentRecord } from './record.ts';

export interface AlarmsOptions {
  readonly clock: Clock;
  readonly recordAt: (place: number) => AgentRecord;
  /** The moment that it is for an agent, epoch milliseconds. */
  readonly nowOf: (record: AgentRecord, place: number) => number;
  /** An agent's next deadline as it stands now. */
  readonly deadlineOf: (record: AgentRecord, place: number) => Deadline | null;
  readonly onDue: (place: number, deadline: Deadline) => void;
}

/** Two readings of the clocks never agree to the millisecond: what is due in less than this is due. */
const ALMOST_MS = 10;

/**
 * Wakes agents at their deadlines. Deadlines are moments on the agents' lines of time (lines.ts), and run on monotonic
 * time here (SPEC D5, D6).
 */
export class Alarms {
  readonly #options: AlarmsOptions;
  readonly #wheel: Wheel;
  /** The deadline that the wheel is armed for, epoch milliseconds. */
  readonly #armedFor = new Moments();

  constructor(options: AlarmsOptions) {
    this.#options = options;
    this.#wheel = new Wheel(options.clock.monotonic());
  }

  arm(place: number, record: AgentRecord): void {
    this.#armFor(this.#options.deadlineOf(record, place), place, record);
  }

  /** Wakes those whose time has come, while there is time for it; false where somebody may be left. */
  turn(hasTime: () => boolean): boolean {
    this.#wheel.advance(this.#options.clock.monotonic());
    while (hasTime()) {
      const place = this.#wheel.take();
      if (place === null) return true;
      this.#wake(place);
    }
    return false;
  }

  #armFor(deadline: Deadline | null, place: number, record: AgentRecord): void {
    const { clock, nowOf } = this.#options;
    if (deadline === null) {
      this.#armedFor.set(place, null);
      this.#wheel.disarm(place);
    } else if (deadline.at !== this.#armedFor.get(place)) {
      this.#armedFor.set(place, deadline.at);
      this.#wheel.arm(place, clock.monotonic() + deadline.at - nowOf(record, place));
    }
  }

  #wake(place: number): void {
    const { recordAt, nowOf, deadlineOf, onDue } = this.#options;
    const record = recordAt(place);
    this.#armedFor.set(place, null);
    const deadline = deadlineOf(record, place);
    if (deadline === null) return;
    // Activity may have moved the deadline since: then it is armed anew, without a word to anybody.
    if (deadline.at < nowOf(record, place) + ALMOST_MS) onDue(place, deadline);
    else this.#armFor(deadline, place, record);
  }
}
