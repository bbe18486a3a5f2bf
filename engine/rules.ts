/**
 * The law's rules: named pure functions, for the statechart and for the table that is compiled from it alike.
 *
 * A guard says whether a transition may happen. A mutator changes the values of the draft that it is given, and nothing
 * else. Neither does anything, neither reads a clock.
 */
import {
  type Category,
  type Context,
  type Forced,
  type ForcedNext,
  INITIAL_CONTEXT,
  type Mutable,
} from './axes.ts';
import { OFFLINE } from './catalogue.ts';
import {
  type Destination,
  destinationOf,
  dutyCategory,
  dutyIdleLimitMs,
  ESCALATED_MS,
  forcedDue,
  isAhead,
  isAtWork,
  isOverrun,
  limitOf,
  logOutDue,
  permitted,
  refusesExtension,
  warnedAt,
} from './duties.ts';
import { flips, flipsWith, recentFlips } from './flips.ts';
import type { Circumstances, Stimulus } from './inputs.ts';
import { extensionMs, flapWindowMs, graceMs, type Law, limitMs } from './law.ts';
import {
  begun,
  isGraceOver,
  isLastLive,
  isOnSocket,
  lapsed,
  leavesNone,
  livesOnRequests,
  lost,
  resumed,
  withLost,
  withoutRequestsOf,
  withResumed,
} from './sessions.ts';

export interface GuardParams {
  readonly category?: Category;
  readonly hold?: boolean;
}
export type Guard = (context: Context, stimulus: Stimulus, params: GuardParams) => boolean;
export type Mutator = (draft: Mutable<Context>, stimulus: Stimulus) => void;

const NO_PARAMS: GuardParams = {};

/** Activity that is told again after a reconnect may differ by as much from the first telling. */
const RESTATED_MS = 1000;
/** Two readings of the end of a freeze that differ by less are the same. */
const AGREEING_MS = 1000;

