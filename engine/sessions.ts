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

/** The session that goes on, where the hello names one that lives or is in grace, and doesn't know more than we do. */
export function resumed({ sessions, graceUntil }: Context, { resume, seq, now, law }: Opens): Session | null {
  if (resume === null || resume.seq > seq) return null;
  const session = sessions.find(({ id }) => id === resume.session);
  if (session === undefined || livesOnRequests(session)) return null;
  const goesOn = session.lostAt === null || graceUntil !== null || now < session.lostAt + graceMs(law);
  return goesOn ? session : null;
}

/** A session whose log-in session has ended; or one on requests that has had none for too long. */
export function lapsed({ sessions }: Context, stimulus: Lapses): boolean {
  const { login, since, now, law, frozenUntil } = stimulus;
  const session = sessions.find(({ id }) => id === stimulus.session);
  if (session === undefined || session.login !== login) return false;
  if (since === null) return true;
  return livesOnRequests(session) && now >= Math.max(since + sessionIdleMs(law), frozenUntil ?? 0);
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
  return sessions.some((known) => isOnRequestsOf(known, login))
    ? sessions.filter((known) => !isOnRequestsOf(known, login))
    : sessions;
}

function isOnRequestsOf(session: Session, login: Opens['login']): boolean {
  return session.login === login && livesOnRequests(session);
}

/** The session, its connection lost then. */
export function lost(session: Session, lostAt: number): Session {
  return { ...session, lostAt };
}

/** One of them goes on, perhaps by another log-in session of the agent's. */
export function withResumed(sessions: readonly Session[], opens: Opens): readonly Session[] {
  return sessions.some((known) => goesOnOtherwise(known, opens))
    ? sessions.map((known) =>
        goesOnOtherwise(known, opens)
          ? { ...known, lostAt: null, lives: 'on_socket', login: opens.login }
          : known,
      )
    : sessions;
}

function goesOnOtherwise({ id, lostAt, login }: Session, opens: Opens): boolean {
  return id === opens.resume?.session && (lostAt !== null || login !== opens.login);
}

/** What an opening begins. */
export function begun({ session: id, device, address, now, lives, login }: Opens): Session {
  return { id, device, address, startedAt: now, lostAt: null, lives, login };
}
