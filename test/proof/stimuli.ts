/** What can be told to an agent: a stimulus for each way in which the rules can tell stimuli apart. */
import { type Axes, CATEGORIES, type Category } from '../../engine/axes.ts';
import { Catalogue, type DutyStatus, OFFLINE, type Status } from '../../engine/catalogue.ts';
import { dutyIdleLimitMs, ESCALATED_MS, isAtWork, WARNED_MS } from '../../engine/duties.ts';
import type { Circumstances, Opening, Stimulus } from '../../engine/inputs.ts';
import { type Config, extensionMs, graceMs, type Law, limitMs, sessionIdleMs } from '../../engine/law.ts';
import { CONFIG, status, STATUSES, TRANSITIONS } from '../support/laws.ts';

/**
 * The seeded law, with an idle limit in every category, so that an agent can be idle in each, a limit on one duty of
 * each, and a role that may go anywhere.
 */
const LAW = lawOf();

/** Every status as the changes say. */
function lawOf(changes: Partial<Status> = {}, config: Partial<Config> = {}): Law {
  const idle = { idleLimit: { seconds: 60 }, maxSeconds: 600 };
  const statuses = [
    ...STATUSES,
    status({ code: 'errand', category: 'busy', ...idle }),
    status({ code: 'lounge', category: 'away', ...idle }),
    status({ code: 'nap', category: 'break', idleLimit: { seconds: 60 } }),
    status({ code: 'notes', category: 'wrap_up', idleLimit: { seconds: 60 } }),
    status({ code: 'hotline', category: 'available', ...idle }),
  ];
  const anywhere = CATEGORIES.flatMap((from) =>
    [...CATEGORIES.map((category) => ({ category })), { code: OFFLINE }].map((to) => ({
      from: { category: from },
      to,
      role: 'supervisor' as const,
    })),
  );
  return {
    catalogue: new Catalogue(
      statuses.map((one) => ({ ...one, ...changes })),
      [...TRANSITIONS, ...anywhere],
    ),
    config: { ...CONFIG, FLAP_LIMIT: 2, ...config },
  };
}
/** First one of each category that has an idle limit, then a second. */
export const DUTIES: readonly DutyStatus[] = [
  'available',
  'errand',
  'lounge',
  'nap',
  'notes',
  'hotline',
  'busy',
].map(duty);
/** What may be agreed on for when the time is over: each duty, a log-out, and what can't be done any more. */
const AGREED = [
  ...[...DUTIES, duty('away'), duty('break'), duty('wrap_up')].map(({ code }) =>
    lawOf({ onOverrun: { action: 'set', code } }),
  ),
  lawOf({ onOverrun: { action: 'log_out' } }),
  lawOf({ onOverrun: { action: 'set', code: 'retired' } }),
];
const UNLIMITED = lawOf({ maxSeconds: null });
const LONG = lawOf({ maxSeconds: 7200 });
const SHORT = lawOf({ maxSeconds: 1 });
const NO_EXTENSION = lawOf({}, { BREAK_EXTENSION_MINUTES: 0 });
/** No duty at all, in the place of one: of none of the categories. */
export const NO_DUTY = { ...duty('busy'), code: OFFLINE, category: OFFLINE as Category };
/** For later, a log-out has a name. */
const LOG_OUT = { ...duty('busy'), code: OFFLINE, category: OFFLINE } satisfies Status;
const SEQ = 10;
/** When the first agent is first looked at. */
const T0 = Date.UTC(2026, 0, 5, 8);
const GRACE_MS = graceMs(LAW);
/** What is told again of the same activity may differ by less than this (C2). */
const RESTATED_MS = 1000;
/** The end of a freeze that is told again may differ by less than this. */
const AGREEING_MS = 1000;
const UNKNOWN = { id: 'unknown', lostAt: null, login: undefined };
/** The idle limit where the duty has none. */
const SOME_LIMIT_MS = 60_000;

/**
 * Everything that can be told to an agent with these axes. Times, ids and reasons are new in each stimulus, so that
 * no value that stays behind looks like one that was set; beside them stand the moments at which a limit is met and
 * the milliseconds around it.
 */
export function* stimuliFor(axes: Axes, named: readonly DutyStatus[]): Generator<Stimulus> {
  const times = new Times(axes);
  yield* hellos(axes, times, named);
  yield* farewells(axes, times);
  yield* wishes(axes, times, named);
  yield* deadlines(axes, times);
  yield* limits(axes, times);
}

