/** What is yet to come for an agent, by SPEC D6: it is as far away as it was when the clock was set ahead. */
import type { ModelAgent } from './agent.ts';
import { lawOf } from './law.ts';

/** Whether anything is, or counts yet, as of a moment. */
export function awaits(agent: ModelAgent, at: number): boolean {
  const { limit, graceUntil, flapping, sessions, flips, person } = agent;
  const windowMs = lawOf(person.organisation).flapWindowSeconds * 1000;
  return (
    limit !== null ||
    graceUntil !== null ||
    flapping !== null ||
    sessions.some(({ lostAt }) => lostAt !== null) ||
    flips.some((flip) => flip + windowMs > at)
  );
}

export function putOff(agent: ModelAgent, byMs: number): Partial<ModelAgent> {
  const later = (at: number | null) => (at === null ? null : at + byMs);
  const { limit, flapping } = agent;
  return {
    ...(limit !== null && {
      dutySince: agent.dutySince + byMs,
      limit: { ...limit, until: limit.until + byMs, overAt: later(limit.overAt) },
    }),
    graceUntil: later(agent.graceUntil),
    platformUntil: later(agent.platformUntil),
    sessions: agent.sessions.map((session) => ({ ...session, lostAt: later(session.lostAt) })),
    flips: agent.flips.map((flip) => flip + byMs),
    flapping: flapping && { ...flapping, until: flapping.until + byMs },
  };
}
