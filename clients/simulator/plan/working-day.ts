/** What an agent turns to from log-in to log-out: customers, wrap-ups, appointments, and now and then nothing. */
import { type Appointment, appointmentsOf, stayMs } from './appointments.ts';
import type { Chance } from './chance.ts';
import { occupancyAt } from './load-curve.ts';
import type { Deed, Occupation, Turn } from './script.ts';
import { MINUTE_MS, SECOND_MS, type Shift } from './shift.ts';

export interface WorkingDayOptions {
  readonly shift: Shift;
  readonly chance: Chance;
  /** Without activity for so long, the server takes an agent for idle. */
  readonly idleMs: number;
}

/** Handling times, and the time for wrap-up: medians, and how far they spread. */
const CALL = { medianMs: 4 * MINUTE_MS, sigma: 0.6, minMs: 20 * SECOND_MS, maxMs: 25 * MINUTE_MS };
const WRAP_UP = { medianMs: 50 * SECOND_MS, sigma: 0.5, minMs: 8 * SECOND_MS, maxMs: 5 * MINUTE_MS };
/** What a customer takes on average, with the wrap-up. */
const CUSTOMER_MS = 5.8 * MINUTE_MS;
/** Some calls need no wrap-up. */
const WRAP_UP_SHARE = 0.85;
/** How often somebody leaves the desk for a moment after a call. */
const ERRAND_SHARE = 0.02;
/** How often somebody who waits for a call forgets the screen. */
const IDLE_SHARE = 0.006;
/** Nobody takes a call just before going home. */
const LAST_CALL_MS = 2 * MINUTE_MS;
const CLOSED_LID_SHARE = 0.15;

const REASONS = {
  ready: ['ready'],
  call: ['order', 'complaint', 'question about a bill', 'delivery', 'technical question'],
  after_call: ['notes', 'call back arranged', 'ticket for second level'],
  errand: ['back in a minute', 'a word with a colleague', 'the printer'],
} as const satisfies { readonly [Name in Occupation]?: readonly string[] };

/** From `arrive` to `leave`. Calls are taken to their end: an agent may leave a little after the shift. */
export function workingDay(options: WorkingDayOptions): Iterable<Deed> {
  return new WorkingDay(options).deeds();
}

class WorkingDay {
  readonly #options: WorkingDayOptions;
  readonly #appointments: Appointment[];
  #now: number;

  constructor(options: WorkingDayOptions) {
    this.#options = options;
    this.#appointments = [...appointmentsOf(options.shift, options.chance)];
    this.#now = options.shift.arrivesAt;
  }

  *deeds(): Generator<Deed, void, void> {
    const { shift, chance } = this.#options;
    yield { at: this.#now, do: 'arrive' };
    this.#now += chance.between(2, 40) * SECOND_MS;
    yield this.#turn('ready');
    while (this.#now < shift.endsAt) {
      const next = this.#appointments[0];
      if (next === undefined || this.#now < next.at) {
        yield* this.#wait(Math.min(next?.at ?? shift.endsAt, shift.endsAt));
      } else {
        this.#appointments.shift();
        yield* this.#keep(next);
      }
    }
    yield { at: this.#now, do: 'leave', how: chance.happens(CLOSED_LID_SHARE) ? 'close_lid' : 'log_out' };
  }

  /** An appointment; late, where a call took longer. */
  *#keep(appointment: Appointment): Generator<Deed, void, void> {
    const { chance } = this.#options;
    const { to, reason } = appointment;
    yield { at: this.#now, do: 'turn', to, reason, pick: chance.next() };
    this.#now += stayMs(appointment, chance);
    yield this.#turn('ready');
  }

  /** At the desk: the next call, where one comes before `until`. */
  *#wait(until: number): Generator<Deed, void, void> {
    const { shift, chance, idleMs } = this.#options;
    const spellMs = idleMs * chance.between(1.1, 1.6);
    if (chance.happens(IDLE_SHARE) && this.#now + spellMs < until) {
      yield { at: this.#now, do: 'idle' };
      this.#now += spellMs;
      yield { at: this.#now, do: 'stir' };
    }
    const occupancy = occupancyAt(this.#now);
    const ringsAt = this.#now + chance.exponential((CUSTOMER_MS * (1 - occupancy)) / occupancy);
    const comes = ringsAt < until && ringsAt < shift.endsAt - LAST_CALL_MS;
    this.#now = comes ? ringsAt : until;
    if (comes) yield* this.#serve();
  }

  *#serve(): Generator<Deed, void, void> {
    const { chance } = this.#options;
    yield this.#turn('call');
    this.#now += lasting(CALL, chance);
    if (chance.happens(WRAP_UP_SHARE)) {
      yield this.#turn('after_call');
      this.#now += lasting(WRAP_UP, chance);
    }
    yield this.#turn('ready');
    if (!chance.happens(ERRAND_SHARE)) return;
    this.#now += chance.between(1, 5) * SECOND_MS;
    yield this.#turn('errand');
    this.#now += chance.between(2, 8) * MINUTE_MS;
    yield this.#turn('ready');
  }

  #turn(to: keyof typeof REASONS): Turn {
    const { chance } = this.#options;
    return { at: this.#now, do: 'turn', to, reason: chance.pick(REASONS[to]), pick: chance.next() };
  }
}

function lasting({ medianMs, sigma, minMs, maxMs }: typeof CALL, chance: Chance): number {
  return Math.min(maxMs, Math.max(minMs, chance.logNormal(medianMs, sigma)));
}
