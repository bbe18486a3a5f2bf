import { type Clock, systemClock } from '../../engine/clock.ts';

/** A clock that is put forward by hand: what is to be called every so often is called then, and timed. */
export class HandClock implements Clock {
  #aheadMs = 0;
  readonly #repeated = new Set<{ readonly everyMs: number; readonly run: () => void; dueMs: number }>();

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#aheadMs;
  }

  after(delayMs: number, run: () => void): Disposable {
    return systemClock.after(delayMs, run);
  }

  every(everyMs: number, run: () => void): Disposable {
    const repeated = { everyMs, run, dueMs: this.monotonic() + everyMs };
    this.#repeated.add(repeated);
    return { [Symbol.dispose]: () => void this.#repeated.delete(repeated) };
  }

  /** Time passes. How long each thing took that nothing else could interrupt, milliseconds. */
  async pass(byMs: number): Promise<readonly number[]> {
    this.#aheadMs += byMs;
    const stretches: number[] = [];
    const timed = (run: () => void) => {
      const begun = performance.now();
      run();
      stretches.push(performance.now() - begun);
    };
    const { setImmediate: real } = globalThis;
    // What goes on in a later turn of the loop is timed as well.
    globalThis.setImmediate = ((run: () => void) => real(() => timed(run))) as typeof setImmediate;
    for (const repeated of this.#repeated) {
      if (repeated.dueMs > this.monotonic()) continue;
      repeated.dueMs += repeated.everyMs;
      timed(repeated.run);
    }
    for (let turns = 0; turns < TURNS; turns++) await new Promise((resolve) => real(resolve));
    globalThis.setImmediate = real;
    return stretches;
  }
}

/** Of the loop, until everything has come to rest that a second brings. */
const TURNS = 64;
