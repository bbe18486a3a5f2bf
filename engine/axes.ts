/**
 * The axes of presence (SPEC A1–A3). They are never merged into one field: each has its own region in the
 * statechart, and the effective status is computed from all of them.
 */
export const CATEGORIES = ['available', 'busy', 'away', 'break', 'wrap_up'] as const;

/** What a duty status means for routing, metrics and the graph of transitions. */
export type Category = (typeof CATEGORIES)[number];

/** Which state each region of the statechart is in. */
export interface Configuration {
  readonly connectivity: 'disconnected' | 'connected' | 'reconnecting';
  /** Category of the declared duty; `off` while disconnected. */
  readonly duty: 'off' | Category;
  /** How far the time of the duty has run; `none` where it has no limit. */
  readonly limit: 'none' | 'running' | 'warned' | 'over' | 'escalated';
  readonly activity: 'active' | 'idle';
  readonly workload: 'free' | 'tasked' | 'full';
  readonly override: 'none' | 'forced' | 'held';
  /** `flapping` while the connection comes and goes too often. */
  readonly stability: 'steady' | 'flapping';
}

export type Region = keyof Configuration;

/** The values beside the states. Times are epoch milliseconds. */
export interface Context {
  /** The code that the agent declared; null while disconnected. */
  readonly dutyCode: string | null;
  /** Why the duty is what it is; while disconnected, why the agent is gone. */
  readonly dutyCause: Cause;
  readonly dutyReason: string | null;
  readonly dutySince: number;
  /** When the time of the duty is over; set exactly where it has a limit. */
  readonly limitUntil: number | null;
  /** By how much the agent has extended it, milliseconds. */
  readonly extendedMs: number;
  /** When it was found to be over; null while it isn't. */
  readonly overAt: number | null;
  /** Oldest first. A lost session stays until its grace is over, so that it can be resumed. */
  readonly sessions: readonly Session[];
  /** Set exactly while reconnecting. */
  readonly graceUntil: number | null;
  /** While reconnecting: until when the absence is the platform's and not the agent's; null where it is not. */
  readonly platformUntil: number | null;
  /** Set exactly while idle: the last moment of activity. */
  readonly idleSince: number | null;
  readonly current: number;
  /** Null until the client tells: no limit. */
  readonly max: number | null;
  /** Set exactly while an override stands. */
  readonly forced: Forced | null;
  /** What comes after the task or the wrap-up at hand: the agent's choice, and the supervisor's; null for nothing. */
  readonly queued: Queued | null;
  readonly forcedNext: ForcedNext | null;
  /** When the connection came and went of late, oldest first; none while flapping. */
  readonly flips: readonly number[];
  /** The agent is not connected, by a change that counts: the return will count, too. */
  readonly isOutByFlip: boolean;
  /** Set exactly while flapping: since when, and when it will be over if nothing happens. */
  readonly flapping: { readonly since: number; readonly until: number } | null;
}

/** What made the effective status what it is (SPEC A7). */
export type Cause =
  | 'agent'
  | 'idle'
  | 'capacity'
  | 'override'
  | 'disconnect'
  | 'overrun'
  | 'schedule'
  | 'system';

/** One device or tab of an agent. */
export interface Session {
  /** Globally unique; begins with the name of the node whose gateway holds it. */
  readonly id: string;
  readonly device: string;
  readonly address: string;
  readonly startedAt: number;
  /** Null while its connection lives. */
  readonly lostAt: number | null;
  /** What it lives on (C10); absent where an earlier version wrote it down. */
  readonly lives?: 'on_socket' | 'on_requests';
  /** The log-in session that opened it, or resumed it last; absent where an earlier version wrote it down, of a socket. */
  readonly login?: string;
}

/** A supervisor's override. */
export interface Forced {
  readonly code: string;
  readonly category: Category;
  readonly reason: string;
  /** The supervisor's user id. */
  readonly by: number;
  /** The agent may choose nothing but log-out until it is released; being offline doesn't end it. */
  readonly hold: boolean;
}

/** A status that the agent has chosen for later; `offline` for a log-out. */
export interface Queued {
  readonly code: string;
  readonly category: Category | 'offline';
  readonly reason: string | null;
  /** The agent's user id. */
  readonly by: number;
}

/** An override that waits; `offline` for a log-out. */
export interface ForcedNext extends Omit<Forced, 'category'> {
  readonly category: Category | 'offline';
}

/** Everything that the statechart decides about: states and values. */
export type Axes = Configuration & Context;

/** Something that nobody else has seen yet. */
export type Mutable<Made> = { -readonly [Field in keyof Made]: Made[Field] };

/** How every agent begins: gone. */
export const INITIAL_CONFIGURATION: Configuration = {
  connectivity: 'disconnected',
  duty: 'off',
  limit: 'none',
  activity: 'active',
  workload: 'free',
  override: 'none',
  stability: 'steady',
};

export const INITIAL_CONTEXT: Context = {
  dutyCode: null,
  dutyCause: 'system',
  dutyReason: null,
  dutySince: 0,
  limitUntil: null,
  extendedMs: 0,
  overAt: null,
  sessions: [],
  graceUntil: null,
  platformUntil: null,
  idleSince: null,
  current: 0,
  max: null,
  forced: null,
  queued: null,
  forcedNext: null,
  flips: [],
  isOutByFlip: false,
  flapping: null,
};

export function isLive({ lostAt }: Session): boolean {
  return lostAt === null;
}

export function liveSessions({ sessions }: Context): readonly Session[] {
  return sessions.filter(isLive);
}

/** A copy, to be changed before anybody sees it. Written out, because a spread costs ten times as much. */
export function copyAxes(axes: Axes): Mutable<Axes> {
  return {
    connectivity: axes.connectivity,
    duty: axes.duty,
    limit: axes.limit,
    activity: axes.activity,
    workload: axes.workload,
    override: axes.override,
    stability: axes.stability,
    dutyCode: axes.dutyCode,
    dutyCause: axes.dutyCause,
    dutyReason: axes.dutyReason,
    dutySince: axes.dutySince,
    limitUntil: axes.limitUntil,
    extendedMs: axes.extendedMs,
    overAt: axes.overAt,
    sessions: axes.sessions,
    graceUntil: axes.graceUntil,
    platformUntil: axes.platformUntil,
    idleSince: axes.idleSince,
    current: axes.current,
    max: axes.max,
    forced: axes.forced,
    queued: axes.queued,
    forcedNext: axes.forcedNext,
    flips: axes.flips,
    isOutByFlip: axes.isOutByFlip,
    flapping: axes.flapping,
  };
}
