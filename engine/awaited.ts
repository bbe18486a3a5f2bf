/**
 * What an agent's record tells of as yet to come: the ends of a break, of a grace, of flapping, and what counts for a
 * while. All of it together can be moved: to who is told by the clock how late it is, nothing has come nearer when the
 * clock was set ahead (D6). Pure.
 */
import { flapWindowMs, type Law } from './law.ts';
import { type AgentRecord, copyRecord } from './record.ts';
import { lost } from './sessions.ts';

/** Whether anything is, as of a moment (epoch milliseconds). What is idle goes by activity, which is no record. */
export function isAwaited(
  { limitUntil, graceUntil, flapping, sessions, flips }: AgentRecord,
  { now, law }: { readonly now: number; readonly law: Law },
): boolean {
  return (
    limitUntil !== null ||
    graceUntil !== null ||
    flapping !== null ||
    sessions.some(({ lostAt }) => lostAt !== null) ||
    flips.some((at) => at > now - flapWindowMs(law))
  );
}

/** The record with all of it later by so much. A duty with an end began later, too: the end is reckoned from there. */
export function postponed(record: AgentRecord, byMs: number): AgentRecord {
  const { limitUntil, overAt, graceUntil, platformUntil, flapping, sessions, flips } = record;
  const later = copyRecord(record);
  if (limitUntil !== null) {
    later.dutySince += byMs;
    later.limitUntil = limitUntil + byMs;
  }
  if (overAt !== null) later.overAt = overAt + byMs;
  if (graceUntil !== null) later.graceUntil = graceUntil + byMs;
  if (platformUntil !== null) later.platformUntil = platformUntil + byMs;
  if (flapping !== null) later.flapping = { ...flapping, until: flapping.until + byMs };
  if (sessions.some(({ lostAt }) => lostAt !== null))
    later.sessions = sessions.map((session) =>
      session.lostAt === null ? session : lost(session, session.lostAt + byMs),
    );
  if (flips.length > 0) later.flips = flips.map((at) => at + byMs);
  return later;
}
