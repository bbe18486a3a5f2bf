import type { CommittedBatch, Offset } from './port.ts';

export interface FeedOptions {
  /** Offset of the last batch that was committed before; followers who stand earlier read `history`. */
  readonly from: Offset;
  /** Committed batches behind an offset, out of storage. */
  readonly history: (after: Offset) => AsyncIterable<CommittedBatch>;
  /** How many bytes of batches are kept at hand for followers. */
  readonly keepBytes: number;
}

/** What a kept batch takes besides its events, about. */
const OVERHEAD_BYTES = 256;

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
  #closed = false;
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
      this.#recentBytes += bytesOf(batch);
      this.#head = batch.offset;
    }
    this.#forgetOldest();
    this.#wake();
  }

  /** Ends every follower with this error. */
  fail(failure: Error): void {
    this.#failure ??= failure;
    this.#wake();
  }

  /** Ends every follower once it has seen what was published. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async *follow(after: Offset, signal: AbortSignal): AsyncGenerator<CommittedBatch, void, void> {
    let position = after;
    const onAbort = () => this.#wake();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        if (this.#failure !== null) throw this.#failure;
        const head = this.#head;
        const found = position < this.#floor ? this.#history(position) : this.#recentAfter(position);
        for await (const batch of found) {
          if (signal.aborted) return;
          position = batch.offset;
          yield batch;
        }
        // What was given up is not in the storage any more: it must not be looked for again and again.
        position = Math.max(position, head);
        if (position < this.#head || this.#failure !== null) continue;
        if (this.#closed) return;
        if (!signal.aborted) await this.#nextChange();
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #recentAfter(offset: Offset): readonly CommittedBatch[] {
    return this.#recent.slice(this.#recent.findLastIndex((batch) => batch.offset <= offset) + 1);
  }

  #forgetOldest(): void {
    let forgotten = 0;
    for (const oldest of this.#recent) {
      if (this.#recentBytes <= this.#keepBytes || forgotten === this.#recent.length - 1) break;
      this.#recentBytes -= bytesOf(oldest);
      this.#floor = oldest.offset;
      forgotten++;
    }
    if (forgotten > 0) this.#recent.splice(0, forgotten);
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

function bytesOf({ events }: CommittedBatch): number {
  return OVERHEAD_BYTES + events.byteLength;
}
