/** Which sessions live, and on what, and what becomes of one. Pure, for the rules. */
import { type Context, isLive, type Session } from './axes.ts';
import type { Circumstances, Stimulus } from './inputs.ts';
import { graceMs, sessionIdleMs } from './law.ts';

type Opens = Extract<Stimulus, { type: 'open' }>;
type Lapses = Extract<Stimulus, { type: 'lapse' }>;

/** A session that lives on requests, whose it is, and the log-in session that the requests come of. */
export interface RequestSession {
  readonly agentId: number;
  readonly session: string;
  readonly login: string;
}

export function livesOnRequests({ login }: Session): boolean {
  return login !== undefined;
}

/** The session that goes on, where the hello names one that lives or is in grace, and doesn't know more than we do. */
export function resumed({ sessions, graceUntil }: Context, { resume, seq, now, law }: Opens): Session | null {
  if (resume === null || resume.seq > seq) return null;
  const session = sessions.find(({ id }) => id === resume.session);
  if (session === undefined || livesOnRequests(session)) return null;
  const goesOn = session.lostAt === null || graceUntil !== null || now < session.lostAt + graceMs(law);
  return goesOn ? session : null;
}

/** A session on requests that has had none for too long, or whose log-in session has ended. */
export function lapsed({ sessions }: Context, { session, since, now, law, frozenUntil }: Lapses): boolean {
  const isDue = since === null || now >= Math.max(since + sessionIdleMs(law), frozenUntil ?? 0);
  return isDue && sessions.some(({ id, login }) => id === session && login !== undefined);
}

/** The session's socket is there. */
export function isOnSocket({ sessions }: Context, session: string): boolean {
  return sessions.some((known) => known.id === session && isLive(known) && !livesOnRequests(known));
}

/** The session is the only one that lives. */
export function isLastLive({ sessions }: Context, session: string): boolean {
  return (
    sessions.some(({ id }) => id === session) &&
    sessions.every((known) => isLive(known) === (known.id === session))
  );
}

export function isGraceOver({ graceUntil }: Context, { now }: Pick<Circumstances, 'now'>): boolean {
  return graceUntil !== null && now >= graceUntil;
}

/** A socket takes the place of the requests of the same log-in session (C10). */
export function withoutRequestsOf(sessions: readonly Session[], { login }: Opens): readonly Session[] {
  return sessions.some((known) => known.login === login)
    ? sessions.filter((known) => known.login !== login)
    : sessions;
}

/** The session, its connection lost then; or found again, with null. */
export function withLostAt({ id, device, address, startedAt }: Session, lostAt: number | null): Session {
  return { id, device, address, startedAt, lostAt };
}

/** What an opening begins. */
export function begun({ session: id, device, address, now, lives, login }: Opens): Session {
  const session = { id, device, address, startedAt: now, lostAt: null };
  return lives === 'on_requests' ? { ...session, login } : session;
}