function* hellos(
  { sessions, dutyCode }: Axes,
  times: Times,
  named: readonly DutyStatus[],
): Generator<Stimulus> {
  const hello = (at: Circumstances, more: Partial<Opening & { named: DutyStatus }> = {}): Stimulus => ({
    type: 'open',
    ...at,
    session: `session ${at.now}`,
    device: `device ${at.now}`,
    address: `address ${at.now}`,
    lives: 'on_socket',
    login: `log-in ${at.now}`,
    resume: null,
    named: times.turn(named),
    ...more,
  });
  // Whoever is here is not asked where to begin.
  for (const _ of dutyCode === null ? named : [null]) yield hello(times.fresh());
  yield hello(times.fresh(), { lives: 'on_requests' });
  for (const { login } of sessions) if (login !== undefined) yield hello(times.fresh(), { login });
  for (const { id, lostAt } of [...sessions, UNKNOWN]) {
    for (const at of times.freshAnd(lostAt, GRACE_MS)) yield hello(at, { resume: { session: id, seq: SEQ } });
    for (const { login } of sessions)
      if (login !== undefined) yield hello(times.fresh(), { resume: { session: id, seq: SEQ }, login });
  }
  // One that knows more than we do begins afresh, wherever that leads.
  const ahead = { resume: { session: 'any', seq: SEQ + 1 } };
  for (const begun of named.filter(({ code }, at) => at < CATEGORIES.length || code === dutyCode))
    yield hello(times.fresh(), { ...ahead, named: begun });
  for (const { id } of sessions) yield hello(times.fresh(), { resume: { session: id, seq: SEQ + 1 } });
}

function* farewells({ sessions }: Axes, times: Times): Generator<Stimulus> {
  for (const { id, lostAt, login } of [...sessions, UNKNOWN]) {
    for (const byServer of [false, true]) yield { type: 'lose', ...times.running(), session: id, byServer };
    yield { type: 'lose', ...times.frozen(), session: id, byServer: false };
    for (const at of times.freshAnd(lostAt, GRACE_MS)) yield { type: 'expire', ...at, session: id };
    yield { type: 'lapse', ...times.fresh(), session: id, login: 'another', since: null };
    if (login === undefined) continue;
    yield { type: 'lapse', ...times.fresh(), session: id, login, since: null };
    for (const spare of [-1, 0]) {
      const at = times.running();
      const since = at.now - sessionIdleMs(LAW) - spare;
      for (const frozenUntil of [null, at.now, at.now + 1])
        yield { type: 'lapse', ...at, session: id, login, since, frozenUntil };
    }
  }
}

function* wishes(axes: Axes, times: Times, named: readonly DutyStatus[]): Generator<Stimulus> {
  for (const wished of named) {
    const wish = () => ({ ...times.signed(), status: wished.code, named: wished });
    yield { type: 'choose', ...wish(), session: null, role: 'supervisor' };
    if (isAtWork(axes, LAW)) yield { type: 'queue', ...wish(), session: null, role: 'supervisor' };
  }
  // Where roles tell choices apart, some are allowed and some are not.
  for (const wished of [duty('available'), duty('busy'), duty('wrap_up')])
    yield {
      type: 'choose',
      ...times.signed(),
      session: null,
      reason: null,
      status: wished.code,
      named: wished,
    };
  for (const forced of named.slice(0, 2))
    for (const hold of [true, false])
      yield { type: 'force', ...times.signed(), status: forced.code, named: forced, hold };
  for (const later of [duty('errand'), LOG_OUT]) {
    const wish = () => ({ ...times.signed(), status: later.code, named: later });
    yield { type: 'queue', ...wish(), session: null };
    for (const hold of [true, false]) yield { type: 'queue_force', ...wish(), hold };
  }
  for (const tasks of [
    // Whether timers run or stand still.
    () => 0,
    () => 0,
    () => 1,
    (max: number) => max - 1,
    (max: number) => max,
    (max: number) => max + 1,
  ]) {
    const work = times.signed();
    const max = work.now - T0 + 2;
    yield { type: 'work', ...work, current: tasks(max), max, session: 'any' };
  }
  yield { type: 'leave', ...times.signed(), cause: 'agent', session: null, reason: null };
  yield { type: 'leave', ...times.signed(), cause: 'override', session: null };
  yield { type: 'release', ...times.signed() };
}

