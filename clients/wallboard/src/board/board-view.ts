/** Which tiles are seen, in which order: a pure function of the board and the query. */
import type { Tile } from '../../../../api/contract/tile.ts';
import type { BoardQuery, Narrowing } from './board-query.ts';
import { type Counts, countsOf, seenAfter, type SeenStatuses } from './counts.ts';
import { type Compare, HeldOrder } from './held-order.ts';
import { NameOrder } from './name-order.ts';
import { NameSearch } from './name-search.ts';
import { CATEGORY_ORDER, labelOf } from './status-style.ts';
import { mergedTeams, type Teams, teamsOf } from './teams.ts';

export interface BoardView {
  readonly groups: readonly TileGroup[];
  /** How many tiles the groups hold. */
  readonly shown: number;
  /** Over the narrowing and the search, whatever the chosen statuses: choosing one never empties the others. */
  readonly counts: Counts;
  /** All that were seen so far, also before the board was narrowed to one. */
  readonly teams: Teams;
}

export interface TileGroup {
  /** Null for agents without a team, and where tiles are not grouped. */
  readonly teamId: number | null;
  readonly tiles: readonly Tile[];
}

/** Makes views; remembers what is dear to work out about names, and which statuses and teams there were. */
export class BoardViewer {
  readonly #names = new NameOrder();
  readonly #order = new HeldOrder();
  readonly #search = new NameSearch();
  #seen: SeenStatuses = new Map();
  #teams: Teams = { teams: [], departments: [] };

  /** `beat` counts the times at which tiles may change their order. */
  view(agents: ReadonlyMap<number, Tile>, query: BoardQuery, beat = 0): BoardView {
    const inScope = [...agents.values()].filter(
      (tile) => isWithin(tile, query.narrowing) && this.#matches(tile, query.search),
    );
    const places = this.#names.placesOf(mapped(agents.values(), ({ name }) => name));
    const counts = countsOf(inScope, this.#seen);
    this.#seen = seenAfter(this.#seen, counts);
    const tiles = this.#sorted(inScope, query, { compare: comparing(query, places), beat }).filter((tile) =>
      isChosen(tile, query),
    );
    return {
      groups: query.groupsByTeam ? byTeam(tiles) : [{ teamId: null, tiles }],
      shown: tiles.length,
      counts,
      teams: this.#teamsOf(agents),
    };
  }

  /** Names stay where they are; other orders change with the beat, or when something else is asked for. */
  #sorted(
    tiles: readonly Tile[],
    { sortBy, search, narrowing }: BoardQuery,
    { compare, beat }: { readonly compare: Compare; readonly beat: number },
  ): readonly Tile[] {
    if (sortBy === 'name') return tiles.toSorted(compare);
    return this.#order.sorted(tiles, compare, JSON.stringify([sortBy, search, narrowing, beat]));
  }

  /** The same object while it says the same, so that nothing is drawn anew for it. */
  #teamsOf(agents: ReadonlyMap<number, Tile>): Teams {
    const merged = mergedTeams(this.#teams, teamsOf(agents.values()));
    if (JSON.stringify(merged) !== JSON.stringify(this.#teams)) this.#teams = merged;
    return this.#teams;
  }

  #matches({ name }: Tile, search: string): boolean {
    return search.trim() === '' || this.#search.matches(name, search.trim());
  }
}

/** Whether an agent is of the team or department that the board is narrowed to. */
export function isWithin(tile: Tile, narrowing: Narrowing): boolean {
  if (narrowing === null) return true;
  return 'team' in narrowing ? tile.teamId === narrowing.team : tile.department === narrowing.department;
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
