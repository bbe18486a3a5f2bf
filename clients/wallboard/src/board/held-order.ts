import type { Tile } from '../../../../api/contract/tile.ts';

export type Compare = (one: Tile, other: Tile) => number;

/**
 * An order that is worked out once a beat and held between, so that tiles which change place do so together and at a
 * pace that an eye can follow, however often statuses change.
 */
export class HeldOrder {
  #places: ReadonlyMap<number, number> = new Map();
  #key = '';

  /** The tiles in order; `key` says of what the order is and in which beat. Those that are new to it come last. */
  sorted(tiles: readonly Tile[], compare: Compare, key: string): readonly Tile[] {
    if (key !== this.#key) {
      const sorted = tiles.toSorted(compare);
      this.#places = new Map(sorted.map(({ id }, place) => [id, place]));
      this.#key = key;
      return sorted;
    }
    const placeOf = ({ id }: Tile): number => this.#places.get(id) ?? Number.MAX_SAFE_INTEGER;
    return tiles.toSorted((one, other) => placeOf(one) - placeOf(other) || compare(one, other));
  }
}
