/**
 * The states to compare in, and what XState itself says of each stimulus there (SPEC B2).
 *
 * Reachable is all that an agent can get into, from the first log-in on. Where two regions do the same at the same
 * time, nobody can see there that only one of them does it: so each region is also looked at alone, as if the agent
 * had no other, with values that don't belong to its state.
 */
import { createMachine, transition } from 'xstate';
import {
  type Axes,
  CATEGORIES,
  type Configuration,
  type Context,
  type ForcedNext,
  INITIAL_CONFIGURATION,
  INITIAL_CONTEXT,
  type Queued,
  type Region,
  type Session,
} from '../../engine/axes.ts';
import { type DutyStatus, OFFLINE } from '../../engine/catalogue.ts';
import type { Stimulus } from '../../engine/inputs.ts';
import { machine } from '../../engine/machine.ts';
import { livesOnRequests } from '../../engine/sessions.ts';
import { DUTIES, isLimited, latestOf, NO_DUTY, stimuliFor } from './stimuli.ts';

export interface Edge {
  /** The only region that there is; null where there are all. */
  readonly region: Region | null;
  readonly from: Axes;
  readonly stimulus: Stimulus;
  /** What follows: states, values, and what is to be done. */
  readonly to: Axes;
  readonly effects: readonly string[];
}

export interface Graph {
  readonly states: readonly Axes[];
  readonly edges: readonly Edge[];
}

/** Each region's states, as the statechart has them. */
export const STATES = Object.fromEntries(
  Object.entries(machine.states).map(([region, { states }]) => [region, Object.keys(states)]),
) as unknown as Readonly<Record<Region, readonly string[]>>;
export const REGIONS = Object.keys(STATES) as readonly Region[];

/** An agent whom nobody has seen yet. */
export const FIRST: Axes = { ...INITIAL_CONFIGURATION, ...INITIAL_CONTEXT };
/** More sessions than these are like these: two that live, on a socket or on requests, and one that is lost. */
const MOST_LIVE = 2;
const MOST_LOST = 1;

export function reachable(): Graph {
  const states = [FIRST];
  const known = new Set(keysOf(FIRST));
  const edges: Edge[] = [];
  // Those that are found on the way are looked at, too.
  for (const from of states)
    for (const edge of edgesFrom(from, { chart: machine, region: null, named: DUTIES })) {
      edges.push(edge);
      const news = keysOf(edge.to).filter((key) => !known.has(key));
      if (news.length === 0 || edge.to.sessions.length > MOST_LIVE + MOST_LOST) continue;
      for (const key of news) known.add(key);
      states.push(edge.to);
    }
  return { states, edges };
}

export function alone(): Graph {
  const graphs = REGIONS.map((region) => {
    const states = STATES[region].flatMap((state) =>
      [...ALONE, ...(MORE[region] ?? [])].map((context) => ({
        ...INITIAL_CONFIGURATION,
        ...context,
        [region]: state,
      })),
    );
    const asked = { chart: chartOf(region), region, named: [...DUTIES, NO_DUTY] };
    return { states, edges: states.flatMap((from) => [...edgesFrom(from, asked)]) };
  });
  return { states: graphs.flatMap(({ states }) => states), edges: graphs.flatMap(({ edges }) => edges) };
}

export function configurationOf(axes: Axes): string {
  return REGIONS.map((region) => axes[region]).join(' ');
}

/**
 * What tells reachable states apart for some guard: each of these, not all that they could be together. A state is
 * looked at that shows one of them for the first time.
 */
function keysOf(axes: Axes): readonly string[] {
  const { connectivity, duty, limit, activity, workload, override, stability } = axes;
  const { max, dutyCode, queued, forcedNext, flips, isOutByFlip, platformUntil } = axes;
  const live = Math.min(MOST_LIVE, axes.sessions.filter(({ lostAt }) => lostAt === null).length);
  const lost = Math.min(MOST_LOST, axes.sessions.filter(({ lostAt }) => lostAt !== null).length);
  const requests = axes.sessions.filter(livesOnRequests).length;
  const sessions = [connectivity, live, lost, requests];
  const isExtended = axes.extendedMs > 0;
  const isTasked = axes.current > 0;
  const next = queued && nextOf(queued);
  const waiting = forcedNext && [forcedNext.category === OFFLINE, forcedNext.hold].join(' ');
  const wait = [duty === 'wrap_up', isTasked];
  return [
    [connectivity, duty, activity, workload, override],
    [...sessions, max === null],
    [...sessions, activity],
    [...sessions, override, waiting],
    [...sessions, limit, isExtended],
    [dutyCode, limit, isExtended],
    [duty, limit, activity],
    [duty, limit, override],
    [duty, limit, isTasked],
    [duty, isTasked, queued?.category, next],
    [...wait, limit, next],
    [...wait, connectivity, activity, next === OFFLINE, waiting],
    [...wait, workload, next === OFFLINE, waiting],
    [...wait, connectivity, override, next === OFFLINE, waiting],
    [...wait, limit, waiting],
    [connectivity, stability, flips.length, isOutByFlip, platformUntil === null],
    [...sessions, stability],
    [live === requests, requests, duty],
    [live === requests, requests, workload],
    [live === requests, requests, override, waiting],
    [live === requests, requests, override, isTasked],
  ].map((aspects, at) => [at, ...aspects].join(' '));
}

