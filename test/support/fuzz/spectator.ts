/** A watcher that believes nothing: it keeps its own board from what it is sent, and checks each thing it is sent. */
import type { Subject, Topics } from '../../../engine/topics.ts';
import { SlowWatcher, watch } from '../../../engine/watcher.ts';
import { disagree, errorOf } from '../model/disagreement.ts';
import type { Fields } from '../model/tiles.ts';

/** What comes over the wire. */
type News =
  | { readonly type: 'snapshot'; readonly agents: readonly Fields[] }
  | {
      readonly type: 'changes';
      readonly after: string;
      readonly changes: readonly Fields[];
      readonly removed: readonly number[];
    }
  | { readonly type: 'pulse' };

export interface Joining {
  readonly topics: Topics;
  readonly cursor: string | null;
  /** Whether the answer has to be what was missed, or a snapshot; null where either may be. */
  readonly expected: 'changes' | 'snapshot' | null;
  readonly maxWaiting: number;
  /** In which life of the engine. */
  readonly life: number;
}

export class Spectator {
  readonly subject: Subject;
  readonly board = new Map<number, Fields>();
  cursor: string | null = null;
  state: 'away' | 'watching' | 'slow' = 'away';
  /** A reader who reads nothing for a while. */
  isAsleep = false;
  heardAt = 0;
  /** When it went, and in which life of the engine it was here. */
  leftAt = 0;
  life = -1;
  #leave = new AbortController();
  #wake: () => void = () => undefined;
  #failure: Error | null = null;
  readonly #now: () => number;

  constructor(subject: Subject, now: () => number) {
    this.subject = subject;
    this.#now = now;
  }

  join(joining: Joining): void {
    this.#leave = new AbortController();
    this.state = 'watching';
    this.life = joining.life;
    this.#read(joining, this.#leave.signal).catch((error: unknown) => (this.#failure ??= errorOf(error)));
  }

  leave(): void {
    this.leftAt = this.#now();
    this.state = 'away';
    this.#leave.abort();
    this.wake();
  }

  wake(): void {
    this.isAsleep = false;
    this.#wake();
  }

  /** @throws what went wrong while it read. */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  async #read({ topics, cursor, expected, maxWaiting }: Joining, signal: AbortSignal): Promise<void> {
    let isFirst = true;
    try {
      for await (const sent of watch(topics, { subject: this.subject, after: cursor, signal, maxWaiting })) {
        const news = parse(sent.json);
        if (isFirst && expected !== null && news.type !== expected)
          disagree(`${news.type} for ${expected}`, cursor);
        if (isFirst && news.type === 'pulse') disagree('a pulse before anything else');
        isFirst = false;
        this.#take(news);
        this.cursor = sent.cursor;
        this.heardAt = this.#now();
        while (this.isAsleep && !signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve));
        if (signal.aborted) return;
      }
    } catch (error) {
      if (!(error instanceof SlowWatcher)) throw error;
      this.leave();
      this.state = 'slow';
    }
  }

  #take(news: News): void {
    switch (news.type) {
      case 'snapshot':
        this.board.clear();
        for (const tile of news.agents) this.board.set(idOf(tile), tile);
        return;
      case 'changes':
        if (news.after !== this.cursor) disagree('a gap', { after: news.after, held: this.cursor });
        for (const tile of news.changes) this.#change(tile);
        for (const id of news.removed) this.board.delete(id);
        return;
      case 'pulse':
        return;
    }
  }

  #change(tile: Fields): void {
    const held = this.board.get(idOf(tile));
    const [before, after] = [Number(held?.['seq'] ?? -1), Number(tile['seq'])];
    if (after < before) disagree('an agent went back', { held, tile });
    if (after === before) disagree('an agent came twice', { held, tile });
    this.board.set(idOf(tile), tile);
  }
}

function idOf(tile: Fields): number {
  return Number(tile['id']);
}

/** The same bytes go to many: they are read once. */
const read = { json: '', news: null as News | null };
function parse(json: string): News {
  if (read.json !== json || read.news === null) {
    read.json = json;
    read.news = JSON.parse(json) as News;
  }
  return read.news;
}
