import { encodeEntries, type JournalEntry } from './entries.ts';
import type { Writer } from './journal/port.ts';

export interface AppenderOptions<Decided> {
  readonly writer: Writer;
  /** The batch was not written: nothing of it happened. */
  readonly onFailed: (decided: readonly Decided[], error: unknown) => void;
}

/**
 * Takes what was decided to a partition's writer: one batch at a time, the next one gathers meanwhile. The entries of
 * one decision are in one batch: all of them are written, or none.
 */
export class Appender<Decided extends { readonly entries: readonly JournalEntry[] }> {
  readonly #options: AppenderOptions<Decided>;
  #gathered: Decided[] = [];
  #inFlight: { readonly id: string; readonly decided: readonly Decided[] } | null = null;
  #batches = 0;
  #whenQuiet: (() => void)[] = [];

  constructor(options: AppenderOptions<Decided>) {
    this.#options = options;
  }

  add(decided: Decided): void {
    this.#gathered.push(decided);
    if (this.#gathered.length === 1 && this.#inFlight === null) queueMicrotask(() => this.#send());
  }

  /** What was decided in the batch of that id, if it is the one under way. */
  underWay(id: string): readonly Decided[] | null {
    return this.#inFlight?.id === id ? this.#inFlight.decided : null;
  }

  /** The batch under way is done with; the next one goes. */
  next(): void {
    this.#inFlight = null;
    this.#send();
    if (this.#inFlight === null) for (const resolve of this.#whenQuiet.splice(0)) resolve();
  }

  /** Resolves when nothing is under way. */
  async quiet(): Promise<void> {
    while (this.#inFlight !== null || this.#gathered.length > 0) {
      await new Promise<void>((resolve) => this.#whenQuiet.push(resolve));
    }
  }

  /** Gives up what is under way and what was gathered. */
  abandon(): readonly Decided[] {
    const abandoned = [...(this.#inFlight?.decided ?? []), ...this.#gathered];
    this.#gathered = [];
    this.next();
    return abandoned;
  }

  #send(): void {
    if (this.#inFlight !== null || this.#gathered.length === 0) return;
    const { writer, onFailed } = this.#options;
    const decided = this.#gathered;
    this.#gathered = [];
    const id = `${writer.partition}-${writer.term}-${++this.#batches}`;
    this.#inFlight = { id, decided };
    const entries = decided.flatMap((each) => each.entries);
    const batch = {
      partition: writer.partition,
      term: writer.term,
      id,
      count: entries.length,
      events: encodeEntries(entries),
    };
    writer.append(batch).catch((error: unknown) => {
      if (this.underWay(id) !== null) onFailed(decided, error);
    });
  }
}
