import type { CommittedBatch, Offset } from './port.ts';

export interface FeedOptions {
  /** Offset of the last batch that was committed before; followers who stand earlier read `history`. */
  readonly from: Offset;
  /** Committed batches behind an offset, out of storage. */
  readonly history: (after: Offset) => AsyncIterable<CommittedBatch>;
  /** How many bytes of events are kept at hand for followers. */
  readonly keepBytes: number;
}

/**
 * Hands committed batches to followers: in order, each exactly once. The newest ones are kept at hand; a follower
 * who stands further back reads storage until it has caught up.
 */
export class Feed {
  readonly #history: FeedOptions['history'];
  readonly #keepBytes: number;
  readonly #recent: CommittedBatch[] = [];
  #recentBytes = 0;
  /** Everything behind this offset is in `recent`. */
  #floor: Offset;
  #head: Offset;
  #failure: Error | null = null;
  #waiting: (() => void)[] = [];

  constructor({ from, history, keepBytes }: FeedOptions) {
    this.#floor = from;
    this.#head = from;
    this.#history = history;
    this.#keepBytes = keepBytes;
  }

  get head(): Offset {
    return this.#head;
  }

  /** Batches that are durable now. */
  publish(batches: readonly CommittedBatch[]): void {
    for (const batch of batches) {
      this.#recent.push(batch);
      this.#recentBytes += batch.events.byteLength;
      this.#head = batch.offset;
    }
    while (this.#recentBytes > this.#keepBytes && this.#recent.length > 1) this.#forgetOldest();
    this.#wake();
  }

  /** Ends every follower with this error. */
  fail(failure: Error): void {
    this.#failure ??= failure;
    this.#wake();
  }

  async *follow(after: Offset, signal: AbortSignal): AsyncGenerator<CommittedBatch, void, void> {
    let position = after;
    const onAbort = () => this.#wake();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        if (this.#failure !== null) throw this.#failure;
        const found = position < this.#floor ? this.#history(position) : this.#recentAfter(position);
        for await (const batch of found) {
          if (signal.aborted) return;
          position = batch.offset;
          yield batch;
        }
        if (position >= this.#head && !signal.aborted && this.#failure === null) await this.#nextChange();
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #recentAfter(offset: Offset): readonly CommittedBatch[] {
    return this.#recent.slice(this.#recent.findLastIndex((batch) => batch.offset <= offset) + 1);
  }

  #forgetOldest(): void {
    const oldest = this.#recent.shift();
    if (oldest === undefined) return;
    this.#recentBytes -= oldest.events.byteLength;
    this.#floor = oldest.offset;
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
