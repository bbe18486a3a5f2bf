/** What happened so far, of all agents together. */
export class Tally {
  /** Status changes that the server acknowledged. */
  changes = 0;
  /** Commands that it refused. */
  refused = 0;
  /** What somebody would have done, but the catalogue has no way for it. */
  skipped = 0;
  /** Agents whom the server logged out: a supervisor, or an overrun. */
  dismissed = 0;
  /** Breaks that were given more time. */
  extended = 0;
  readonly #troubles: string[] = [];
  #troubled = 0;
  #latencies: number[] = [];

  /** How often something went wrong that nobody simulated. */
  get troubled(): number {
    return this.#troubled;
  }

  /** The first of what went wrong, in words. */
  get troubles(): readonly string[] {
    return this.#troubles;
  }

  trouble(text: string): void {
    this.#troubled += 1;
    if (this.#troubles.length < MAX_TROUBLES) this.#troubles.push(text);
  }

  /** How long an acknowledgement took. */
  took(milliseconds: number): void {
    this.#latencies.push(milliseconds);
  }

  /** Half of the acknowledgements since the last call took less than the first, 99 of 100 less than the second. */
  takeLatencies(): { readonly p50Ms: number | null; readonly p99Ms: number | null } {
    const sorted = Float64Array.from(this.#latencies).sort();
    this.#latencies = [];
    const at = (share: number) => {
      const found = sorted[Math.floor(sorted.length * share)];
      return found === undefined ? null : Math.round(found * 10) / 10;
    };
    return { p50Ms: at(0.5), p99Ms: at(0.99) };
  }
}

const MAX_TROUBLES = 20;