function* deadlines(axes: Axes, times: Times): Generator<Stimulus> {
  for (const at of [times.running(), times.frozen()]) yield { type: 'restart', ...at };
  for (const at of [
    times.running(),
    times.frozen(),
    times.frozen(AGREEING_MS - 1),
    times.frozen(AGREEING_MS),
  ])
    yield { type: 'freeze', ...at };
  for (const at of times.freshAnd(axes.flapping?.until ?? null, 0)) yield { type: 'steady', ...at };
  for (const at of times.freshAnd(axes.graceUntil, 0)) yield { type: 'grace', ...at };
  const limit = dutyIdleLimitMs(axes, LAW) ?? SOME_LIMIT_MS;
  for (const [spare, frozenMs] of [
    [-1, null],
    [0, null],
    [1, null],
    [0, 0],
    [0, 1],
  ] as const) {
    const at = times.fresh();
    const frozenUntil = frozenMs === null ? null : at.now + frozenMs;
    yield { type: 'idle', ...at, since: at.now - limit - spare, frozenUntil };
  }
  const news = (axes.idleSince ?? times.latest) + RESTATED_MS;
  for (const [at, old] of [
    [news - 1, 0],
    [news, 0],
    [news + 1, limit - 1],
    [news, limit],
  ] as const)
    yield { type: 'active', ...times.fresh(), at, now: at + old };
}

/** All that concerns the limit of the duty: in full where there is one. */
function* limits(axes: Axes, times: Times): Generator<Stimulus> {
  const { limitUntil, overAt } = axes;
  const more = extensionMs(LAW);
  for (const at of times.freshAnd(limitUntil, -WARNED_MS)) yield { type: 'warn', ...at };
  for (const at of times.freshAnd(limitUntil, 0)) {
    yield { type: 'warn', ...at };
    yield { type: 'overrun', ...at };
  }
  for (const at of times.freshAnd(overAt, ESCALATED_MS)) yield { type: 'escalate', ...at };
  for (const at of times.freshAnd(limitUntil, more)) yield extension(times, at);
  yield { ...extension(times, times.fresh()), law: NO_EXTENSION };
  for (const law of [LAW, UNLIMITED, LONG, SHORT]) yield { type: 'review', ...times.fresh(), law };
  if (limitUntil === null || overAt !== null || axes.graceUntil !== null) return;
  for (const law of AGREED)
    yield { type: 'overrun', ...times.fresh(), law, now: Math.max(limitUntil, times.latest + 1) };
}

function extension(times: Times, { now }: Pick<Circumstances, 'now'>): Stimulus {
  return { type: 'extend', ...times.signed(), session: null, now };
}

/** Moments that the axes don't know yet. */
class Times {
  readonly latest: number;
  readonly #axes: Axes;
  #told = 0;

  constructor(axes: Axes) {
    this.#axes = axes;
    this.latest = latestOf(axes);
  }

  /** Timers stand still every other time: mostly that doesn't matter. */
  fresh(): Circumstances {
    const now = this.latest + ++this.#told;
    const frozenUntil = this.#told % 2 === 0 ? now + 2 * GRACE_MS : null;
    return { law: LAW, role: 'agent', seq: SEQ, now, frozenUntil };
  }

  /** While timers run. */
  running(): Circumstances {
    return { ...this.fresh(), frozenUntil: null };
  }

  /** Besides a fresh moment, those just before, at and just after a limit, if there is one that is yet to come. */
  freshAnd(from: number | null, afterMs: number): readonly Circumstances[] {
    const limit = from === null ? 0 : from + afterMs;
    const around = [limit - 1, limit, limit + 1].filter((now) => now > this.latest);
    return [this.fresh(), ...around.map((now) => ({ ...this.fresh(), now }))];
  }

  /** While the organisation's timers stand still: for long, or for so much longer than the axes know. */
  frozen(moreMs: number | null = null): Circumstances {
    const at = this.fresh();
    const known = this.#axes.platformUntil ?? at.now;
    return { ...at, frozenUntil: moreMs === null ? at.now + 2 * GRACE_MS : known + moreMs };
  }

  /** By somebody new, for a new reason. */
  signed(): Circumstances & { readonly by: number; readonly reason: string } {
    const at = this.fresh();
    return { ...at, by: at.now, reason: `reason ${at.now}` };
  }

  /** Each item in turn. */
  turn<Item>(items: readonly Item[]): Item {
    const item = items[this.#told % items.length];
    if (item === undefined) throw new TypeError('nothing to take turns in');
    return item;
  }
}

/** The last moment that these axes know of; never before the first. */
export function latestOf({ dutySince, idleSince, overAt, sessions }: Axes): number {
  const known = sessions.flatMap(({ startedAt, lostAt }) => [startedAt, lostAt ?? 0]);
  return Math.max(T0, dutySince, idleSince ?? 0, overAt ?? 0, ...known);
}

function duty(code: string): DutyStatus {
  const found = LAW.catalogue.duty(code);
  if (found === null) throw new TypeError(`no duty ${code}`);
  return found;
}

/** Whether a duty of that code has a limit. */
export function isLimited(code: string): boolean {
  return limitMs(LAW, duty(code)) !== null;
}
