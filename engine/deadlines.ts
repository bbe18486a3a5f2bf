import { GROWTH } from './columns/room.ts';

/**
 * A hashed timing wheel of one-second slots. It holds small numbers (an actor's place in its partition, a connection's
 * place in its gateway), costs twelve bytes for each, and never allocates while it turns.
 *
 * Deadlines are lazy: whoever is armed is told when the second comes, looks whether it is really due, and arms itself
 * again if not. A deadline that moves to a later time needs no visit here. Times are monotonic milliseconds.
 */
const SLOTS = 512;
const TICK_MS = 1000;
const NONE = -1;
/** In place of a tick: it has come, and the entry has not been told yet. These are kept behind the slots. */
const COME = -2;
const FIRST_CAPACITY = 64;

export class Wheel {
  readonly #heads = new Int32Array(SLOTS + 1).fill(NONE);
  #next = new Int32Array(FIRST_CAPACITY).fill(NONE);
  #previous = new Int32Array(FIRST_CAPACITY).fill(NONE);
  /** The tick at which an entry is told, or COME; NONE while it is not armed. */
  #due = new Int32Array(FIRST_CAPACITY).fill(NONE);
  readonly #startMs: number;
  #tick = 0;

  constructor(nowMs: number) {
    this.#startMs = nowMs;
  }

  /** Tells `entry` once, in the first tick that is not before `dueMs`. Replaces what it was armed for. */
  arm(entry: number, dueMs: number): void {
    this.disarm(entry);
    this.#growTo(entry);
    this.#put(entry, Math.max(Math.ceil((dueMs - this.#startMs) / TICK_MS), this.#tick + 1));
  }

  disarm(entry: number): void {
    const due = this.#due[entry] ?? NONE;
    if (due === NONE) return;
    const next = this.#next[entry] ?? NONE;
    const previous = this.#previous[entry] ?? NONE;
    if (previous === NONE) this.#heads[slotOf(due)] = next;
    else this.#next[previous] = next;
    if (next !== NONE) this.#previous[next] = previous;
    this.#due[entry] = NONE;
  }

  /** Turns on to `nowMs`: whose tick has come is taken from then on. */
  advance(nowMs: number): void {
    const until = Math.floor((nowMs - this.#startMs) / TICK_MS);
    const from = this.#tick + 1;
    this.#tick = Math.max(this.#tick, until);
    // After a long sleep one round visits every slot: no need to turn more often.
    for (let tick = Math.max(from, until - SLOTS + 1); tick <= until; tick++) this.#comeUp(tick % SLOTS);
  }

  /** Somebody whose tick has come, once; null when there is nobody left. */
  take(): number | null {
    const entry = this.#heads[slotOf(COME)] ?? NONE;
    if (entry === NONE) return null;
    this.disarm(entry);
    return entry;
  }

  #comeUp(slot: number): void {
    let entry = this.#heads[slot] ?? NONE;
    while (entry !== NONE) {
      const next = this.#next[entry] ?? NONE;
      if ((this.#due[entry] ?? 0) <= this.#tick) {
        this.disarm(entry);
        this.#put(entry, COME);
      }
      entry = next;
    }
  }

  #put(entry: number, due: number): void {
    const slot = slotOf(due);
    const head = this.#heads[slot] ?? NONE;
    this.#due[entry] = due;
    this.#previous[entry] = NONE;
    this.#next[entry] = head;
    if (head !== NONE) this.#previous[head] = entry;
    this.#heads[slot] = entry;
  }

  #growTo(entry: number): void {
    const capacity = this.#due.length;
    if (entry < capacity) return;
    const grown = Math.max(Math.ceil(capacity * GROWTH), entry + 1);
    const grow = (from: Int32Array<ArrayBuffer>) => {
      const to = new Int32Array(grown).fill(NONE);
      to.set(from);
      return to;
    };
    this.#next = grow(this.#next);
    this.#previous = grow(this.#previous);
    this.#due = grow(this.#due);
  }
}

function slotOf(due: number): number {
  return due === COME ? SLOTS : due % SLOTS;
}
