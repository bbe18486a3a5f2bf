/**
 * The law's rules: named pure functions, for the statechart and for the table that is compiled from it alike.
 *
 * A guard says whether a transition may happen. A mutator says which values change with it. Neither does anything,
 * neither reads a clock.
 */
import {
  type Category,
  type Cause,
  type Context,
  INITIAL_CONTEXT,
  liveSessions,
  type Session,
} from './axes.ts';
import { OFFLINE } from './catalogue.ts';
import {
  type Destination,
  destinationOf,
  dutyIdleLimitMs,
  ESCALATED_MS,
  isOverrun,
  limitOf,
  refusesExtension,
  warnedAt,
} from './duties.ts';
import type { Circumstances, Stimulus } from './inputs.ts';
import { extensionMs, graceMs, type Law, limitMs } from './law.ts';

export interface GuardParams {
  readonly category?: Category;
}
export type Guard = (context: Context, stimulus: Stimulus, params: GuardParams) => boolean;
export type Mutator = (context: Context, stimulus: Stimulus) => Partial<Context>;

/** Activity that is told again after a reconnect may differ by as much from the first telling. */
const RESTATED_MS = 1000;

export const guards = {
  /** The duty turns to a status; one of this category, where one is given. */
  turns: (context, stimulus, { category }) => {
    const found = destinationOf(context, stimulus)?.category ?? OFFLINE;
    return category === undefined ? found !== OFFLINE : found === category;
  },
  /** The agent is gone, for one of the reasons that don't lie in the agent's own word. */
  ends: (context, stimulus) =>
    stimulus.type === 'grace'
      ? context.graceUntil !== null && stimulus.now >= context.graceUntil
      : destinationOf(context, stimulus)?.category === OFFLINE,
  /** The duty turns to another code, which has a limit; or to one that has none. */
  startsLimit: (context, stimulus) => {
    const to = turnedTo(context, stimulus);
    return to !== null && isLimited(to, stimulus.law);
  },
  endsLimit: (context, stimulus) => {
    const to = turnedTo(context, stimulus);
    return to !== null && !isLimited(to, stimulus.law);
  },
  /** By the law as it stands, the duty has a limit; or none. */
  limited: (context, { law }) => limitOf(context, law) !== null,
  unlimited: (context, { law }) => limitOf(context, law) === null,
  /** By the law as it stands, the time is over at another moment; what was over already, is over no more. */
  relimits: (context, { law, now }) => {
    const until = limitOf(context, law);
    return until !== context.limitUntil && (context.overAt === null || (until ?? 0) > now);
  },
  warnDue: (context, { now, law }) => {
    const at = warnedAt(context, law);
    return at !== null && context.graceUntil === null && now >= at && now < (context.limitUntil ?? 0);
  },
  overrunDue: (context, { now }) => isOverrun(context, now),
  escalateDue: ({ overAt, graceUntil }, { now }) =>
    overAt !== null && graceUntil === null && now >= overAt + ESCALATED_MS,
  /** The break at hand may last longer. */
  extends: (context, stimulus) => refusesExtension(context, stimulus) === null,
  /** The hello names a session that still lives or is in grace, and doesn't know more than the server. */
  resumes: on('open', ({ sessions, graceUntil }, { resume, seq, now, law }) => {
    if (resume === null || resume.seq > seq) return false;
    const session = sessions.find(({ id }) => id === resume.session);
    if (session === undefined) return false;
    return session.lostAt === null || graceUntil !== null || now < session.lostAt + graceMs(law);
  }),
  /** The lost connection was the last one that lived. */
  losesLast: on('lose', (context, { session }) => {
    const live = liveSessions(context);
    return live.length === 1 && live[0]?.id === session;
  }),
  losesOne: on('lose', (context, { session }) => liveSessions(context).some(({ id }) => id === session)),
  /** A lost session was not resumed in time. */
  sessionExpired: on('expire', ({ sessions }, { session, now, law }) =>
    sessions.some(({ id, lostAt }) => id === session && lostAt !== null && now >= lostAt + graceMs(law)),
  ),
  /** No activity for the duty's idle limit. Nothing is guessed of an agent who is reconnecting (A5). */
  idleDue: on('idle', (context, { since, now, law }) => {
    const limit = dutyIdleLimitMs(context, law);
    return context.graceUntil === null && limit !== null && now >= since + limit;
  }),
  /** Fresh activity, not the one that was known when the agent went idle, told again (C2). */
  stirs: on('active', (context, { at, now, law }) => {
    const limit = dutyIdleLimitMs(context, law);
    return (
      context.idleSince !== null &&
      at >= context.idleSince + RESTATED_MS &&
      (limit === null || now < at + limit)
    );
  }),
  present: ({ sessions }) => sessions.length > 0,
  taskless: on('work', ({ sessions }, { current }) => sessions.length > 0 && current === 0),
  belowMax: on('work', ({ sessions }, { current, max }) => sessions.length > 0 && current < max),
  holds: on('force', ({ sessions }, { hold }) => sessions.length > 0 && hold),
} as const satisfies Record<string, Guard>;

