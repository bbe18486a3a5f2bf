/**
 * What the watchers of one scope see, in one view: a snapshot, then batches of changes that name the cursor they
 * follow, so that a client can check that nothing is missing (SPEC G1).
 *
 * A topic never sends an agent's change twice, never out of order, and never leaves one out: either a watcher holds
 * the cursor that the next batch follows, or it gets a new snapshot.
 */
import type { Offset } from './journal/port.ts';
import type { Change } from './recent.ts';

/** How many batches back a watcher may resume. */
const WINDOW = 4096;

/** What is sent: the id that the watcher holds after it, and the event as JSON. */
export interface Sent {
  readonly cursor: string;
  readonly json: string;
}

/** One moment, by both clocks: how old data is, is wall time; how long nothing was sent, is not. Milliseconds. */
export interface Moment {
  readonly asOf: number;
  readonly monotonic: number;
}

export interface TopicOptions {
  /** What makes a cursor this topic's own: log, organisation, scope and view. */
  readonly tag: string;
  /** What is known of before: the offset behind which that is everything, and what changed in the scope since. */
  readonly past: { readonly floor: Offset; readonly offset: Offset; readonly changes: readonly Change[] };
  /** Who is in the scope now. */
  readonly members: ReadonlySet<number>;
  /** An agent's tile as JSON, in this topic's view. */
  readonly tileJson: (agentId: number) => string;
}

/** Where it ended, and whom it was about: with where in the log each last changed within it. */
interface Batch {
  readonly offset: Offset;
  readonly changes: readonly Change[];
}

export class Topic {
  readonly #options: TopicOptions;
  readonly #members: Set<number>;
  readonly #listeners = new Set<(sent: Sent) => void>();
  /** Agents who changed or left since the last batch, and where in the log they last did. */
  readonly #dirty = new Map<number, Offset>();
  /** The last batches. */
  readonly #window: Batch[] = [];
  /** The oldest offset from which a watcher may resume. */
  #floor: Offset;
  #offset: Offset;
  /** When something was last sent to all, monotonic milliseconds. */
  #sentAt = -Infinity;

  constructor(options: TopicOptions) {
    this.#options = options;
    this.#members = new Set(options.members);
    const { floor, offset, changes } = options.past;
    this.#floor = floor;
    this.#offset = offset;
    if (changes.length > 0) this.#window.push({ offset, changes });
  }

  /** A name that no other topic of any log or run has. */
  get tag(): string {
    return this.#options.tag;
  }

  get watchers(): number {
    return this.#listeners.size;
  }

  get members(): ReadonlySet<number> {
    return this.#members;
  }

  /** Names the last batch. */
  get cursor(): string {
    return this.#cursorAt(this.#offset);
  }

  /** An agent changed, there in the log, who now is in the scope or not. */
  mark(agentId: number, offset: Offset, isMember: boolean): void {
    if (isMember) this.#members.add(agentId);
    else if (!this.#members.delete(agentId)) return;
    this.#dirty.set(agentId, offset);
  }

  /** Sends what changed since the last time, as one batch that ends at `offset`. */
  flush(offset: Offset, moment: Moment): void {
    if (this.#dirty.size === 0) return;
    const changes = Array.from(this.#dirty, ([agent, at]) => ({ agent, offset: at }));
    this.#dirty.clear();
    const after = this.cursor;
    this.#offset = offset;
    this.#window.push({ offset, changes });
    if (this.#window.length > WINDOW) this.#floor = this.#window.shift()?.offset ?? this.#floor;
    if (this.#listeners.size === 0) return;
    const agents = changes.map(({ agent }) => agent);
    this.#send({ cursor: this.cursor, json: this.#changes(after, agents, moment.asOf) }, moment);
  }

  /** Tells watchers who heard nothing for `silenceMs` that the data is still good. */
  pulse(moment: Moment, silenceMs: number): void {
    if (this.#listeners.size === 0 || moment.monotonic - this.#sentAt < silenceMs) return;
    const json = JSON.stringify({ type: 'pulse', asOf: moment.asOf });
    this.#send({ cursor: this.cursor, json }, moment);
  }

  /** The whole scope. */
  snapshot(asOf: number): Sent {
    return { cursor: this.cursor, json: `{"type":"snapshot","asOf":${asOf},"agents":${this.tilesJson()}}` };
  }

  tilesJson(): string {
    return `[${[...this.#members].map(this.#options.tileJson).join(',')}]`;
  }

  /** Exactly what a watcher missed who holds that cursor; null where it can't be told any more. */
  resume(cursor: string, asOf: number): Sent | null {
    const held = this.#offsetOf(cursor);
    if (held === null || held < this.#floor || held > this.#offset) return null;
    const missed = new Set<number>();
    for (let index = this.#window.length - 1; index >= 0; index--) {
      const batch = this.#window[index];
      if (batch === undefined || batch.offset <= held) break;
      for (const { agent, offset } of batch.changes) if (offset > held) missed.add(agent);
    }
    return { cursor: this.cursor, json: this.#changes(cursor, missed, asOf) };
  }

  /** Hears every batch and pulse from here on. Disposing ends it. */
  listen(listener: (sent: Sent) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  #send(sent: Sent, { monotonic }: Moment): void {
    this.#sentAt = monotonic;
    for (const listener of this.#listeners) listener(sent);
  }

  #changes(after: string, agents: Iterable<number>, asOf: number): string {
    const present: number[] = [];
    const removed: number[] = [];
    for (const agent of agents) (this.#members.has(agent) ? present : removed).push(agent);
    const tiles = present.map(this.#options.tileJson).join(',');
    return `{"type":"changes","after":${JSON.stringify(after)},"asOf":${asOf},"changes":[${tiles}],"removed":${JSON.stringify(removed)}}`;
  }

  #cursorAt(offset: Offset): string {
    return `${offset.toString(36)}.${this.#options.tag}`;
  }

  #offsetOf(cursor: string): Offset | null {
    const [offset = '', tag] = cursor.split('.');
    if (tag !== this.#options.tag || !/^[0-9a-z]{1,11}$/.test(offset)) return null;
    return Number.parseInt(offset, 36);
  }
}
