/**
 * A journal in memory, for tests. It keeps every obligation of the port but outliving the process; it can be made
 * slow and failing, and several nodes may share one.
 */
import { randomUUID } from 'node:crypto';
import { Claims } from './claims.ts';
import { Feed } from './feed.ts';
import {
  type Batch,
  type CommittedBatch,
  type Journal,
  JournalFailed,
  type Offset,
  type Writer,
} from './port.ts';

export interface MemoryJournalOptions {
  /** Awaited before each append. */
  readonly delay?: () => Promise<void>;
  /** Asked for each append: true lets it fail. */
  readonly fails?: () => boolean;
}

export class MemoryJournal implements Journal {
  readonly epoch: string = randomUUID();
  readonly #options: MemoryJournalOptions;
  readonly #claims = new Claims();
  readonly #batches: CommittedBatch[] = [];
  readonly #feed: Feed;
  #lastAppend: Promise<unknown> = Promise.resolve();
  #nextOffset: Offset = 1;

  constructor(options: MemoryJournalOptions = {}) {
    this.#options = options;
    this.#feed = new Feed({ from: 0, history: (after) => this.#read(after), keepBytes: 1 << 20 });
  }

  head(): Promise<Offset> {
    return Promise.resolve(this.#feed.head);
  }

  claim(partition: number): Promise<Writer> {
    const term = this.#claims.raise(partition);
    return Promise.resolve({
      partition,
      term,
      append: (batch) => this.#append(batch),
      release: () => Promise.resolve(),
    });
  }

  follow(after: Offset, signal: AbortSignal): AsyncIterable<CommittedBatch> {
    return this.#feed.follow(after, signal);
  }

  trim(upTo: Offset): Promise<void> {
    const kept = this.#batches.findIndex(({ offset }) => offset > upTo);
    this.#batches.splice(0, kept === -1 ? this.#batches.length : kept);
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** One at a time, in the order in which they came. */
  #append(batch: Batch): Promise<Offset> {
    const result = this.#lastAppend.then(() => this.#commit(batch));
    this.#lastAppend = result.catch(() => undefined);
    return result;
  }

  async #commit(batch: Batch): Promise<Offset> {
    this.#claims.check(batch);
    const before = this.#claims.offsetOf(batch);
    if (before !== undefined) return before;
    await this.#options.delay?.();
    this.#claims.check(batch);
    if (this.#options.fails?.() === true) throw new JournalFailed('the append failed, as it was told to');
    const offset = this.#nextOffset++;
    this.#claims.wrote(batch, offset);
    const committed = { ...batch, offset };
    this.#batches.push(committed);
    this.#feed.publish([committed]);
    return offset;
  }

  async *#read(after: Offset): AsyncGenerator<CommittedBatch, void, void> {
    yield* this.#batches.filter(({ offset }) => offset > after);
  }
}
