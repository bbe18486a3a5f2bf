/** Which sessions live, and on what, and what becomes of one. Pure, for the rules. */
import { type Context, isLive, liveSessions, type Session } from './axes.ts';
import type { Circumstances, Stimulus } from './inputs.ts';
import { graceMs, sessionIdleMs } from './law.ts';

type Opens = Extract<Stimulus, { type: 'open' }>;
type Lapses = Extract<Stimulus, { type: 'lapse' }>;

/** A session, whose it is, and the log-in session that it ends with. */
export interface KeptSession {
  readonly agentId: number;
  readonly session: string;
  readonly login: string;
}

/** Earlier versions wrote down the log-in session only where its requests were what the session lived on. */
export function livesOnRequests({ lives, login }: Session): boolean {
  return lives === undefined ? login !== undefined : lives === 'on_requests';
}

/** Null where there is none of that id. A plain loop, as all that each change asks: closures would be most of its garbage. */
export function sessionOf(sessions: readonly Session[], id: string): Session | null {
  for (const session of sessions) if (session.id === id) return session;
  return null;
}

/** The session that goes on, where the hello names one that lives or is in grace, and doesn't know more than we do. */
export function resumed({ sessions, graceUntil }: Context, { resume, seq, now, law }: Opens): Session | null {
  if (resume === null || resume.seq > seq) return null;
  const session = sessionOf(sessions, resume.session);
  if (session === null || livesOnRequests(session)) return null;
  const goesOn = session.lostAt === null || graceUntil !== null || now < session.lostAt + graceMs(law);
  return goesOn ? session : null;
}

/** A session whose log-in session has ended; or one on requests that has had none for too long. */
export function lapsed({ sessions }: Context, stimulus: Lapses): boolean {
  const { login, since, now, law, frozenUntil } = stimulus;
  const session = sessionOf(sessions, stimulus.session);
  if (session === null || session.login !== login) return false;
  if (since === null) return true;
  return livesOnRequests(session) && now >= Math.max(since + sessionIdleMs(law), frozenUntil ?? 0);
}

/** The session's socket is there. */
export function isOnSocket({ sessions }: Context, session: string): boolean {
  const known = sessionOf(sessions, session);
  return known !== null && isLive(known) && !livesOnRequests(known);
}

/** The session is the only one that lives. */
export function isLastLive({ sessions }: Context, session: string): boolean {
  let isFound = false;
  for (const known of sessions) {
    if (isLive(known) !== (known.id === session)) return false;
    isFound ||= known.id === session;
  }
  return isFound;
}

/** Without the session nothing lives; nor could anything be resumed, where nothing lives with it either. */
export function leavesNone(context: Context, session: string): boolean {
  return liveSessions(context).length === 0
    ? context.sessions.every(({ id }) => id === session)
    : isLastLive(context, session);
}

export function isGraceOver({ graceUntil }: Context, { now }: Pick<Circumstances, 'now'>): boolean {
  return graceUntil !== null && now >= graceUntil;
}

/** A socket takes the place of the requests of the same log-in session (C10). */
export function withoutRequestsOf(sessions: readonly Session[], { login }: Opens): readonly Session[] {
  const known = requestsOf(sessions, login);
  return known === null ? sessions : sessions.toSpliced(sessions.indexOf(known), 1);
}

function requestsOf(sessions: readonly Session[], login: string): Session | null {
  for (const session of sessions) if (session.login === login && livesOnRequests(session)) return session;
  return null;
}

/** The connection of one of them was lost then. */
export function withLost(sessions: readonly Session[], id: string, lostAt: number): readonly Session[] {
  const known = sessionOf(sessions, id);
  return known === null ? sessions : sessions.with(sessions.indexOf(known), lost(known, lostAt));
}

/** The session, its connection lost then. Written out: a spread with another value behind it takes V8's slow way. */
export function lost(session: Session, lostAt: number): Session {
  const { id, device, address, startedAt, lives, login } = session;
  if (lives === undefined || login === undefined) return { ...session, lostAt };
  return { id, device, address, startedAt, lostAt, lives, login };
}

/** One of them goes on, perhaps by another log-in session of the agent's. */
export function withResumed(sessions: readonly Session[], { resume, login }: Opens): readonly Session[] {
  const held = resume === null ? null : sessionOf(sessions, resume.session);
  if (held === null || (held.lostAt === null && held.login === login)) return sessions;
  const { id, device, address, startedAt } = held;
  const resumes: Session = { id, device, address, startedAt, lostAt: null, lives: 'on_socket', login };
  return sessions.with(sessions.indexOf(held), resumes);
}

/** What an opening begins. */
export function begun({ session: id, device, address, now, lives, login }: Opens): Session {
  return { id, device, address, startedAt: now, lostAt: null, lives, login };
}
