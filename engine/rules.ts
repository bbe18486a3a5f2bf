/**
 * The law's rules: named pure functions, for the statechart and for the table that is compiled from it alike.
 *
 * A guard says whether a transition may happen. A mutator says which values change with it. Neither does anything,
 * neither reads a clock.
 */
import {
  type Category,
  type Configuration,
  type Context,
  INITIAL_CONTEXT,
  liveSessions,
  type Session,
} from './axes.ts';
import { CAPACITY_CODE, type DutyStatus, IDLE_CODE, OFFLINE } from './catalogue.ts';
import type { Effective } from './events.ts';
import type { Circumstances, Stimulus } from './inputs.ts';
import { graceMs, idleLimitMs, type Law } from './law.ts';
import type { Role } from './member.ts';

export interface GuardParams {
  readonly category?: Category;
}
export type Guard = (context: Context, stimulus: Stimulus, params: GuardParams) => boolean;
export type Mutator = (context: Context, stimulus: Stimulus) => Partial<Context>;

/** Activity that is told again after a reconnect may differ by as much from the first telling. */
const RESTATED_MS = 1000;

export const guards = {
  /** A fresh log-in begins with a status of this category. */
  beginsIn: on('open', (_context, { named }, { category }) => named.category === category),
  /** The agent may choose the named status, and it is of this category, where one is given. */
  chooses: on(
    'choose',
    (context, stimulus, { category = stimulus.named.category }) =>
      stimulus.named.category === category && permitted(context, stimulus.named, stimulus),
  ),
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
  graceOver: ({ graceUntil }, { now }) => graceUntil !== null && now >= graceUntil,
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
  beginDuty: on('open', (_context, { named, now }) => ({
    dutyCode: named.code,
    dutyCause: 'agent',
    dutyReason: null,
    dutySince: now,
  })),
  /** The same code again with another reason keeps its start (A10). */
  setDuty: on('choose', (context, { named, reason, now }) => ({
    dutyCode: named.code,
    dutyCause: 'agent',
    dutyReason: reason,
    dutySince: named.code === context.dutyCode ? context.dutySince : now,
  })),
  endDuty: (_context, stimulus) => ({
    dutyCode: null,
    dutyCause: stimulus.type === 'leave' ? stimulus.cause : 'disconnect',
    dutyReason: stimulus.type === 'leave' ? stimulus.reason : null,
    dutySince: stimulus.now,
  }),
  addSession: on('open', ({ sessions }, { session, device, address, now }) => ({
    // A list that is spread has room for sixteen more.
    sessions: sessions.concat({ id: session, device, address, startedAt: now, lostAt: null }),
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

/** Whether the agent may go from its duty to `named` (A9). The same code again is always allowed (A10), nothing while held (E1). */
export function permitted(
  context: Context,
  named: DutyStatus,
  { law, role }: { readonly law: Law; readonly role: Role },
): boolean {
  if (context.dutyCode === null || context.forced?.hold === true) return false;
  return named.code === context.dutyCode || law.catalogue.permits(role, context.dutyCode, named);
}

/** The effective status (A4), and whether work may be routed to the agent (A6). */
export function effective(axes: Configuration & Context, law: Law): Omit<Effective, 'since'> {
  const { status, category, cause } = seenOf(axes, law);
  const routable =
    axes.connectivity === 'connected' &&
    category === 'available' &&
    axes.workload !== 'full' &&
    law.catalogue.status(status)?.routable === true;
  return { status, category, cause, routable };
}

/** The first match wins. */
function seenOf(axes: Configuration & Context, law: Law): Pick<Effective, 'status' | 'category' | 'cause'> {
  const duty = axes.dutyCode === null ? null : law.catalogue.status(axes.dutyCode);
  if (axes.connectivity === 'disconnected' || axes.duty === 'off' || duty === null)
    return { status: OFFLINE, category: OFFLINE, cause: axes.dutyCause };
  if (axes.forced !== null)
    return { status: axes.forced.code, category: axes.forced.category, cause: 'override' };
  if (axes.duty === 'break' || axes.duty === 'wrap_up' || axes.duty === 'away')
    return { status: duty.code, category: axes.duty, cause: axes.dutyCause };
  if (axes.duty === 'available' && axes.workload === 'full')
    return { status: CAPACITY_CODE, category: 'busy', cause: 'capacity' };
  if (axes.activity === 'idle' && idleLimitMs(law, duty) !== null)
    return { status: IDLE_CODE, category: 'away', cause: 'idle' };
  return { status: duty.code, category: axes.duty, cause: axes.dutyCause };
}

/** The duty's idle limit in milliseconds; null while there is none. */
export function dutyIdleLimitMs(context: Context, law: Law): number | null {
  const duty = context.dutyCode === null ? null : law.catalogue.status(context.dutyCode);
  return duty === null ? null : idleLimitMs(law, duty);
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
