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
const FIRST_CAPACITY = 64;

export class Wheel {
  readonly #heads = new Int32Array(SLOTS).fill(NONE);
  #next = new Int32Array(FIRST_CAPACITY).fill(NONE);
  #previous = new Int32Array(FIRST_CAPACITY).fill(NONE);
  /** The tick at which an entry is told; NONE while it is not armed. */
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
    const due = Math.max(Math.ceil((dueMs - this.#startMs) / TICK_MS), this.#tick + 1);
    const slot = due % SLOTS;
    const head = this.#heads[slot] ?? NONE;
    this.#due[entry] = due;
    this.#previous[entry] = NONE;
    this.#next[entry] = head;
    if (head !== NONE) this.#previous[head] = entry;
    this.#heads[slot] = entry;
  }

  disarm(entry: number): void {
    const due = this.#due[entry] ?? NONE;
    if (due === NONE) return;
    const next = this.#next[entry] ?? NONE;
    const previous = this.#previous[entry] ?? NONE;
    if (previous === NONE) this.#heads[due % SLOTS] = next;
    else this.#next[previous] = next;
    if (next !== NONE) this.#previous[next] = previous;
    this.#due[entry] = NONE;
  }

  /** Turns on to `nowMs` and tells everyone whose tick has come. */
  advance(nowMs: number, tell: (entry: number) => void): void {
    const until = Math.floor((nowMs - this.#startMs) / TICK_MS);
    const from = this.#tick + 1;
    this.#tick = Math.max(this.#tick, until);
    // After a long sleep one round visits every slot: no need to turn more often.
    for (let tick = Math.max(from, until - SLOTS + 1); tick <= until; tick++) {
      for (const entry of this.#takeDue(tick % SLOTS, until)) tell(entry);
    }
  }

  #takeDue(slot: number, until: number): readonly number[] {
    const due: number[] = [];
    for (let entry = this.#heads[slot] ?? NONE; entry !== NONE; entry = this.#next[entry] ?? NONE) {
      if ((this.#due[entry] ?? 0) <= until) due.push(entry);
    }
    for (const entry of due) this.disarm(entry);
    return due;
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
