/**
 * The law's rules: named pure functions, for the statechart and for the table that is compiled from it alike.
 *
 * A guard says whether a transition may happen. A mutator says which values change with it. Neither does anything,
 * neither reads a clock.
 */
import { type Category, type Configuration, type Context, liveSessions, type Session } from './axes.ts';
import { CAPACITY_CODE, type DutyStatus, IDLE_CODE, OFFLINE } from './catalogue.ts';
import type { Effective } from './events.ts';
import type { Stimulus } from './inputs.ts';
import { graceMs, idleLimitMs, type Law } from './law.ts';
import type { Role } from './member.ts';

export interface GuardParams {
  readonly category?: Category;
}
type Guard = (context: Context, stimulus: Stimulus, params: GuardParams) => boolean;
type Mutator = (context: Context, stimulus: Stimulus) => Partial<Context>;

/** Activity that is told again after a reconnect may differ by as much from the first telling. */
const RESTATED_MS = 1000;

export const guards = {
  /** A fresh log-in begins with a status of this category. */
  beginsIn: (_context, { named }, { category }) => named !== null && named.category === category,
  /** The agent may choose the named status, and it is of this category. */
  choosesInto: (context, stimulus, { category }) =>
    stimulus.named !== null && stimulus.named.category === category && mayChoose(context, stimulus),
  /** The agent may choose the named status, whatever its category. */
  chooses: (context, stimulus) => stimulus.named !== null && mayChoose(context, stimulus),
  /** The hello names a session that still lives or is in grace, and doesn't know more than the server. */
  resumes: (context, stimulus) => resumable(context, stimulus) !== null,
  /** The lost connection was the last one that lived. */
  losesLast: (context, stimulus) => {
    const live = liveSessions(context);
    return live.length === 1 && stimulus.type === 'lose' && live[0]?.id === stimulus.session;
  },
  losesOne: (context, stimulus) =>
    stimulus.type === 'lose' && liveSessions(context).some(({ id }) => id === stimulus.session),
  /** A lost session was not resumed in time. */
  sessionExpired: (context, stimulus) =>
    stimulus.type === 'expire' &&
    context.sessions.some(
      ({ id, lostAt }) =>
        id === stimulus.session && lostAt !== null && stimulus.now >= lostAt + graceMs(stimulus.law),
    ),
  graceOver: (context, { now }) => context.graceUntil !== null && now >= context.graceUntil,
  /** No activity for the duty's idle limit. Nothing is guessed of an agent who is reconnecting (A5). */
  idleDue: (context, stimulus) => {
    const limit = dutyIdleLimitMs(context, stimulus.law);
    return (
      stimulus.type === 'idle' &&
      context.graceUntil === null &&
      limit !== null &&
      stimulus.now >= stimulus.since + limit
    );
  },
  /** Fresh activity, not the one that was known when the agent went idle, told again (C2). */
  stirs: (context, stimulus) => {
    const limit = dutyIdleLimitMs(context, stimulus.law);
    return (
      stimulus.type === 'active' &&
      context.idleSince !== null &&
      stimulus.at >= context.idleSince + RESTATED_MS &&
      (limit === null || stimulus.now < stimulus.at + limit)
    );
  },
  present: (context) => context.sessions.length > 0,
  taskless: (context, stimulus) => worksWith(context, stimulus, ({ current }) => current === 0),
  belowMax: (context, stimulus) =>
    worksWith(context, stimulus, ({ current, max }) => current > 0 && current < max),
  atMax: (context, stimulus) => worksWith(context, stimulus, ({ current, max }) => current >= max),
  holds: (context, stimulus) => context.sessions.length > 0 && stimulus.type === 'force' && stimulus.hold,
} as const satisfies Record<string, Guard>;

