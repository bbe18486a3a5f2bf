import type { Clock } from './clock.ts';
import type { CommittedBatch, Offset } from './journal/port.ts';

export interface GathererOptions {
  readonly clock: Clock;
  /** How long the first of a group waits for others, milliseconds. */
  readonly waitMs: number;
  /** A group that holds as many events, or bytes of them, is full. */
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/**
 * Groups batches that come one by one, so that a store is asked less often. It reads on only when it is asked for the
 * next group: what comes meanwhile stays where it comes from.
 */
export class Gatherer {
  readonly #source: AsyncIterator<CommittedBatch, unknown>;
  readonly #options: GathererOptions;
  #next: Promise<IteratorResult<CommittedBatch, unknown>>;
  /** Somebody waits for everything up to here. */
  #wanted: Offset = 0;
  #nudge: () => void = () => undefined;

  constructor(source: AsyncIterable<CommittedBatch>, options: GathererOptions) {
    this.#source = source[Symbol.asyncIterator]();
    this.#options = options;
    this.#next = this.#read();
  }

  /** Groups up to that offset wait for no others. */
  hurry(offset: Offset): void {
    this.#wanted = Math.max(this.#wanted, offset);
    this.#nudge();
  }

  /** The next group; null when there is no more to come. @throws what the source throws */
  async next(): Promise<readonly CommittedBatch[] | null> {
    const { clock, waitMs, maxEvents, maxBytes } = this.#options;
    const first = await this.#next;
    if (first.done === true) return null;
    const group: CommittedBatch[] = [];
    let events = 0;
    let bytes = 0;
    let isOver = false;
    const timer = clock.after(waitMs, () => {
      isOver = true;
      this.#nudge();
    });
    try {
      let batch: CommittedBatch | null = first.value;
      while (batch !== null) {
        group.push(batch);
        events += batch.count;
        bytes += batch.events.byteLength;
        this.#next = this.#read();
        if (events >= maxEvents || bytes >= maxBytes) break;
        const { offset }: CommittedBatch = batch;
        batch = await this.#nextUnless(() => isOver || (this.#wanted > 0 && offset >= this.#wanted));
      }
    } finally {
      timer[Symbol.dispose]();
      this.#nudge = () => undefined;
    }
    if ((group.at(-1)?.offset ?? 0) >= this.#wanted) this.#wanted = 0;
    return group;
  }

  /** The next batch, unless it is enough before that comes, or none comes. */
  async #nextUnless(isEnough: () => boolean): Promise<CommittedBatch | null> {
    while (!isEnough()) {
      const nudged = new Promise<null>((resolve) => {
        this.#nudge = () => resolve(null);
      });
      const result = await Promise.race([this.#next, nudged]);
      if (result !== null) return result.done === true ? null : result.value;
    }
    return null;
  }

  #read(): Promise<IteratorResult<CommittedBatch, unknown>> {
    const next = this.#source.next();
    // Whoever asks for it hears of its failure.
    next.catch(() => undefined);
    return next;
  }
}
