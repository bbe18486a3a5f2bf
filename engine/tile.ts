import type { Category, Cause, Configuration } from './axes.ts';
import { shownConnectivity, shownGraceUntil } from './flips.ts';
import type { AgentRecord } from './record.ts';

/** An agent as boards show it. `basic` is what every colleague may see; `full` adds what supervisors and oneself may. */
export type View = 'basic' | 'full';

/** Times are epoch milliseconds. */
export interface Tile {
  readonly id: number;
  readonly name: string;
  readonly teamId: number | null;
  readonly department: string | null;
  /** Effective code. */
  readonly status: string;
  /** Category of the effective code. */
  readonly category: Category | 'offline';
  /** Moves only with `status`. */
  readonly since: number;
  /** Who is connected but flaps counts as reconnecting (C8). */
  readonly connectivity: Configuration['connectivity'];
  /** While reconnecting: when the agent counts as gone; or, who flaps, as connected. */
  readonly graceUntil?: number;
  readonly routable: boolean;
  readonly seq: number;
}

export interface FullTile extends Tile {
  /** Declared code; null while offline. */
  readonly duty: string | null;
  readonly cause: Cause;
  /** User id of whoever made the status what it is; absent where nobody did. */
  readonly by?: number;
  readonly reason?: string;
  /** When the time of the duty is over, where it has a limit. */
  readonly deadline?: number;
  readonly idleSince?: number;
  /** The agent may choose nothing but log-out. */
  readonly held?: true;
  readonly current: number;
  readonly max: number | null;
  /** The code that comes after the task or the wrap-up at hand. */
  readonly queued?: string;
}

export function tileOf(record: AgentRecord, view: 'full'): FullTile;
export function tileOf(record: AgentRecord, view: View): Tile;
export function tileOf(record: AgentRecord, view: View): Tile | FullTile {
  const { member } = record;
  const graceUntil = shownGraceUntil(record);
  const basic: Tile = {
    id: member.id,
    name: member.name,
    teamId: member.teamId,
    department: member.department,
    status: record.status,
    category: record.category,
    since: record.since,
    connectivity: shownConnectivity(record),
    ...(graceUntil !== null && { graceUntil }),
    routable: record.routable,
    seq: record.seq,
  };
  if (view === 'basic') return basic;
  const { by, reason } = authorship(record);
  const queued = record.forcedNext ?? record.queued;
  return Object.assign(basic, {
    duty: record.dutyCode,
    cause: record.cause,
    ...(by !== null && { by }),
    ...(reason !== null && { reason }),
    ...(record.limitUntil !== null && { deadline: record.limitUntil }),
    ...(record.idleSince !== null && { idleSince: record.idleSince }),
    ...(record.override === 'held' && { held: true }),
    current: record.current,
    max: record.max,
    ...(queued !== null && { queued: queued.code }),
  });
}

/** Who made the effective status what it is, and why: of the axis that won. A hold outlasts the log-out, but isn't it. */
function authorship(record: AgentRecord): { readonly by: number | null; readonly reason: string | null } {
  switch (record.cause) {
    case 'override':
      return record.forced === null || record.connectivity === 'disconnected'
        ? { by: null, reason: record.dutyReason }
        : record.forced;
    case 'agent':
      return { by: record.member.id, reason: record.dutyReason };
    default:
      return { by: null, reason: null };
  }
}
