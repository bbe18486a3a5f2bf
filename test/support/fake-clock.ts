import type { Clock } from '../../engine/clock.ts';

interface Timer {
  due: number;
  readonly everyMs: number | null;
  readonly run: () => void;
}

/** A clock that stands until it is told to go on. Wall and monotonic time run together unless the wall jumps. */
export class FakeClock implements Clock {
  #wall: number;
  #monotonic = 0;
  readonly #timers = new Set<Timer>();

  constructor(wall = Date.UTC(2026, 0, 5, 8)) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(delayMs: number, run: () => void): Disposable {
    return this.#add({ due: this.#monotonic + delayMs, everyMs: null, run });
  }

  every(intervalMs: number, run: () => void): Disposable {
    return this.#add({ due: this.#monotonic + intervalMs, everyMs: intervalMs, run });
  }

  /** The wall clock is set; monotonic time goes on as it was. */
  jump(byMs: number): void {
    this.#wall += byMs;
  }

  /** Time passes; timers run in their order, and what they started may settle in between. */
  async advance(byMs: number): Promise<void> {
    await settle();
    const until = this.#monotonic + byMs;
    for (;;) {
      const next = [...this.#timers].filter(({ due }) => due <= until).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.#goTo(Math.max(next.due, this.#monotonic));
      if (next.everyMs === null) this.#timers.delete(next);
      else next.due += next.everyMs;
      next.run();
      await settle();
    }
    this.#goTo(until);
    await settle();
  }

  /** The machine slept: time has passed, and every timer that came due meanwhile runs once, late. */
  async sleep(byMs: number): Promise<void> {
    this.#goTo(this.#monotonic + byMs);
    const late = [...this.#timers].filter(({ due }) => due <= this.#monotonic).sort((a, b) => a.due - b.due);
    for (const timer of late) {
      if (timer.everyMs === null) this.#timers.delete(timer);
      else timer.due = this.#monotonic + timer.everyMs;
      timer.run();
      await settle();
    }
    await settle();
  }

  #goTo(monotonic: number): void {
    this.#wall += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }

  #add(timer: Timer): Disposable {
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }
}

/** Lets everything that waits on nothing but promises come to rest. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
