/** What time alone does, by SPEC C2, C3, D1 and D5: nothing here may come early, and nothing may be left out. */
import { changed, connectivityOf, type ModelAgent } from './agent.ts';
import { departed } from './judge.ts';
import { idleMsOf, lawOf } from './law.ts';

/** The newest activity that is known. Where the moment is not known exactly, the earliest and the latest possible. */
export interface Evidence {
  readonly from: number;
  readonly to: number;
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
  /** The activity that it goes by. */
  readonly seen: Evidence;
}

/** All that will happen to the agent if nobody does anything. */
export function alarmsOf(agent: ModelAgent, evidence: Evidence): readonly Alarm[] {
  const law = lawOf(agent.person.organisation);
  const connectivity = connectivityOf(agent);
  if (connectivity === 'disconnected') return [];
  if (agent.graceUntil !== null)
    return [
      { event: 'grace_expired', session: null, at: agent.graceUntil, by: agent.graceUntil, seen: evidence },
    ];
  const alarms: Alarm[] = [];
  for (const { id, lostAt } of agent.sessions) {
    const at = (lostAt ?? Infinity) + law.graceSeconds * 1000;
    if (lostAt !== null) alarms.push({ event: 'session_expired', session: id, at, by: at, seen: evidence });
  }
  const idleMs = idleMsOf(law, agent.duty);
  if (idleMs !== null && agent.idleSince === null)
    alarms.push({
      event: 'became_idle',
      session: null,
      at: evidence.from + idleMs,
      by: evidence.to + idleMs,
      seen: evidence,
    });
  return alarms;
}

/** Whether the agent, who counts as idle, has shown activity since: then it has to end (C2, D1). */
export function stirred(agent: ModelAgent, at: number, now: number): boolean {
  const idleMs = idleMsOf(lawOf(agent.person.organisation), agent.duty);
  return (
    agent.idleSince !== null && at >= agent.idleSince + RESTATED_MS && (idleMs === null || at + idleMs > now)
  );
}

export function rung(
  agent: ModelAgent,
  alarm: Alarm,
  { at, idleSince }: { at: number; idleSince: number },
): ModelAgent {
  switch (alarm.event) {
    case 'grace_expired':
      return changed(agent, { ...departed(agent, at), goneBy: 'disconnect', dutyReason: null }, at);
    case 'session_expired':
      return changed(agent, { sessions: agent.sessions.filter(({ id }) => id !== alarm.session) }, at);
    default:
      return changed(agent, { idleSince }, at);
  }
}

export function awake(agent: ModelAgent, at: number): ModelAgent {
  return changed(agent, { idleSince: null }, at);
}
