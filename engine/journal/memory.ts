/**
 * A journal in memory, for tests. It keeps every obligation of the port but outliving the process; it can be made
 * slow and failing, and several nodes may share one.
 */
import { randomUUID } from 'node:crypto';
import { checkBounds, checkPartition } from './bounds.ts';
import { type Claim, Claims } from './claims.ts';
import { Feed } from './feed.ts';
import {
  type Batch,
  type CommittedBatch,
  Fenced,
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
  /** How many bytes are kept at hand for followers; 1 MB when absent. */
  readonly keepBytes?: number;
}

export class MemoryJournal implements Journal {
  readonly epoch: string = randomUUID();
  readonly #options: MemoryJournalOptions;
  readonly #claims = new Claims();
  readonly #batches: CommittedBatch[] = [];
  readonly #feed: Feed;
  #lastAppend: Promise<unknown> = Promise.resolve();
  #nextOffset: Offset = 1;
  #floor: Offset = 0;
  #closed = false;

  constructor(options: MemoryJournalOptions = {}) {
    this.#options = options;
    this.#feed = new Feed({
      from: 0,
      history: (after) => this.#read(after),
      keepBytes: options.keepBytes ?? 1 << 20,
    });
  }

  head(): Promise<Offset> {
    return Promise.resolve(this.#feed.head);
  }

  async claim(partition: number): Promise<Writer> {
    checkPartition(partition);
    this.#refuseIfClosed();
    const claim = this.#claims.raise(partition);
    return {
      ...claim,
      claimedAt: this.#nextOffset++,
      append: (batch) => this.#append(batch, claim),
      release: () => Promise.resolve(),
    };
  }

  follow(after: Offset, signal: AbortSignal): AsyncIterable<CommittedBatch> {
    return this.#feed.follow(after, signal);
  }

  trim(upTo: Offset): Promise<void> {
    const kept = this.#batches.findIndex(({ offset }) => offset > upTo);
    this.#floor =
      this.#batches.splice(0, kept === -1 ? this.#batches.length : kept).at(-1)?.offset ?? this.#floor;
    return Promise.resolve();
  }

  floor(): Promise<Offset> {
    return Promise.resolve(this.#floor);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#lastAppend;
    this.#feed.close();
  }

  /** One at a time, in the order in which they came. */
  async #append(batch: Batch, claim: Claim): Promise<Offset> {
    checkBounds(batch, claim);
    this.#refuseIfClosed();
    const result = this.#lastAppend.then(() => this.#commit(batch));
    this.#lastAppend = result.catch(() => undefined);
    return result;
  }

  async #commit(batch: Batch): Promise<Offset> {
    this.#refuseIfFenced(batch);
    const before = this.#claims.offsetOf(batch);
    if (before !== undefined) return before;
    await this.#options.delay?.();
    this.#refuseIfFenced(batch);
    if (this.#options.fails?.() === true) throw new JournalFailed('the append failed, as it was told to');
    const offset = this.#nextOffset++;
    this.#claims.wrote(batch, offset);
    const committed = { offset, ...batch };
    this.#batches.push(committed);
    this.#feed.publish({ offset, bytes: batch.events.byteLength, batches: () => [committed] });
    return offset;
  }

  async *#read(after: Offset): AsyncGenerator<CommittedBatch, void, void> {
    yield* this.#batches.filter(({ offset }) => offset > after);
  }

  #refuseIfClosed(): void {
    if (this.#closed) throw new JournalFailed('the journal is closed');
  }

  #refuseIfFenced({ partition, term }: Batch): void {
    if (!this.#claims.stands({ partition, term })) throw new Fenced(partition, term);
  }
}
