import type { Tile, WatchEvent } from '../../api/contract/tile.ts';

/** Somebody who keeps a board by what is heard, and notes what should not be. */
export class BoardFollower {
  readonly tiles = new Map<number, Tile>();
  readonly events: WatchEvent[] = [];
  /** Gaps, repeats, reorders, in words. */
  readonly faults: string[] = [];
  cursor: string;

  constructor(cursor = '') {
    this.cursor = cursor;
  }

  readonly hear = (cursor: string, event: WatchEvent): void => {
    this.events.push(event);
    if (event.type === 'snapshot') {
      this.tiles.clear();
      for (const tile of event.agents) this.tiles.set(tile.id, tile);
    } else if (event.type === 'changes') {
      if (event.after !== this.cursor) this.faults.push(`${event.after} came behind ${this.cursor}`);
      for (const tile of event.changes) {
        const held = this.tiles.get(tile.id)?.seq ?? -1;
        if (tile.seq <= held) this.faults.push(`seq ${tile.seq} of ${tile.id} came behind ${held}`);
        this.tiles.set(tile.id, tile);
      }
      for (const id of event.removed) this.tiles.delete(id);
    } else if (cursor !== this.cursor) this.faults.push('a pulse moved the cursor');
    this.cursor = cursor;
  };

  get board(): readonly Tile[] {
    return [...this.tiles.values()].toSorted((a, b) => a.id - b.id);
  }
}
