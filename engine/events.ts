import type { Axes, Category, Cause, Session } from './axes.ts';
import type { CommandId, Input } from './inputs.ts';
import type { Member } from './member.ts';

/**
 * What was decided. An event holds values, not wishes: folding it needs no guard and no catalogue, so a later
 * catalogue or a later version of the code never rewrites what happened (SPEC B9).
 */
export interface AgentEvent {
  readonly type: EventType;
  readonly agent: number;
  readonly organisation: number;
  /** Rises by one with each event of this agent. */
  readonly seq: number;
  /** Epoch milliseconds; never before the agent's previous event. */
  readonly at: number;
  /** The user who did it; absent where nobody did. */
  readonly by?: number;
  readonly reason?: string;
  readonly session?: Pick<Session, 'id' | 'device' | 'address'>;
  readonly command?: CommandId;
  /** The seq that the client knew of, where that is ahead of ours: something was lost (C9). */
  readonly ahead?: number;
  /** Why the effective status changed, and from which; absent where it stayed. */
  readonly cause?: Cause;
  readonly previous?: string;
  /** What is to be done about it. */
  readonly effects?: readonly Effect[];
  /** The fields of the record that changed, with their new values. */
  readonly set: Partial<Changes>;
}

/** All that an event may change of a record. */
export interface Changes extends Axes, Effective {
  readonly member: Member;
}

/** What everybody sees of the axes (SPEC A4, A6). */
export interface Effective {
  readonly status: string;
  readonly category: Category | 'offline';
  /** Epoch milliseconds; moves only with `status`. */
  readonly since: number;
  readonly cause: Cause;
  readonly routable: boolean;
}

/**
 * What an event asks for: of the agent's gateways, to close the sockets of an agent who logged out, and to tell the
 * agent; and that the agent's supervisors be told.
 */
export const EFFECTS = [
  'dismiss',
  'notify_forced',
  'notify_released',
  'notify_break_ending',
  'notify_break_over',
  'notify_supervisors',
] as const;
export type Effect = (typeof EFFECTS)[number];

/** Their order is the journal's format: a new one goes to the end, and none is ever taken away. */
const PAST_TENSE = {
  open: 'session_opened',
  lose: 'session_lost',
  expire: 'session_expired',
  grace: 'grace_expired',
  restart: 'engine_restarted',
  freeze: 'platform_frozen',
  leave: 'logged_out',
  choose: 'status_chosen',
  queue: 'status_queued',
  idle: 'became_idle',
  active: 'became_active',
  work: 'workload_changed',
  force: 'status_forced',
  queue_force: 'force_queued',
  release: 'override_released',
  extend: 'break_extended',
  warn: 'limit_near',
  overrun: 'limit_over',
  escalate: 'limit_escalated',
  steady: 'flapping_ended',
  profile: 'profile_changed',
  review: 'law_applied',
  lapse: 'session_lapsed',
  postpone: 'clock_set_ahead',
} as const satisfies Record<Input['type'], string>;

export type EventType = (typeof PAST_TENSE)[Input['type']];

export const EVENT_TYPES: readonly EventType[] = Object.values(PAST_TENSE);

export function eventType(input: Input): EventType {
  return PAST_TENSE[input.type];
}
