import { decodeEvents } from '../../../engine/entries.ts';
import type { Batch, CommittedBatch, Journal, Offset, Writer } from '../../../engine/journal/port.ts';
import type { Happened } from '../model/seat.ts';

/** A journal through which somebody sees every committed event once, before any engine folds it in. */
export class ObservedJournal implements Journal {
  readonly #inner: Journal;
  readonly #observe: (event: Happened) => void;
  /** Appends that are under way. */
  pending = 0;
  #seen: Offset = 0;

  constructor(inner: Journal, observe: (event: Happened) => void) {
    this.#inner = inner;
    this.#observe = observe;
  }

  get epoch(): string {
    return this.#inner.epoch;
  }

  head(): Promise<Offset> {
    return this.#inner.head();
  }

  async claim(partition: number, node: string): Promise<Writer> {
    const writer = await this.#inner.claim(partition, node);
    return {
      partition,
      term: writer.term,
      claimedAt: writer.claimedAt,
      append: async (batch) => {
        this.pending += 1;
        try {
          return await writer.append(batch);
        } finally {
          this.pending -= 1;
        }
      },
      release: () => writer.release(),
    };
  }

  async *follow(after: Offset, signal: AbortSignal): AsyncGenerator<CommittedBatch, void, void> {
    for await (const batch of this.#inner.follow(after, signal)) {
      if (batch.offset > this.#seen) this.#see(batch);
      yield batch;
    }
  }

  floor(): Promise<Offset> {
    return this.#inner.floor();
  }

  trim(upTo: Offset): Promise<void> {
    return this.#inner.trim(upTo);
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#inner[Symbol.asyncDispose]();
  }

  /** Every agent as the history alone has it: each entry's values over those before. */
  async fold(): Promise<Map<number, Record<string, unknown>>> {
    const agents = new Map<number, Record<string, unknown>>();
    const head = await this.#inner.head();
    const reading = new AbortController();
    for await (const batch of head === 0 ? [] : this.#inner.follow(0, reading.signal)) {
      for (const { agent, seq, at, set } of decodeEvents(batch.events))
        agents.set(agent, { ...agents.get(agent), ...set, seq, lastAt: at });
      if (batch.offset >= head) reading.abort();
    }
    return agents;
  }

  #see(batch: Batch & { offset: Offset }): void {
    this.#seen = batch.offset;
    for (const event of decodeEvents(batch.events)) this.#observe(event);
  }
}
