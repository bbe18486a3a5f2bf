import type { Tile, WatchEvent } from '../../api/contract/tile.ts';

/** What a watcher knows of its scope. */
export interface BoardState {
  /** The cursor that is held: what the next changes must follow. Null before the first snapshot. */
  readonly cursor: string | null;
  /** Server time that the data is as of, epoch milliseconds. */
  readonly asOf: number;
  readonly agents: ReadonlyMap<number, Tile>;
}

export const EMPTY_BOARD: BoardState = { cursor: null, asOf: 0, agents: new Map() };

/** An event that doesn't follow what is held: something is missing. Watch anew, without a cursor. */
export class BoardGap extends Error {
  override readonly name = 'BoardGap';
}

/**
 * The board after an event. `id` is the event's tracked id.
 * @throws BoardGap when it doesn't follow the cursor that is held.
 */
export function boardAfter(board: BoardState, id: string, event: WatchEvent): BoardState {
  switch (event.type) {
    case 'snapshot':
      return { cursor: id, asOf: event.asOf, agents: new Map(event.agents.map((tile) => [tile.id, tile])) };
    case 'changes': {
      if (event.after !== board.cursor)
        throw new BoardGap(`changes follow ${event.after}, held is ${board.cursor}`);
      const agents = new Map(board.agents);
      for (const tile of event.changes) agents.set(tile.id, tile);
      for (const agent of event.removed) agents.delete(agent);
      return { cursor: id, asOf: event.asOf, agents };
    }
    case 'pulse':
      if (id !== board.cursor) throw new BoardGap(`a pulse at ${id}, held is ${board.cursor}`);
      return { ...board, asOf: event.asOf };
  }
}
