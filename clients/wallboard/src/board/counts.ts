import type { Category, Tile } from '../../../../api/contract/tile.ts';
import { CATEGORY_ORDER } from './status-style.ts';

/** How many agents have which status. */
export interface Counts {
  readonly total: number;
  readonly routable: number;
  readonly reconnecting: number;
  /** Every category, also without agents, in the order in which they are shown. */
  readonly categories: readonly CategoryCount[];
}

export interface CategoryCount {
  readonly category: Category;
  readonly count: number;
  /** The codes that agents have or had, by name: chips keep their places while numbers change. */
  readonly statuses: readonly StatusCount[];
}

export interface StatusCount {
  readonly status: string;
  readonly count: number;
}

/** Codes that were seen, by category. */
export type SeenStatuses = ReadonlyMap<Category, ReadonlySet<string>>;

/** Counts tiles; codes that were seen before are counted also where nobody has them now. */
export function countsOf(tiles: readonly Tile[], seen: SeenStatuses = new Map()): Counts {
  const byCategory = new Map(
    CATEGORY_ORDER.map((category) => [
      category,
      new Map([...(seen.get(category) ?? [])].map((status) => [status, 0])),
    ]),
  );
  let routable = 0;
  let reconnecting = 0;
  for (const { category, status, routable: isRoutable, connectivity } of tiles) {
    const byStatus = byCategory.get(category);
    byStatus?.set(status, (byStatus.get(status) ?? 0) + 1);
    if (isRoutable) routable += 1;
    if (connectivity === 'reconnecting') reconnecting += 1;
  }
  return {
    total: tiles.length,
    routable,
    reconnecting,
    categories: [...byCategory].map(([category, byStatus]) => ({
      category,
      count: [...byStatus.values()].reduce((sum, count) => sum + count, 0),
      statuses: [...byStatus]
        .map(([status, count]) => ({ status, count }))
        .sort((one, other) => (one.status < other.status ? -1 : 1)),
    })),
  };
}

/** What was seen, with the codes that these counts have. */
export function seenAfter(seen: SeenStatuses, { categories }: Counts): SeenStatuses {
  return new Map(
    categories.map(({ category, statuses }) => [
      category,
      new Set([...(seen.get(category) ?? []), ...statuses.map(({ status }) => status)]),
    ]),
  );
}
