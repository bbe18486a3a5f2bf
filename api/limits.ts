import { RateLimiterMemory } from 'rate-limiter-flexible';
import { RollcallError } from './contract/errors.ts';

/**
 * Slows down the guessing of passwords: five failures a minute for a name from one address, a hundred for an address.
 * Successes don't count, and somebody who guesses from one address doesn't lock the user out from another.
 */
export class LoginLimits {
  readonly #byNameAndAddress = new RateLimiterMemory({ points: 5, duration: 60 });
  readonly #byAddress = new RateLimiterMemory({ points: 100, duration: 60 });
  /** Tries of one name from one address go one after the other, so that many at once count one by one. */
  readonly #queues = new Map<string, Promise<unknown>>();

  /**
   * Makes one try: `attempt` resolves to null where it failed.
   * @throws RollcallError RATE_LIMITED, without trying, while there were too many failures.
   */
  async guard<Result>(
    username: string,
    address: string,
    attempt: () => Promise<Result | null>,
  ): Promise<Result | null> {
    const key = `${username.toLowerCase()} ${address}`;
    const turn = (this.#queues.get(key) ?? Promise.resolve()).then(() => this.#try(key, address, attempt));
    const done = turn.catch(() => undefined);
    this.#queues.set(key, done);
    try {
      return await turn;
    } finally {
      if (this.#queues.get(key) === done) this.#queues.delete(key);
    }
  }

  async #try<Result>(
    key: string,
    address: string,
    attempt: () => Promise<Result | null>,
  ): Promise<Result | null> {
    const limits = await Promise.all([this.#byNameAndAddress.get(key), this.#byAddress.get(address)]);
    const retryAfterMs = Math.max(
      0,
      ...limits.map((limit) => (limit !== null && limit.remainingPoints <= 0 ? limit.msBeforeNext : 0)),
    );
    if (retryAfterMs > 0)
      throw new RollcallError('too many failed log-ins; wait a moment', {
        code: 'RATE_LIMITED',
        retryAfterMs,
      });
    const result = await attempt();
    if (result === null)
      await Promise.all([this.#byNameAndAddress.penalty(key, 1), this.#byAddress.penalty(address, 1)]);
    return result;
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
