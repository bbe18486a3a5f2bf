/**
 * The only file that reads a clock. Everything else is handed a Clock, so that tests own time.
 *
 * Wall time (epoch milliseconds) names instants and goes to disk; it may jump. Monotonic time (milliseconds since
 * an arbitrary start) measures durations and never jumps; deadlines run on it.
 */
export interface Clock {
  /** Epoch milliseconds, whole. */
  now(): number;
  /** Monotonic milliseconds, whole: one that is kept for each agent is then no object. */
  monotonic(): number;
  /** Calls `run` once, after `delayMs`. Disposing cancels it. */
  after(delayMs: number, run: () => void): Disposable;
  /** Calls `run` every `intervalMs`. Disposing ends it. */
  every(intervalMs: number, run: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Math.floor(performance.now()),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
  every(intervalMs, run) {
    const timer = setInterval(run, intervalMs);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};
