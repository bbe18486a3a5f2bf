/** How long an observation of the server's time counts. */
const WINDOW_MS = 60_000;

/**
 * The server's time, told by the server and carried on between by a clock that no one sets (milliseconds that only
 * rise), so that a wrong clock on this computer changes nothing.
 *
 * A message that was long on its way makes the server's time look earlier than it is, never later: the latest of a
 * minute's observations is the truest, and clocks on the board don't step back with each slow message.
 */
export class ServerClock {
  #offsetMs: number | null = null;
  #formerOffsetMs = -Infinity;
  #windowStart = 0;

  /** The server said that it is `serverNow`, at `at` of this computer's rising clock. */
  observe(serverNow: number, at: number): void {
    const offset = serverNow - at;
    if (this.#offsetMs === null || at - this.#windowStart > WINDOW_MS) {
      this.#formerOffsetMs = this.#offsetMs ?? -Infinity;
      this.#offsetMs = offset;
      this.#windowStart = at;
      return;
    }
    this.#offsetMs = Math.max(this.#offsetMs, offset);
  }

  /** Epoch milliseconds at `at`; null before the server has told. */
  now(at: number): number | null {
    return this.#offsetMs === null ? null : at + Math.max(this.#offsetMs, this.#formerOffsetMs);
  }
}
