import type { Subject, Topics } from '../../engine/topics.ts';
import type { Sent } from '../../engine/topic.ts';
import type { Tile } from '../../engine/tile.ts';

export type Shown =
  | { readonly type: 'snapshot'; readonly asOf: number; readonly agents: readonly Tile[] }
  | {
      readonly type: 'changes';
      readonly after: string;
      readonly asOf: number;
      readonly changes: readonly Tile[];
      readonly removed: readonly number[];
    }
  | { readonly type: 'pulse'; readonly asOf: number };

/** Agents in the order of their ids: a board has no order of its own. */
export function shown({ json }: Sent): Shown {
  const event = JSON.parse(json) as Shown;
  switch (event.type) {
    case 'snapshot':
      return { ...event, agents: sorted(event.agents) };
    case 'changes':
      return { ...event, changes: sorted(event.changes) };
    case 'pulse':
      return event;
  }
}

function sorted(tiles: readonly Tile[]): readonly Tile[] {
  return tiles.toSorted((a, b) => a.id - b.id);
}

/** Everybody of organisation 1. */
export const ALL: Subject = { organisationId: 1, scope: { all: true }, view: 'full' };

/** Somebody who watches and keeps what comes. */
export class Viewer implements Disposable {
  readonly heard: Shown[] = [];
  cursor: string;
  readonly #watching: Disposable;

  constructor(topics: Topics, subject: Subject = ALL, cursor: string | null = null) {
    const watching = topics.watch(subject, cursor, (sent) => this.#hear(sent));
    this.#watching = watching;
    this.cursor = '';
    this.#hear(watching.first);
  }

  get last(): Shown | undefined {
    return this.heard.at(-1);
  }

  [Symbol.dispose](): void {
    this.#watching[Symbol.dispose]();
  }

  #hear(sent: Sent): void {
    this.heard.push(shown(sent));
    this.cursor = sent.cursor;
  }
}
