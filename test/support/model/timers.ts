/** What time alone does, by SPEC C2, C3, D1–D5: nothing here may come early, and nothing may be left out. */
import { changed, connectivityOf, flipped, isWrappingUp, type ModelAgent, onDuty } from './agent.ts';
import { departed, due, without } from './judge.ts';
import { frozenUntil, type ModelFreeze } from './platform.ts';
import { categoryOf, idleMsOf, isDuty, lawOf, statusOf } from './law.ts';

/** The newest activity that is known. Where the moment is not known exactly, the earliest and the latest possible. */
export interface Evidence {
  readonly from: number;
  readonly to: number;
  /** When each session on requests had the last one. */
  readonly requests: ReadonlyMap<string, number>;
}

/** Activity told again may differ by so much from the first telling. */
const RESTATED_MS = 1000;

export interface Alarm {
  /** The name that the history gives it. */
  readonly event: string;
  readonly session: string | null;
  /** Not before that. */
  readonly at: number;
  /** Due by then. */
  readonly by: number;
  /** And only before that: afterwards it has nothing to say any more. */
  readonly before: number;
  /** Timers stand still for the agent from then on, and so long: it doesn't come meanwhile. */
  readonly not: ModelFreeze | null;
  /** The activity that it goes by. */
  readonly seen: Evidence;
}

/** The wheel's seconds and those of the timer that turns it need not fall together. */
export const LATE_MS = 2000;

const WARNED_MS = 120_000;
const ESCALATED_MS = 60_000;

/** How far apart two readings of the same end may lie. */
const AGREEING_MS = 1000;

/** All that will happen to the agent if nobody does anything. */
export function alarmsOf(
  agent: ModelAgent,
  evidence: Evidence,
  freeze: ModelFreeze | null,
): readonly Alarm[] {
  const law = lawOf(agent.person.organisation);
  const alarm = (event: string, at: number, more: Partial<Alarm> = {}): Alarm => {
    return { event, session: null, at, by: at, before: Infinity, not: null, seen: evidence, ...more };
  };
  const { flapping } = agent;
  const alarms = flapping === null ? [] : [alarm('flapping_ended', flapping.until)];
  if (connectivityOf(agent) === 'disconnected') return alarms;
  if (agent.graceUntil !== null) {
    const frozen = freeze && frozenUntil(agent, freeze, freeze.since);
    if (freeze !== null && frozen !== null && frozen >= (agent.platformUntil ?? 0) + AGREEING_MS)
      alarms.push(alarm('platform_frozen', freeze.since, { before: frozen }));
    return [...alarms, alarm('grace_expired', agent.graceUntil)];
  }
  for (const { id, lostAt, isOnRequests } of agent.sessions) {
    if (lostAt !== null)
      alarms.push(alarm('session_expired', lostAt + law.graceSeconds * 1000, { session: id }));
    const requestedAt = evidence.requests.get(id);
    if (isOnRequests && requestedAt !== undefined)
      alarms.push(
        alarm('session_lapsed', requestedAt + law.sessionIdleMinutes * 60_000, {
          session: id,
          not: freeze,
        }),
      );
  }
  const idleMs = idleMsOf(law, agent.duty);
  if (idleMs !== null && agent.idleSince === null)
    alarms.push(alarm('became_idle', evidence.from + idleMs, { by: evidence.to + idleMs, not: freeze }));
  const { limit } = agent;
  if (limit === null) return alarms;
  const { until, overAt } = limit;
  const warnAt = until - WARNED_MS;
  const isWarning = !limit.isWarned && warnAt > agent.dutySince;
  if (overAt === null) {
    alarms.push(alarm('limit_over', until));
    if (isWarning && categoryOf(law, agent.duty) !== 'wrap_up')
      alarms.push(alarm('limit_near', warnAt, { before: until }));
  } else if (!limit.isEscalated) alarms.push(alarm('limit_escalated', overAt + ESCALATED_MS));
  return alarms;
}

/** When what is due then comes: what was tried before the freeze, and could not be written, waits for its end as well. */
export function standing(agent: ModelAgent, freeze: ModelFreeze | null, dueAt: number): number {
  return Math.max(dueAt, (freeze && frozenUntil(agent, freeze, freeze.since)) ?? dueAt);
}

/** Whether the agent, who counts as idle, has shown activity since: then it has to end (C2, D1). */
export function stirred(agent: ModelAgent, at: number, now: number): boolean {
  const idleMs = idleMsOf(lawOf(agent.person.organisation), agent.duty);
  return (
    agent.idleSince !== null && at >= agent.idleSince + RESTATED_MS && (idleMs === null || at + idleMs > now)
  );
}

/** What came of it, and what is to be done. */
export interface Rung {
  readonly after: ModelAgent;
  readonly effects: readonly string[];
}

export function rung(
  agent: ModelAgent,
  alarm: Alarm,
  { at, idleSince, freeze }: { at: number; idleSince: number; freeze: ModelFreeze | null },
): Rung {
  const become = (changes: Partial<ModelAgent>, ...effects: string[]): Rung => ({
    after: changed(agent, changes, at),
    effects,
  });
  const { limit } = agent;
  switch (alarm.event) {
    case 'grace_expired': {
      const flip = agent.isOutByFlip ? flipped(agent, at) : {};
      return become({
        ...departed(agent, at),
        isOutByFlip: agent.isOutByFlip,
        ...flip,
        goneBy: 'disconnect',
        dutyReason: null,
      });
    }
    case 'platform_frozen': {
      const until = frozenUntil(agent, freeze, at) ?? NaN;
      const graceUntil = Math.max(agent.graceUntil ?? NaN, until);
      return become({ graceUntil, platformUntil: until, isOutByFlip: false });
    }
    case 'flapping_ended':
      return become({ flapping: null });
    case 'session_expired':
      return become({ sessions: agent.sessions.filter(({ id }) => id !== alarm.session) });
    case 'session_lapsed':
      return become(without(agent, alarm.session ?? '', at));
    case 'limit_near':
      return become({ limit: limit && { ...limit, isWarned: true } }, 'notify_break_ending');
    case 'limit_escalated':
      return become({ limit: limit && { ...limit, isEscalated: true } }, 'notify_supervisors');
    case 'limit_over':
      return overrun();
    default:
      return become({ idleSince });
  }

  /** A8, D2, D3, D4. */
  function overrun(): Rung {
    const law = lawOf(agent.person.organisation);
    const isWrapUp = isWrappingUp(agent);
    const came = isWrapUp ? due(agent, at) : null;
    if (came?.isGone === true || (came !== null && agent.queued !== null))
      return become(came.changes, ...came.effects);
    const agreed = statusOf(law, agent.duty ?? '')?.overrun ?? 'alert';
    const told = isWrapUp ? [] : ['notify_break_over'];
    if (agreed === 'log_out')
      return become({ ...departed(agent, at), goneBy: 'overrun', dutyReason: null }, 'dismiss', ...told);
    const isSet = agreed !== 'alert' && isDuty(statusOf(law, agreed.set));
    const code = isSet ? agreed.set : isWrapUp ? 'available' : null;
    if (code === null) return become({ limit: limit && { ...limit, overAt: at } }, ...told);
    const queued = code === agent.queued?.code ? null : agent.queued;
    const turned = { ...onDuty(agent, { code, reason: null, by: 'overrun' }, at), queued };
    return become({ ...turned, ...came?.changes }, ...told, ...(came?.effects ?? []));
  }
}

export function awake(agent: ModelAgent, at: number): ModelAgent {
  return changed(agent, { idleSince: null }, at);
}
