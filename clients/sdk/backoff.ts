export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * How long to wait before the next try: anything up to a bound that doubles with each failure ("full jitter"), so that
 * thousands of clients who lost the same server don't come back at the same moment.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  nextMs(): number {
    const { firstMs, maxMs, random } = this.#options;
    const bound = Math.min(maxMs, firstMs * 2 ** this.#failures);
    this.#failures += 1;
    return random() * bound;
  }

  succeeded(): void {
    this.#failures = 0;
  }
}
