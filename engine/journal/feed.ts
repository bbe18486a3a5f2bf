import type { CommittedBatch, Offset } from './port.ts';

export interface FeedOptions {
  /** Offset of the last batch that was committed before; followers who stand earlier read `history`. */
  readonly from: Offset;
  /** Committed batches behind an offset, out of storage. */
  readonly history: (after: Offset) => AsyncIterable<CommittedBatch>;
  /** How many bytes of batches are kept at hand for followers. */
  readonly keepBytes: number;
}

/** Batches that became durable at once. They are kept as they were written: a batch is made for who asks for it. */
export interface Written {
  /** Of the last of them. */
  readonly offset: Offset;
  /** How many bytes all of them take. */
  readonly bytes: number;
  batches(): Iterable<CommittedBatch>;
}

/** What they take besides, about. */
const OVERHEAD_BYTES = 256;

/**
 * Hands committed batches to followers: in order, each exactly once. The newest ones are kept at hand; a follower
 * who stands further back reads storage until it has caught up.
 */
export class Feed {
  readonly #history: FeedOptions['history'];
  readonly #keepBytes: number;
  readonly #recent: Written[] = [];
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

  /** They are durable now. */
  publish(written: Written): void {
    this.#recent.push(written);
    this.#recentBytes += bytesOf(written);
    this.#head = written.offset;
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

  *#recentAfter(offset: Offset): Iterable<CommittedBatch> {
    const seen = this.#recent.findLastIndex((written) => written.offset <= offset);
    for (const written of this.#recent.slice(seen + 1))
      for (const batch of written.batches()) if (batch.offset > offset) yield batch;
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

function bytesOf({ bytes }: Written): number {
  return OVERHEAD_BYTES + bytes;
}
