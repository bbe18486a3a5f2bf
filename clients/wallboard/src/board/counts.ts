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
  /** The codes that agents have, by name: chips keep their places while numbers change. */
  readonly statuses: readonly StatusCount[];
}

export interface StatusCount {
  readonly status: string;
  readonly count: number;
}

export function countsOf(tiles: readonly Tile[]): Counts {
  const byCategory = new Map<Category, Map<string, number>>();
  let routable = 0;
  let reconnecting = 0;
  for (const { category, status, routable: isRoutable, connectivity } of tiles) {
    const byStatus = byCategory.get(category) ?? new Map<string, number>();
    byCategory.set(category, byStatus);
    byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    if (isRoutable) routable += 1;
    if (connectivity === 'reconnecting') reconnecting += 1;
  }
  return {
    total: tiles.length,
    routable,
    reconnecting,
    categories: CATEGORY_ORDER.map((category) => {
      const statuses = [...(byCategory.get(category) ?? [])].map(([status, count]) => ({ status, count }));
      return {
        category,
        count: statuses.reduce((sum, { count }) => sum + count, 0),
        statuses: statuses.sort((one, other) => (one.status < other.status ? -1 : 1)),
      };
    }),
  };
}
