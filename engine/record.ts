import { type Axes, INITIAL_CONFIGURATION, INITIAL_CONTEXT, type Mutable } from './axes.ts';
import { OFFLINE } from './catalogue.ts';
import type { Changes, Effective } from './events.ts';
import type { Member } from './member.ts';

/** What is known of one agent. Always committed state: nothing is folded into it before the journal has it. */
export interface AgentRecord extends Axes, Effective {
  readonly member: Member;
  /** Number of the agent's last event; 0 before the first. */
  readonly seq: number;
  /** Time of the agent's last event, epoch milliseconds. */
  readonly lastAt: number;
}

/** An agent of whom nothing has happened yet. */
export function newcomer(member: Member): AgentRecord {
  return copyRecord({
    member,
    seq: 0,
    lastAt: 0,
    ...INITIAL_CONFIGURATION,
    ...INITIAL_CONTEXT,
    status: OFFLINE,
    category: OFFLINE,
    since: 0,
    cause: 'system',
    routable: false,
  });
}

/** The fields that an event may change. */
export const CHANGEABLE = Object.keys({
  ...INITIAL_CONFIGURATION,
  ...INITIAL_CONTEXT,
  status: true,
  category: true,
  since: true,
  cause: true,
  routable: true,
  member: true,
} satisfies Record<keyof Changes, unknown>) as (keyof Changes)[];

/** A copy, to be changed before anybody sees it. Written out, because a spread costs ten times as much. */
export function copyRecord(record: AgentRecord): Mutable<AgentRecord> {
  return {
    member: record.member,
    seq: record.seq,
    lastAt: record.lastAt,
    connectivity: record.connectivity,
    duty: record.duty,
    limit: record.limit,
    activity: record.activity,
    workload: record.workload,
    override: record.override,
    stability: record.stability,
    dutyCode: record.dutyCode,
    dutyCause: record.dutyCause,
    dutyReason: record.dutyReason,
    dutySince: record.dutySince,
    limitUntil: record.limitUntil,
    extendedMs: record.extendedMs,
    overAt: record.overAt,
    sessions: record.sessions,
    graceUntil: record.graceUntil,
    platformUntil: record.platformUntil,
    idleSince: record.idleSince,
    current: record.current,
    max: record.max,
    forced: record.forced,
    queued: record.queued,
    forcedNext: record.forcedNext,
    flips: record.flips,
    isOutByFlip: record.isOutByFlip,
    flapping: record.flapping,
    status: record.status,
    category: record.category,
    since: record.since,
    cause: record.cause,
    routable: record.routable,
  };
}
