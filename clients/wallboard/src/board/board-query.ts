/**
 * What a board shows and how, as the address says it: a link, a bookmark or a screen's start page keeps it. Whatever
 * an address says that can't be understood is left out; what the board doesn't know in it stays where it is.
 */
import type { Category } from '../../../../api/contract/tile.ts';
import { CATEGORY_ORDER } from './status-style.ts';

export type SortBy = 'name' | 'status' | 'longest';
export type Density = 'comfortable' | 'compact';
/** Narrows beside the statuses: both must hold. */
export type Mark = 'routable' | 'reconnecting';
/** Whose tiles; null for everybody's. */
export type Narrowing = { readonly team: number } | { readonly department: string } | null;

export interface BoardQuery {
  /** Part of a name. */
  readonly search: string;
  readonly narrowing: Narrowing;
  /** Chosen categories and statuses: an agent in any of them is shown. None chosen: all are. */
  readonly categories: ReadonlySet<Category>;
  readonly statuses: ReadonlySet<string>;
  readonly marks: ReadonlySet<Mark>;
  readonly hidesOffline: boolean;
  readonly sortBy: SortBy;
  readonly groupsByTeam: boolean;
  readonly density: Density;
}

export const EVERYTHING: BoardQuery = {
  search: '',
  narrowing: null,
  categories: new Set(),
  statuses: new Set(),
  marks: new Set(),
  hidesOffline: false,
  sortBy: 'name',
  groupsByTeam: false,
  density: 'comfortable',
};

const MARKS: readonly Mark[] = ['routable', 'reconnecting'];
const SORTS: readonly SortBy[] = ['name', 'status', 'longest'];
const MAX_TEXT = 100;

/** Reads the part of an address from `?` on. */
export function queryOf(search: string): BoardQuery {
  const params = new URLSearchParams(search);
  return {
    search: (params.get('q') ?? '').slice(0, MAX_TEXT),
    narrowing: narrowingOf(params),
    categories: new Set(listed(params, 'category').filter(isOneOf(CATEGORY_ORDER))),
    statuses: new Set(listed(params, 'status')),
    marks: new Set(listed(params, 'only').filter(isOneOf(MARKS))),
    hidesOffline: params.get('offline') === 'hide',
    sortBy: [params.get('sort') ?? ''].find(isOneOf(SORTS)) ?? EVERYTHING.sortBy,
    groupsByTeam: params.get('group') === 'team',
    density: params.get('density') === 'compact' ? 'compact' : 'comfortable',
  };
}

/** Writes a query into an address's parameters, `?` included where there are any; what is usual is left out. */
export function searchOf(query: BoardQuery, before = ''): string {
  const params = new URLSearchParams(before);
  const { narrowing } = query;
  const values: Readonly<Record<string, string>> = {
    q: query.search.trim(),
    team: narrowing !== null && 'team' in narrowing ? String(narrowing.team) : '',
    department: narrowing !== null && 'department' in narrowing ? narrowing.department : '',
    category: [...query.categories].join(','),
    status: [...query.statuses].join(','),
    only: [...query.marks].join(','),
    offline: query.hidesOffline ? 'hide' : '',
    sort: query.sortBy === EVERYTHING.sortBy ? '' : query.sortBy,
    group: query.groupsByTeam ? 'team' : '',
    density: query.density === EVERYTHING.density ? '' : query.density,
  };
  for (const [name, value] of Object.entries(values)) {
    if (value === '') params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString().replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}

/** Whether the query leaves agents of its scope out. */
export function isFiltering(query: BoardQuery): boolean {
  return (
    query.search.trim() !== '' ||
    query.categories.size + query.statuses.size + query.marks.size > 0 ||
    query.hidesOffline
  );
}

/** The same query, with all agents of its scope shown again. */
export function withoutFilters(query: BoardQuery): BoardQuery {
  const { search, categories, statuses, marks, hidesOffline } = EVERYTHING;
  return { ...query, search, categories, statuses, marks, hidesOffline };
}

/** The set with the member, or without it where it had it. */
export function toggled<Member>(set: ReadonlySet<Member>, member: Member): ReadonlySet<Member> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}

function narrowingOf(params: URLSearchParams): Narrowing {
  const team = params.get('team') ?? '';
  if (/^\d{1,9}$/.test(team)) return { team: Number(team) };
  const department = (params.get('department') ?? '').slice(0, MAX_TEXT).trim();
  return department === '' ? null : { department };
}

function listed(params: URLSearchParams, name: string): string[] {
  return (params.get(name) ?? '').split(',').filter((entry) => entry !== '' && entry.length <= MAX_TEXT);
}

function isOneOf<Value extends string>(values: readonly Value[]): (text: string) => text is Value {
  return (text): text is Value => (values as readonly string[]).includes(text);
}
