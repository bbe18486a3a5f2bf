/**
 * What the watchers of one scope's summary are sent: a summary is whole, so that whoever has the newest has all. Its
 * cursor names its content: who holds the cursor holds the summary (SPEC G1).
 */
import { createHash } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Summary } from './summary.ts';
import type { Moment, Sent } from './topic.ts';

export interface SummaryTopicOptions {
  readonly clock: Clock;
  /** What makes a cursor this topic's own: organisation, scope and view. */
  readonly tag: string;
  /** How long changes gather, milliseconds. */
  readonly tickMs: number;
  readonly summary: () => Summary;
}

interface Listener {
  readonly hear: (sent: Sent) => void;
  /** Cursor of the summary that was heard last. */
  held: string;
}

/** A summary as JSON, but for when it was so. */
interface Content {
  readonly cursor: string;
  readonly json: string;
}

/** Nobody reads faster. */
const PERIOD_MS = 1_000;

export class SummaryTopic {
  readonly #options: SummaryTopicOptions;
  readonly #listeners = new Set<Listener>();
  #content: Content;
  #isStale = false;
  /** What those who listen were told last. */
  #told: string;
  #soon: Disposable | null = null;
  /** Monotonic milliseconds. */
  #toldAt = -Infinity;
  #sentAt = -Infinity;

  constructor(options: SummaryTopicOptions) {
    this.#options = options;
    this.#content = contentOf(options);
    this.#told = this.#content.cursor;
  }

  get watchers(): number {
    return this.#listeners.size;
  }

  /** Names the summary that all who listen were told. */
  get cursor(): string {
    return this.#told;
  }

  /** Something changed: it is told when the tick is over, and not within a second of the last time. */
  mark(): void {
    this.#isStale = true;
    if (this.#soon !== null) return;
    const { clock, tickMs } = this.#options;
    const waitMs = Math.max(tickMs, this.#toldAt + PERIOD_MS - clock.monotonic());
    this.#soon = clock.after(waitMs, () => this.#tell());
  }

  /** What somebody needs first who holds that cursor: the summary as it is now, or word that it is the same. */
  first(after: string | null): Sent {
    const { cursor, json } = this.#current();
    const asOf = this.#options.clock.now();
    return { cursor, json: cursor === after ? pulse(asOf) : summary(asOf, json) };
  }

  /** Hears every summary and pulse from here on, for somebody who holds that cursor. Disposing ends it. */
  listen(held: string, hear: (sent: Sent) => void): Disposable {
    const listener: Listener = { hear, held };
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Tells watchers who heard nothing for `silenceMs` that the data is still good. */
  pulse({ asOf, monotonic }: Moment, silenceMs: number): void {
    if (this.#soon !== null || monotonic - this.#sentAt < silenceMs) return;
    this.#sentAt = monotonic;
    const sent = { cursor: this.#told, json: pulse(asOf) };
    for (const { hear } of this.#listeners) hear(sent);
  }

  [Symbol.dispose](): void {
    this.#soon?.[Symbol.dispose]();
  }

  #current(): Content {
    if (this.#isStale) this.#content = contentOf(this.#options);
    this.#isStale = false;
    return this.#content;
  }

  #tell(): void {
    const { clock } = this.#options;
    this.#soon = null;
    this.#toldAt = clock.monotonic();
    const asOf = clock.now();
    const { cursor, json } = this.#current();
    this.#told = cursor;
    const sent = { cursor, json: summary(asOf, json) };
    for (const listener of this.#listeners) {
      // Whoever came since the last time may have it already, and whoever had it may not any more.
      if (listener.held === cursor) continue;
      listener.held = cursor;
      listener.hear(sent);
      this.#sentAt = this.#toldAt;
    }
  }
}

function contentOf({ tag, summary: read }: SummaryTopicOptions): Content {
  const json = JSON.stringify(read());
  return { cursor: createHash('sha256').update(tag).update(json).digest('base64url').slice(0, 22), json };
}

function summary(asOf: number, json: string): string {
  return `{"type":"summary","asOf":${asOf},${json.slice(1)}`;
}

function pulse(asOf: number): string {
  return JSON.stringify({ type: 'pulse', asOf });
}
