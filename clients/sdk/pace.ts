/** Fewer than the server takes before it closes a socket, so that there is room for hello and activity. */
const BURST = 30;
const REFILL_MS = 60;

/** How fast frames may be sent: some at once, and then one for each that was refilled. */
export class Pace {
  readonly #now: () => number;
  #left = BURST;
  #at: number;

  /** `now` in milliseconds, never going back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#at = now();
  }

  /** Takes the right to send one frame; answers how long to wait where there is none, else 0. */
  take(): number {
    const refilled = Math.floor((this.#now() - this.#at) / REFILL_MS);
    this.#left = Math.min(BURST, this.#left + refilled);
    this.#at += refilled * REFILL_MS;
    if (this.#left === 0) return REFILL_MS - (this.#now() - this.#at);
    this.#left -= 1;
    return 0;
  }

  /** A new connection: its server has counted nothing yet. */
  renew(): void {
    this.#left = BURST;
    this.#at = this.#now();
  }
}