export const mutators = {
  /** To where the stimulus leads it, or off. The same code again with another reason keeps its start (A10). */
  setDuty: (context, stimulus) => {
    const to = destinationOf(context, stimulus);
    const code = to === null || to.category === OFFLINE ? null : to.code;
    return {
      dutyCode: code,
      dutyCause: causeOf(stimulus),
      dutyReason: stimulus.type === 'choose' || stimulus.type === 'leave' ? stimulus.reason : null,
      dutySince: code === context.dutyCode ? context.dutySince : stimulus.now,
    };
  },
  /** That of the duty as it is by now. */
  setLimit: (context, { law }) => ({ limitUntil: limitOf(context, law), overAt: null }),
  endLimit: () => ({ limitUntil: null, extendedMs: 0, overAt: null }),
  extendLimit: (_context, { law }) => ({ extendedMs: extensionMs(law) }),
  markOver: (_context, { now }) => ({ overAt: now }),
  addSession: on('open', ({ sessions }, { session, device, address, now }) => ({
    sessions: [...sessions, { id: session, device, address, startedAt: now, lostAt: null }],
    graceUntil: null,
  })),
  resumeSession: on('open', ({ sessions }, { resume }) => {
    const isLost = sessions.some(({ id, lostAt }) => id === resume?.session && lostAt !== null);
    if (!isLost) return { graceUntil: null };
    return {
      sessions: sessions.map((known) => (known.id === resume?.session ? withLostAt(known, null) : known)),
      graceUntil: null,
    };
  }),
  loseSession: on('lose', ({ sessions }, stimulus) =>
    losing(
      sessions.map((known) => (known.id === stimulus.session ? withLostAt(known, stimulus.now) : known)),
      stimulus,
    ),
  ),
  /** The engine began anew: every connection is gone, and nobody could have come back meanwhile (C6). */
  loseSessions: on('restart', ({ sessions }, stimulus) =>
    losing(
      sessions.map((known) => withLostAt(known, stimulus.now)),
      stimulus,
    ),
  ),
  expireSession: on('expire', ({ sessions }, { session }) => ({
    sessions: sessions.filter(({ id }) => id !== session),
  })),
  endSessions: () => ({ sessions: INITIAL_CONTEXT.sessions, graceUntil: null }),
  markIdle: on('idle', (_context, { since }) => ({ idleSince: since })),
  markActive: () => ({ idleSince: null }),
  setWorkload: on('work', (_context, { current, max }) => ({ current, max })),
  clearWorkload: () => ({ current: 0, max: null }),
  setOverride: on('force', (_context, { named, reason, by, hold }) => ({
    forced: { code: named.code, category: named.category, reason, by, hold },
  })),
  endOverride: () => ({ forced: null }),
} as const satisfies Record<string, Mutator>;

export type GuardName = keyof typeof guards;
export type MutatorName = keyof typeof mutators;

/** The status that the duty turns to, where its code or its start becomes another; null where it stays. */
function turnedTo(context: Context, stimulus: Stimulus): Destination | null {
  const to = destinationOf(context, stimulus);
  return to === null || to.category === OFFLINE || to.code === context.dutyCode ? null : to;
}

function isLimited({ code }: Destination, law: Law): boolean {
  const status = law.catalogue.status(code);
  return status !== null && limitMs(law, status) !== null;
}

/** What made the duty what it is. */
function causeOf(stimulus: Stimulus): Cause {
  switch (stimulus.type) {
    case 'leave':
      return stimulus.cause;
    case 'grace':
      return 'disconnect';
    case 'overrun':
      return 'overrun';
    default:
      return 'agent';
  }
}

/** With the last session that lived the agent is lost: the grace begins. */
function withLostAt({ id, device, address, startedAt }: Session, lostAt: number | null): Session {
  return { id, device, address, startedAt, lostAt };
}

function losing(sessions: readonly Session[], { now, law }: Circumstances): Partial<Context> {
  const isLast = sessions.every(({ lostAt }) => lostAt !== null);
  return { sessions, graceUntil: isLast ? now + graceMs(law) : null };
}

/**
 * A rule that reads what one kind of stimulus says. Under another it has no meaning.
 * @throws TypeError there: the statechart is wrong.
 */
function on<Type extends Stimulus['type'], Result>(
  type: Type,
  rule: (context: Context, stimulus: Extract<Stimulus, { type: Type }>, params: GuardParams) => Result,
): (context: Context, stimulus: Stimulus, params?: GuardParams) => Result {
  const is = (stimulus: Stimulus): stimulus is Extract<Stimulus, { type: Type }> => stimulus.type === type;
  return (context, stimulus, params = {}) => {
    if (is(stimulus)) return rule(context, stimulus, params);
    throw new TypeError(`a rule for "${type}" stands under "${stimulus.type}"`);
  };
}
