/** Which tiles are seen, in which order: a pure function of the board and the query. */
import type { Tile } from '../../../../api/contract/tile.ts';
import type { BoardQuery, Narrowing } from './board-query.ts';
import { type Counts, countsOf } from './counts.ts';
import { NameOrder } from './name-order.ts';
import { NameSearch } from './name-search.ts';
import { CATEGORY_ORDER, labelOf } from './status-style.ts';

export interface BoardView {
  readonly groups: readonly TileGroup[];
  /** How many tiles the groups hold. */
  readonly shown: number;
  /** Over the narrowing and the search, whatever the chosen statuses: choosing one never empties the others. */
  readonly counts: Counts;
}

export interface TileGroup {
  /** Null for agents without a team, and where tiles are not grouped. */
  readonly teamId: number | null;
  readonly tiles: readonly Tile[];
}

type Compare = (one: Tile, other: Tile) => number;

/** Makes views; remembers what is dear to work out about names. */
export class BoardViewer {
  readonly #order = new NameOrder();
  readonly #search = new NameSearch();

  view(agents: ReadonlyMap<number, Tile>, query: BoardQuery): BoardView {
    const inScope = [...agents.values()].filter(
      (tile) => isWithin(tile, query.narrowing) && this.#matches(tile, query.search),
    );
    const places = this.#order.placesOf(mapped(agents.values(), ({ name }) => name));
    const tiles = inScope.filter((tile) => isChosen(tile, query)).sort(comparing(query, places));
    return {
      groups: query.groupsByTeam ? byTeam(tiles) : [{ teamId: null, tiles }],
      shown: tiles.length,
      counts: countsOf(inScope),
    };
  }

  #matches({ name }: Tile, search: string): boolean {
    return search.trim() === '' || this.#search.matches(name, search.trim());
  }
}

/** Whether an agent is of the team or department that the board is narrowed to. */
export function isWithin(tile: Tile, narrowing: Narrowing): boolean {
  if (narrowing === null) return true;
  return 'team' in narrowing
    ? tile.teamId === narrowing.team
    : tile.department === narrowing.department;
}

function isChosen(tile: Tile, { categories, statuses, marks, hidesOffline }: BoardQuery): boolean {
  if (hidesOffline && tile.category === 'offline') return false;
  if (marks.has('routable') && !tile.routable) return false;
  if (marks.has('reconnecting') && tile.connectivity !== 'reconnecting') return false;
  if (categories.size + statuses.size === 0) return true;
  return categories.has(tile.category) || statuses.has(tile.status);
}

function comparing({ sortBy }: BoardQuery, places: ReadonlyMap<string, number>): Compare {
  const byName: Compare = (one, other) =>
    (places.get(one.name) ?? 0) - (places.get(other.name) ?? 0) || one.id - other.id;
  switch (sortBy) {
    case 'name':
      return byName;
    case 'status':
      return (one, other) => byCategory(one, other) || byStatus(one, other) || byName(one, other);
    case 'longest':
      return (one, other) =>
        Number(isGone(one)) - Number(isGone(other)) || sinceOf(one) - sinceOf(other) || byName(one, other);
  }
}

const byCategory: Compare = (one, other) =>
  CATEGORY_ORDER.indexOf(one.category) - CATEGORY_ORDER.indexOf(other.category);

const byStatus: Compare = (one, other) =>
  one.status === other.status ? 0 : labelOf(one.status).localeCompare(labelOf(other.status), 'en-GB');

/** Who is long offline is no news: they come last. */
function isGone({ category }: Tile): boolean {
  return category === 'offline';
}

/** Agents who were never seen (0) come behind all others. */
function sinceOf({ since }: Tile): number {
  return since === 0 ? Number.MAX_SAFE_INTEGER : since;
}

function byTeam(tiles: readonly Tile[]): TileGroup[] {
  const groups = new Map<number | null, Tile[]>();
  for (const tile of tiles) {
    const group = groups.get(tile.teamId);
    if (group === undefined) groups.set(tile.teamId, [tile]);
    else group.push(tile);
  }
  return [...groups]
    .map(([teamId, members]) => ({ teamId, tiles: members }))
    .sort((one, other) => (one.teamId ?? Infinity) - (other.teamId ?? Infinity));
}

function* mapped<In, Out>(items: Iterable<In>, map: (item: In) => Out): Iterable<Out> {
  for (const item of items) yield map(item);
}