function nextOf({ code }: Queued): string {
  if (code === OFFLINE) return code;
  return isLimited(code) ? 'limited' : 'unlimited';
}

/** Of what statechart, and with which statuses in the stimuli. */
interface Asked {
  readonly chart: typeof machine;
  readonly region: Region | null;
  readonly named: readonly DutyStatus[];
}

/** What follows in a state of each stimulus. */
export function* edgesFrom(from: Axes, { chart, region, named }: Asked): Generator<Edge> {
  const { connectivity, duty, limit, activity, workload, override, stability, ...context } = from;
  const all = { connectivity, duty, limit, activity, workload, override, stability };
  const before = chart.resolveState({ value: region === null ? all : { [region]: all[region] }, context });
  for (const stimulus of stimuliFor(from, named)) {
    const [after, actions] = transition(chart, before, stimulus);
    const moved = after.value as unknown as Partial<Configuration>;
    const to = { ...all, ...moved, ...after.context };
    yield { region, from, stimulus, to, effects: actions.map(({ type }) => type) };
  }
}

/** The statechart with no region but this one. */
function chartOf(region: Region): typeof machine {
  const config = { ...machine.config, states: { [region]: machine.config.states?.[region] } };
  return createMachine(config as object, machine.implementations as object) as unknown as typeof machine;
}

const BEFORE = latestOf(FIRST) - 1000;
const session = (id: string, lostAt: number | null): Session => ({
  id,
  device: `device of ${id}`,
  address: `address of ${id}`,
  startedAt: BEFORE,
  lostAt,
});
/** As an earlier version wrote it, and as one of today does. */
const REQUESTS: Session = { ...session('on requests', null), login: 'a log-in' };
const SOCKET: Session = { ...session('live', null), lives: 'on_socket', login: 'a log-in' };
const LOST: Session = { ...session('lost, too', BEFORE + 2), lives: 'on_socket', login: 'another log-in' };
/** Every value is set. */
const LAID_OUT: Context = {
  dutyCode: 'errand',
  dutyCause: 'schedule',
  dutyReason: 'none of these',
  dutySince: BEFORE + 1,
  limitUntil: BEFORE + 60_000,
  extendedMs: 7000,
  overAt: null,
  sessions: [session('live', null), session('lost', BEFORE + 2), REQUESTS],
  graceUntil: BEFORE + 3,
  platformUntil: BEFORE + 3,
  idleSince: BEFORE + 4,
  current: 7,
  max: 9,
  forced: { code: 'nap', category: 'break', reason: 'none of these', by: 8, hold: false },
  queued: { code: 'lounge', category: 'away', reason: 'for later', by: 5 },
  forcedNext: { code: 'notes', category: 'wrap_up', reason: 'for later, too', by: 6, hold: false },
  flips: [BEFORE, BEFORE + 2],
  isOutByFlip: true,
  flapping: { since: BEFORE + 1, until: BEFORE + 90_000 },
};
/** Nothing is set but the duty, without which nothing may be chosen, and the work. */
const BARE: Context = { ...INITIAL_CONTEXT, dutyCode: 'errand', current: 7, max: 9 };
const HERE = { ...LAID_OUT, graceUntil: null };
const ON_REQUESTS = { ...HERE, sessions: [REQUESTS] };
const WRAPPED_UP = { ...HERE, dutyCode: 'notes', current: 0 };
const LOG_OUT = { code: OFFLINE, category: OFFLINE, reason: 'enough', by: 4 } as const;
const HELD = { ...LAID_OUT.forcedNext, hold: true } as ForcedNext;
/** For every region. */
const ALONE: readonly Context[] = [
  LAID_OUT,
  HERE,
  { ...HERE, overAt: BEFORE + 5 },
  { ...LAID_OUT, dutyCode: 'nap', extendedMs: 0 },
  { ...LAID_OUT, dutyCode: null },
  { ...HERE, sessions: [] },
  ON_REQUESTS,
  { ...HERE, sessions: [session('live', null)] },
  { ...HERE, sessions: [SOCKET, LOST] },
  { ...LAID_OUT, sessions: [LOST] },
  { ...LAID_OUT, sessions: [LOST, session('lost', BEFORE + 2)] },
  { ...LAID_OUT, isOutByFlip: false },
  { ...HERE, queued: LOG_OUT },
  { ...WRAPPED_UP, forcedNext: { ...LOG_OUT, hold: false } },
  BARE,
];
const EACH_QUEUED = DUTIES.slice(0, CATEGORIES.length).map(({ code, category }): Context => {
  return { ...HERE, queued: { code, category, reason: 'one of each', by: 5 } };
});
const EACH_WAITING = [LAID_OUT, HERE, WRAPPED_UP, ON_REQUESTS].flatMap((context): Context[] => [
  { ...context, forcedNext: HELD },
  { ...context, forcedNext: HELD, queued: LOG_OUT },
  { ...context, forcedNext: { ...LOG_OUT, hold: true } },
  { ...context, forcedNext: null, queued: LOG_OUT },
  { ...context, forced: null },
]);
/** For those that look at more. */
const MORE: Readonly<Partial<Record<Region, readonly Context[]>>> = {
  duty: EACH_QUEUED,
  limit: EACH_QUEUED,
  override: EACH_WAITING,
  stability: [
    { ...LAID_OUT, flips: [], sessions: [session('live', null)] },
    { ...LAID_OUT, flips: [] },
  ],
};
