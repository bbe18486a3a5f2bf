import type { Clock } from './clock.ts';
import { Wheel } from './deadlines.ts';
import type { Actor } from './directory.ts';
import type { Deadline } from './next-deadline.ts';

export interface AlarmsOptions {
  readonly clock: Clock;
  readonly actorAt: (place: number) => Actor | null;
  /** The moment that it is for an actor, epoch milliseconds. */
  readonly nowOf: (actor: Actor) => number;
  /** An actor's next deadline as it stands now. */
  readonly deadlineOf: (actor: Actor) => Deadline | null;
  readonly onDue: (actor: Actor, deadline: Deadline) => void;
}

/** Two readings of the clocks never agree to the millisecond: what is due in less than this is due. */
const ALMOST_MS = 10;

/**
 * Wakes actors at their deadlines. Deadlines are wall time on disk and run on monotonic time here: once armed, a
 * recorded deadline comes after the time that was left, however the wall clock jumps (SPEC D5, D6).
 */
export class Alarms {
  readonly #options: AlarmsOptions;
  readonly #wheel: Wheel;

  constructor(options: AlarmsOptions) {
    this.#options = options;
    this.#wheel = new Wheel(options.clock.monotonic());
  }

  arm(actor: Actor): void {
    const { clock, nowOf, deadlineOf } = this.#options;
    const deadline = deadlineOf(actor);
    if (deadline === null) {
      actor.armedFor = null;
      this.#wheel.disarm(actor.place);
    } else if (deadline.at !== actor.armedFor) {
      actor.armedFor = deadline.at;
      this.#wheel.arm(actor.place, clock.monotonic() + deadline.at - nowOf(actor));
    }
  }

  /** Wakes everyone whose time has come. */
  turn(): void {
    this.#wheel.advance(this.#options.clock.monotonic(), (place) => this.#wake(place));
  }

  #wake(place: number): void {
    const { actorAt, nowOf, deadlineOf, onDue } = this.#options;
    const actor = actorAt(place);
    if (actor === null) return;
    const { armedFor } = actor;
    actor.armedFor = null;
    const deadline = deadlineOf(actor);
    if (deadline === null) return;
    // Activity may have moved the deadline since: then it is armed anew, without a word to anybody.
    const isDue = deadline.at === armedFor || deadline.at < nowOf(actor) + ALMOST_MS;
    if (isDue) onDue(actor, deadline);
    else this.arm(actor);
  }
}