export const mutators = {
  beginDuty: (_context, { named, now }) => ({
    dutyCode: named?.code ?? null,
    dutyCause: 'agent',
    dutyReason: null,
    dutySince: now,
  }),
  /** The same code again with another reason keeps its start (A10). */
  setDuty: (context, { named, now, ...stimulus }) => ({
    dutyCode: named?.code ?? null,
    dutyCause: 'agent',
    dutyReason: stimulus.type === 'choose' ? stimulus.reason : null,
    dutySince: named?.code === context.dutyCode ? context.dutySince : now,
  }),
  endDuty: (_context, stimulus) => ({
    dutyCode: null,
    dutyCause: stimulus.type === 'leave' ? stimulus.cause : 'disconnect',
    dutyReason: stimulus.type === 'leave' ? stimulus.reason : null,
    dutySince: stimulus.now,
  }),
  addSession: ({ sessions }, stimulus) =>
    stimulus.type === 'open'
      ? {
          sessions: [
            ...sessions,
            {
              id: stimulus.session,
              device: stimulus.device,
              address: stimulus.address,
              startedAt: stimulus.now,
              lostAt: null,
            },
          ],
        }
      : {},
  resumeSession: (context, stimulus) => {
    const resumed = resumable(context, stimulus);
    return resumed === null || resumed.lostAt === null
      ? {}
      : { sessions: replace(context, { ...resumed, lostAt: null }) };
  },
  loseSession: (context, stimulus) => {
    const lost = stimulus.type === 'lose' && context.sessions.find(({ id }) => id === stimulus.session);
    return lost ? { sessions: replace(context, { ...lost, lostAt: stimulus.now }) } : {};
  },
  /** The engine began anew: every connection is gone, and nobody could have come back meanwhile (C6). */
  loseSessions: ({ sessions }, { now }) => ({
    sessions: sessions.map((session) => ({ ...session, lostAt: now })),
  }),
  expireSession: ({ sessions }, stimulus) =>
    stimulus.type === 'expire' ? { sessions: sessions.filter(({ id }) => id !== stimulus.session) } : {},
  endSessions: () => ({ sessions: [] }),
  startGrace: (_context, { now, law }) => ({ graceUntil: now + graceMs(law) }),
  endGrace: () => ({ graceUntil: null }),
  markIdle: (_context, stimulus) => (stimulus.type === 'idle' ? { idleSince: stimulus.since } : {}),
  markActive: () => ({ idleSince: null }),
  setWorkload: (_context, stimulus) =>
    stimulus.type === 'work' ? { current: stimulus.current, max: stimulus.max } : {},
  clearWorkload: () => ({ current: 0, max: null }),
  setOverride: (_context, stimulus) =>
    stimulus.type === 'force' && stimulus.named !== null
      ? {
          forced: {
            code: stimulus.named.code,
            category: stimulus.named.category,
            reason: stimulus.reason,
            by: stimulus.by,
            hold: stimulus.hold,
          },
        }
      : {},
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

/** The effective status (A4, first match wins) and whether work may be routed to the agent (A6). */
export function effective(axes: Configuration & Context, law: Law): Omit<Effective, 'since'> {
  const { catalogue } = law;
  const duty = axes.dutyCode === null ? null : catalogue.status(axes.dutyCode);
  const of = (status: string, category: Effective['category'], cause: Effective['cause']) => ({
    status,
    category,
    cause,
    routable:
      axes.connectivity === 'connected' &&
      category === 'available' &&
      axes.workload !== 'full' &&
      catalogue.status(status)?.routable === true,
  });
  if (axes.connectivity === 'disconnected' || axes.duty === 'off' || duty === null) {
    return of(OFFLINE, OFFLINE, axes.dutyCause);
  }
  if (axes.forced !== null) return of(axes.forced.code, axes.forced.category, 'override');
  if (axes.duty === 'break' || axes.duty === 'wrap_up' || axes.duty === 'away')
    return of(duty.code, axes.duty, axes.dutyCause);
  if (axes.duty === 'available' && axes.workload === 'full') return of(CAPACITY_CODE, 'busy', 'capacity');
  if (axes.activity === 'idle' && idleLimitMs(law, duty) !== null) return of(IDLE_CODE, 'away', 'idle');
  return of(duty.code, axes.duty, axes.dutyCause);
}

/** The duty's idle limit in milliseconds; null while there is none. */
export function dutyIdleLimitMs(context: Context, law: Law): number | null {
  const duty = context.dutyCode === null ? null : law.catalogue.status(context.dutyCode);
  return duty === null ? null : idleLimitMs(law, duty);
}

function mayChoose(context: Context, stimulus: Stimulus): boolean {
  return (
    stimulus.type === 'choose' && stimulus.named !== null && permitted(context, stimulus.named, stimulus)
  );
}

function resumable(context: Context, stimulus: Stimulus): Session | null {
  if (stimulus.type !== 'open' || stimulus.resume === null || stimulus.resume.seq > stimulus.seq) return null;
  const { resume, now, law } = stimulus;
  const session = context.sessions.find(({ id }) => id === resume.session);
  if (session === undefined) return null;
  return session.lostAt === null || context.graceUntil !== null || now < session.lostAt + graceMs(law)
    ? session
    : null;
}

function worksWith(
  context: Context,
  stimulus: Stimulus,
  test: (work: { current: number; max: number }) => boolean,
): boolean {
  return context.sessions.length > 0 && stimulus.type === 'work' && test(stimulus);
}

function replace(context: Context, changed: Session): readonly Session[] {
  return context.sessions.map((session) => (session.id === changed.id ? changed : session));
}
