import { RateLimiterMemory } from 'rate-limiter-flexible';
import { RollcallError } from './contract/errors.ts';

/**
 * Slows down the guessing of passwords: five failures a minute for a name from one address, a hundred for an address.
 * Successes don't count, and somebody who guesses from one address doesn't lock the user out from another.
 */
export class LoginLimits {
  readonly #byNameAndAddress = new FailureLimit(5);
  readonly #byAddress = new FailureLimit(100);

  /**
   * Makes one try: `attempt` resolves to null where it failed.
   * @throws RollcallError RATE_LIMITED, without trying, while there were too many failures.
   */
  guard<Result>(
    username: string,
    address: string,
    attempt: () => Promise<Result | null>,
  ): Promise<Result | null> {
    const name = `${username.toLowerCase()} ${address}`;
    return this.#byNameAndAddress.guard(name, () => this.#byAddress.guard(address, attempt));
  }
}

const WINDOW_SECONDS = 60;

/** The tries of one key. */
interface Queue {
  /** All of them, whether they run or wait. */
  tries: number;
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * So many failures of a key within a minute. A try that is under way counts as one until it is known: so many at once
 * fail no more often than one by one.
 */
class FailureLimit {
  readonly #failures: RateLimiterMemory;
  readonly #points: number;
  readonly #queues = new Map<string, Queue>();

  constructor(points: number) {
    this.#points = points;
    this.#failures = new RateLimiterMemory({ points, duration: WINDOW_SECONDS });
  }

  /** @throws RollcallError RATE_LIMITED, or what the attempt throws, which is no failure. */
  async guard<Result>(key: string, attempt: () => Promise<Result | null>): Promise<Result | null> {
    const queue = this.#queues.get(key) ?? { tries: 0, running: 0, waiting: [] };
    this.#queues.set(key, queue);
    queue.tries += 1;
    try {
      await this.#enter(key, queue);
      try {
        const result = await attempt();
        if (result === null) await this.#failures.penalty(key, 1);
        return result;
      } finally {
        queue.running -= 1;
      }
    } finally {
      queue.tries -= 1;
      if (queue.tries === 0) this.#queues.delete(key);
      // Each of those who wait looks for itself whether it may go on.
      for (const wake of queue.waiting.splice(0)) wake();
    }
  }

  async #enter(key: string, queue: Queue): Promise<void> {
    for (;;) {
      const { consumedPoints = 0, msBeforeNext = 0 } = (await this.#failures.get(key)) ?? {};
      const failures = msBeforeNext > 0 ? consumedPoints : 0;
      if (failures >= this.#points) {
        throw new RollcallError('too many failed log-ins; wait a moment', {
          code: 'RATE_LIMITED',
          retryAfterMs: msBeforeNext,
        });
      }
      if (failures + queue.running < this.#points) {
        queue.running += 1;
        return;
      }
      await new Promise<void>((resolve) => queue.waiting.push(resolve));
    }
  }
}

/** A bucket of tokens: so many at once, refilled so many a second. Holds two numbers. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number;

  constructor(limit: { readonly perSecond: number; readonly burst: number }, nowMs: number) {
    this.#burst = limit.burst;
    this.#perMs = limit.perSecond / 1000;
    this.#tokens = limit.burst;
    this.#at = nowMs;
  }

  /** Takes one, if there is one. */
  take(nowMs: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#at) * this.#perMs);
    this.#at = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
