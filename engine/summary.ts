import { CATEGORIES, type Category, type Configuration } from './axes.ts';
import type { PlatformIncident } from './freezes.ts';
import type { Member } from './member.ts';
import type { AgentRecord } from './record.ts';
import type { Tally } from './tally.ts';
import type { View } from './tile.ts';

/** How many agents are what. */
export interface Counts {
  readonly total: number;
  readonly routable: number;
  /** By effective code. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byCategory: Readonly<Record<Category | 'offline', number>>;
  readonly byConnectivity: Readonly<Record<Configuration['connectivity'], number>>;
}

/** An agent, and since when; epoch milliseconds. */
export interface Since {
  readonly id: number;
  readonly name: string;
  readonly since: number;
}

/** A scope at a glance. The same agents in the same state give the same text. */
export interface Summary extends Counts {
  /** Those of each team that has somebody in the scope, by its id; those without a team last. */
  readonly teams: readonly (Counts & { readonly teamId: number | null })[];
  /** Who has had each status longest; of those who are offline it isn't told. */
  readonly longest: Readonly<Record<string, Since>>;
  /** Whose break or wrap-up is over, and since when; who they are is for those alone who see them in full. */
  readonly overruns: { readonly count: number; readonly agents?: readonly Since[] };
  /** What is wrong with the platform, and then with agents' connections, until it ends. */
  readonly incidents: readonly Incident[];
}

/** Times are epoch milliseconds. */
export type Incident =
  | PlatformIncident
  /** Who it is about is for those alone who see the agent in full. */
  | {
      readonly kind: 'flapping';
      readonly since: number;
      readonly agent?: Pick<Member, 'id' | 'name'>;
    };

/** So many of those whose time is over, or who flap, are told of one by one: the longest first. */
const MAX_TOLD = 100;

/** What tallies of different agents come to. */
export function summaryOf(
  tallies: readonly Tally[],
  { view, platform }: { readonly view: View; readonly platform: PlatformIncident | null },
): Summary {
  return {
    ...countsOf(tallies),
    teams: byTeam(tallies).map(([teamId, ofTeam]) => ({ teamId, ...countsOf(ofTeam) })),
    longest: longestOf(tallies),
    overruns: overrunsOf(tallies, view),
    incidents: [...(platform === null ? [] : [platform]), ...flappingOf(tallies, view)],
  };
}

function countsOf(tallies: readonly Tally[]): Counts {
  const byStatus = new Map<string, number>();
  const byCategory = { ...NO_CATEGORY };
  const byConnectivity = { connected: 0, reconnecting: 0, disconnected: 0 };
  let total = 0;
  let routable = 0;
  for (const tally of tallies) {
    total += tally.size;
    routable += tally.routable;
    for (const [code, { category, count }] of tally.statuses) {
      if (count === 0) continue;
      byStatus.set(code, (byStatus.get(code) ?? 0) + count);
      byCategory[category] += count;
    }
    for (const state of CONNECTIVITIES) byConnectivity[state] += tally.connectivity[state];
  }
  return { total, routable, byStatus: inOrder(byStatus), byCategory, byConnectivity };
}

const NO_CATEGORY = Object.fromEntries([...CATEGORIES, 'offline'].map((category) => [category, 0])) as Record<
  AgentRecord['category'],
  number
>;
const CONNECTIVITIES = ['connected', 'reconnecting', 'disconnected'] as const;

function byTeam(tallies: readonly Tally[]): [number | null, Tally[]][] {
  const teams = new Map<number | null, Tally[]>();
  for (const tally of tallies) {
    const ofTeam = teams.get(tally.place.teamId);
    if (ofTeam === undefined) teams.set(tally.place.teamId, [tally]);
    else ofTeam.push(tally);
  }
  return [...teams].sort(([a], [b]) => (a ?? Infinity) - (b ?? Infinity));
}

function longestOf(tallies: readonly Tally[]): Record<string, Since> {
  const longest = new Map<string, Since>();
  for (const tally of tallies) {
    for (const [code, status] of tally.statuses) {
      const [since, id] = status.longest?.first() ?? [];
      if (since === undefined || id === undefined) continue;
      const present = longest.get(code);
      if (present === undefined || since < present.since || (since === present.since && id < present.id))
        longest.set(code, sinceOf(tally, id, since));
    }
  }
  return inOrder(longest);
}

function overrunsOf(tallies: readonly Tally[], view: View): Summary['overruns'] {
  const count = tallies.reduce((sum, { overdue }) => sum + overdue.size, 0);
  return view === 'basic' ? { count } : { count, agents: longestFirst(tallies, ({ overdue }) => overdue) };
}

function flappingOf(tallies: readonly Tally[], view: View): readonly Incident[] {
  return longestFirst(tallies, ({ flapping }) => flapping).map(({ id, name, since }) => ({
    kind: 'flapping',
    since,
    ...(view === 'full' && { agent: { id, name } }),
  }));
}

/** Of some agents of each tally, with since when they are it. */
function longestFirst(
  tallies: readonly Tally[],
  sinces: (tally: Tally) => ReadonlyMap<number, number>,
): readonly Since[] {
  return tallies
    .flatMap((tally) => Array.from(sinces(tally), ([id, since]) => ({ tally, id, since })))
    .sort((a, b) => a.since - b.since || a.id - b.id)
    .slice(0, MAX_TOLD)
    .map(({ tally, id, since }) => sinceOf(tally, id, since));
}

function sinceOf(tally: Tally, id: number, since: number): Since {
  return { id, name: tally.nameOf(id), since };
}

function inOrder<Value>(values: ReadonlyMap<string, Value>): Record<string, Value> {
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}
