/** What time alone brings an agent next. Pure: whoever arms the timing wheel asks, and asks again when it comes. */
import type { Session } from './axes.ts';
import { dutyIdleLimitMs, ESCALATED_MS, warnedAt } from './duties.ts';
import type { Input } from './inputs.ts';
import { graceMs, type Law, sessionIdleMs } from './law.ts';
import type { AgentRecord } from './record.ts';
import { livesOnRequests } from './sessions.ts';

/** What is known beside the record when it is asked what comes next; epoch milliseconds. */
export interface Moment {
  readonly now: number;
  readonly law: Law;
  /** When the agent was last seen active. */
  readonly activeAt: number;
  /** Until when the organisation's timers stand still for this agent; null while they run. */
  readonly frozenUntil: number | null;
  /** When a session on requests has had the last one. */
  readonly requestedAt: (session: string) => number;
}

/** The earliest moment at which time alone changes something, epoch milliseconds, and what it is; null for never. */
export function nextDeadline(record: AgentRecord, moment: Moment): Deadline | null {
  const { flapping, graceUntil } = record;
  const deadlines: Deadline[] = [];
  if (flapping !== null) deadlines.push({ at: flapping.until, input: { type: 'steady' } });
  if (graceUntil === null) deadlines.push(...deadlinesHere(record, moment));
  else deadlines.push({ at: graceUntil, input: { type: 'grace' } });
  return deadlines.reduce<Deadline | null>(
    (first, next) => (first === null || next.at < first.at ? next : first),
    null,
  );
}

/** Those that wait while the agent reconnects. */
function deadlinesHere(record: AgentRecord, moment: Moment): readonly Deadline[] {
  const { law, activeAt, frozenUntil } = moment;
  const deadlines: Deadline[] = record.sessions.flatMap((session) => sessionDeadline(session, moment) ?? []);
  const idleMs = record.activity === 'active' ? dutyIdleLimitMs(record, law) : null;
  if (idleMs !== null) {
    const at = Math.max(activeAt + idleMs, frozenUntil ?? 0);
    deadlines.push({ at, input: { type: 'idle', since: activeAt } });
  }
  const limit = limitDeadline(record, moment);
  if (limit !== null) deadlines.push(limit);
  return deadlines;
}

/** When a session that is lost can't be resumed any more, or one on requests has had none for too long. */
function sessionDeadline(session: Session, { law, frozenUntil, requestedAt }: Moment): Deadline | null {
  if (session.lostAt !== null)
    return { at: session.lostAt + graceMs(law), input: { type: 'expire', session: session.id } };
  const { id, login } = session;
  if (login === undefined || !livesOnRequests(session)) return null;
  const since = requestedAt(id);
  const at = Math.max(since + sessionIdleMs(law), frozenUntil ?? 0);
  return { at, input: { type: 'lapse', session: id, login, since } };
}

/** What the limit of the duty has next. */
function limitDeadline(record: AgentRecord, { now, law }: Moment): Deadline | null {
  const { limit, limitUntil, overAt } = record;
  if (limitUntil === null || limit === 'escalated') return null;
  if (overAt !== null) return { at: overAt + ESCALATED_MS, input: { type: 'escalate' } };
  // Who comes back after the end is told of the end alone.
  const warned = limit === 'running' && now < limitUntil ? warnedAt(record, law) : null;
  return warned === null
    ? { at: limitUntil, input: { type: 'overrun' } }
    : { at: warned, input: { type: 'warn' } };
}

export interface Deadline {
  readonly at: number;
  readonly input: Input;
}