export const guards = {
  /** The duty turns to a status; one of this category, where one is given. */
  turns: (context, stimulus, { category }) => {
    // Asked of each category in turn, and seldom of the one that was chosen.
    if (stimulus.type === 'choose' && category !== undefined && stimulus.named.category !== category)
      return false;
    const found = destinationOf(context, stimulus)?.category ?? OFFLINE;
    return category === undefined ? found !== OFFLINE : found === category;
  },
  /** The presence so far is over, not by the word of somebody who means it now: the agent is gone, or begins afresh. */
  ends: (context, stimulus) => isEnd(context, stimulus),
  /** The agent is gone, and an override waited that outlasts it. */
  endsInHold: (context, stimulus) =>
    context.forcedNext?.hold === true &&
    isStatus(context.forcedNext) &&
    (stimulus.type === 'leave' || isEnd(context, stimulus)),
  /** The duty turns to a status, or the agent is gone. */
  leads: (context, stimulus) => destinationOf(context, stimulus) !== null,
  /** What the agent chose for later may come. */
  queues: on(
    'queue',
    (context, stimulus) =>
      context.dutyCode !== null &&
      isAtWork(context, stimulus.law) &&
      (stimulus.named.category === OFFLINE || permitted(context, stimulus.named, stimulus)),
  ),
  /** There is something that an override may wait behind. */
  defers: on('queue_force', (context, { law }) => context.dutyCode !== null && isAtWork(context, law)),
  /** The override that waited stands from now on; with a hold, where that is asked. */
  brings: (context, stimulus, { hold }) => {
    const forced = forcedDue(context, stimulus);
    return forced !== null && isStatus(forced) && (hold === undefined || forced.hold === hold);
  },
  waits: ({ forcedNext }) => forcedNext !== null,
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
  resumes: on('open', (context, stimulus) => resumed(context, stimulus) !== null),
  /** On requests, nobody opens a second session. */
  connects: on('open', (_context, { lives }) => lives === 'on_socket'),
  /** The lost connection was the last one that lived. */
  losesLast: on(
    'lose',
    (context, { session }) => isOnSocket(context, session) && isLastLive(context, session),
  ),
  losesOne: on('lose', (context, { session }) => isOnSocket(context, session)),
  /** A lost session was not resumed in time. */
  sessionExpired: on('expire', ({ sessions }, { session, now, law }) =>
    sessions.some(({ id, lostAt }) => id === session && lostAt !== null && now >= lostAt + graceMs(law)),
  ),
  /** No activity for the duty's idle limit. Nothing is guessed of an agent who is reconnecting (A5). */
  idleDue: on('idle', (context, { since, now, law, frozenUntil }) => {
    const limit = dutyIdleLimitMs(context, law);
    const isFrozen = frozenUntil !== null && now < frozenUntil;
    return context.graceUntil === null && limit !== null && now >= since + limit && !isFrozen;
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
  /** The engine began anew, and with it every socket: nobody is there whom requests don't keep. */
  losesAll: on('restart', ({ sessions }) => !sessions.some(livesOnRequests)),
  losesSockets: on('restart', ({ sessions }) => !sessions.every(livesOnRequests)),
  lapses: on('lapse', lapsed),
  present: ({ sessions }) => sessions.length > 0,
  taskless: on('work', ({ sessions }, { current }) => sessions.length > 0 && current === 0),
  belowMax: on('work', ({ sessions }, { current, max }) => sessions.length > 0 && current < max),
  holds: on('force', ({ sessions }, { hold }) => sessions.length > 0 && hold),
  /** A change of connectivity that counts; and one too many within the window. */
  flips: (context, stimulus) => flips(context, stimulus),
  flaps: (context, stimulus) =>
    flips(context, stimulus) && recentFlips(context, stimulus) + 1 > stimulus.law.config.FLAP_LIMIT,
  /** The agent is away, and may be so for longer than was known: the timers of the organisation stand still. */
  freezes: ({ graceUntil, platformUntil }, { frozenUntil }) =>
    graceUntil !== null && frozenUntil !== null && frozenUntil >= (platformUntil ?? 0) + AGREEING_MS,
  steadyDue: ({ flapping }, { now }) => flapping !== null && now >= flapping.until,
} as const satisfies Record<string, Guard>;

export const mutators = {
  /** To where the stimulus leads it, or off. The same code again with another reason keeps its start (A10). */
  setDuty: (draft, stimulus) => {
    const to = destinationOf(draft, stimulus);
    const code = to === null || to.category === OFFLINE ? null : to.code;
    const isQueueKept = code !== null && code !== draft.queued?.code && keepsQueue(draft, stimulus, to);
    setAuthorship(draft, stimulus, to);
    if (code !== draft.dutyCode || stimulus.type === 'open') draft.dutySince = stimulus.now;
    draft.dutyCode = code;
    if (!isQueueKept) draft.queued = null;
  },
  /** What the duty is already needs no waiting for: then nothing is queued any more (A10). */
  setQueued: on('queue', (draft, { named: { code, category }, reason, by }) => {
    draft.queued = code === draft.dutyCode ? null : { code, category, reason, by };
  }),
  /** That of the duty as it is by now. */
  setLimit: (draft, { law }) => {
    draft.limitUntil = limitOf(draft, law);
    draft.overAt = null;
  },
  endLimit: (draft) => {
    draft.limitUntil = null;
    draft.extendedMs = 0;
    draft.overAt = null;
  },
  extendLimit: (draft, { law }) => {
    draft.extendedMs = extensionMs(law);
  },
  markOver: (draft, { now }) => {
    draft.overAt = now;
  },
  addSession: on('open', (draft, stimulus) => {
    // A list that is spread has room for sixteen more.
    draft.sessions = withoutRequestsOf(draft.sessions, stimulus).concat(begun(stimulus));
    comeBack(draft);
  }),
  resumeSession: on('open', (draft, stimulus) => {
    draft.sessions = withResumed(withoutRequestsOf(draft.sessions, stimulus), stimulus);
    comeBack(draft);
  }),
  loseSession: on('lose', (draft, stimulus) => {
    draft.isOutByFlip = flips(draft, stimulus);
    draft.sessions = withLost(draft.sessions, stimulus.session, stimulus.now);
    beginGrace(draft, stimulus);
  }),
  /** The engine began anew: every socket is gone, and nobody could have come back meanwhile (C6). */
  loseSockets: on('restart', (draft, stimulus) => {
    draft.isOutByFlip = false;
    draft.sessions = draft.sessions.map((known) =>
      livesOnRequests(known) ? known : lost(known, stimulus.now),
    );
    beginGrace(draft, stimulus);
  }),
  /** While timers stand still, the absence is the platform's. */
  freezeGrace: (draft, { frozenUntil }) => {
    draft.platformUntil = frozenUntil;
    if (frozenUntil === null) return;
    draft.graceUntil = Math.max(draft.graceUntil ?? 0, frozenUntil);
    draft.isOutByFlip = false;
  },
  endSession: (draft, stimulus) => {
    if (stimulus.type !== 'expire' && stimulus.type !== 'lapse') throw misplaced('expire or lapse', stimulus);
    draft.sessions = draft.sessions.filter(({ id }) => id !== stimulus.session);
  },
  endSessions: (draft, { type }) => {
    const isOutByFlip = draft.isOutByFlip && type === 'grace';
    draft.sessions = INITIAL_CONTEXT.sessions;
    comeBack(draft);
    draft.isOutByFlip = isOutByFlip;
  },
  markIdle: on('idle', (draft, { since }) => {
    draft.idleSince = since;
  }),
  markActive: (draft) => {
    draft.idleSince = null;
  },
  setWorkload: on('work', (draft, { current, max }) => {
    draft.current = current;
    draft.max = max;
  }),
  clearWorkload: (draft) => {
    draft.current = 0;
    draft.max = null;
  },
  setOverride: on('force', (draft, { named: { code, category }, reason, by, hold }) => {
    draft.forced = { code, category, reason, by, hold };
  }),
  /** What waited stands; a log-out never does. */
  takeOverride: (draft) => {
    if (draft.forcedNext !== null && isStatus(draft.forcedNext)) draft.forced = draft.forcedNext;
  },
  endOverride: (draft) => {
    draft.forced = null;
  },
  setForcedNext: on('queue_force', (draft, { named: { code, category }, reason, by, hold }) => {
    draft.forcedNext = { code, category, reason, by, hold };
  }),
  dropForcedNext: (draft) => {
    draft.forcedNext = null;
  },
  countFlip: (draft, stimulus) => {
    draft.flips = flipsWith(draft, stimulus);
  },
  setFlapping: (draft, { now, law }) => {
    draft.flips = INITIAL_CONTEXT.flips;
    draft.flapping = { since: draft.flapping?.since ?? now, until: now + flapWindowMs(law) };
  },
  endFlapping: (draft) => {
    draft.flapping = null;
  },
} as const satisfies Record<string, Mutator>;

export type GuardName = keyof typeof guards;
export type MutatorName = keyof typeof mutators;

/** The status that the duty turns to, where its code or its start becomes another; null where it stays. */
function turnedTo(context: Context, stimulus: Stimulus): Destination | null {
  const to = destinationOf(context, stimulus);
  const isNew = to !== null && to.category !== OFFLINE;
  return isNew && (to.code !== context.dutyCode || stimulus.type === 'open') ? to : null;
}

function isLimited({ code }: Destination, law: Law): boolean {
  const status = law.catalogue.status(code);
  return status !== null && limitMs(law, status) !== null;
}

function isEnd(context: Context, stimulus: Stimulus): boolean {
  switch (stimulus.type) {
    case 'grace':
      return isGraceOver(context, stimulus);
    case 'lapse':
      return lapsed(context, stimulus) && leavesNone(context, stimulus.session);
    case 'open':
      return isAhead(stimulus);
    case 'choose':
      return logOutDue(context, stimulus) !== null;
    default:
      return destinationOf(context, stimulus)?.category === OFFLINE;
  }
}

/** What made the duty what it is, and why. */
function setAuthorship(draft: Mutable<Context>, stimulus: Stimulus, to: Destination | null): void {
  const { queued, forcedNext } = draft;
  draft.dutyCause = 'agent';
  draft.dutyReason = null;
  if (to !== null && to === queued) {
    draft.dutyReason = queued.reason;
    return;
  }
  if (to !== null && to === forcedNext) {
    draft.dutyCause = 'override';
    draft.dutyReason = forcedNext.reason;
    return;
  }
  switch (stimulus.type) {
    case 'leave':
      draft.dutyCause = stimulus.cause;
      draft.dutyReason = stimulus.reason;
      break;
    case 'grace':
    case 'lapse':
      draft.dutyCause = 'disconnect';
      break;
    case 'overrun':
      draft.dutyCause = 'overrun';
      break;
    case 'choose':
      draft.dutyReason = stimulus.reason;
      break;
    default:
  }
}

/** A wrap-up is a step on the way to what is queued, and the time of another duty no choice (D4). */
function keepsQueue(context: Context, stimulus: Stimulus, to: Destination | null): boolean {
  switch (stimulus.type) {
    case 'choose':
      return to?.category === 'wrap_up' && to.code !== context.dutyCode;
    case 'overrun':
      return dutyCategory(context, stimulus.law) !== 'wrap_up';
    default:
      return false;
  }
}

function isStatus(forced: ForcedNext): forced is Forced {
  return forced.category !== OFFLINE;
}

/** With the last session that lived the agent is lost. */
function beginGrace(draft: Mutable<Context>, { now, law }: Circumstances): void {
  const isLast = draft.sessions.every(({ lostAt }) => lostAt !== null);
  draft.graceUntil = isLast ? now + graceMs(law) : null;
}

/** Nobody waits for the agent's return. */
function comeBack(draft: Mutable<Context>): void {
  draft.graceUntil = null;
  draft.platformUntil = null;
  draft.isOutByFlip = false;
}

/**
 * A rule that reads what one kind of stimulus says. Under another it has no meaning.
 * @throws TypeError there: the statechart is wrong.
 */
function on<Type extends Stimulus['type'], Result>(
  type: Type,
  rule: (
    context: Mutable<Context>,
    stimulus: Extract<Stimulus, { type: Type }>,
    params: GuardParams,
  ) => Result,
): (context: Mutable<Context>, stimulus: Stimulus, params?: GuardParams) => Result {
  const is = (stimulus: Stimulus): stimulus is Extract<Stimulus, { type: Type }> => stimulus.type === type;
  return (context, stimulus, params = NO_PARAMS) => {
    if (is(stimulus)) return rule(context, stimulus, params);
    throw misplaced(type, stimulus);
  };
}

function misplaced(type: string, stimulus: Stimulus): TypeError {
  return new TypeError(`a rule for "${type}" stands under "${stimulus.type}"`);
}
