import type { Tile } from '../../api/contract/tile.ts';

/** A tile in the basic view; `more` says what is special about it. */
export function tileOf(id: number, more: Partial<Tile> = {}): Tile {
  return {
    id,
    name: `Agent ${id}`,
    teamId: 1,
    department: 'Sales',
    status: 'available',
    category: 'available',
    since: 1_000,
    connectivity: 'connected',
    routable: true,
    seq: 1,
    ...more,
  };
}

/** The same in the full view. */
export function fullTileOf(id: number, more: Partial<Tile> = {}): Tile {
  return tileOf(id, { duty: 'available', cause: 'agent', current: 0, max: null, ...more });
}

export function byId(tiles: readonly Tile[]): ReadonlyMap<number, Tile> {
  return new Map(tiles.map((tile) => [tile.id, tile]));
}
