/** One agent under the referee's eyes: what the rules make of it, and what it still waits for. */
import { changed, hasSession, type ModelAgent, type Person, unseen } from './agent.ts';
import { awaits, putOff } from './awaited.ts';
import { disagree } from './disagreement.ts';
import { judge, type Verdict, type Wish } from './judge.ts';
import { ModelMemory } from './memory.ts';
import { frozenUntil, type ModelFreeze } from './platform.ts';
import { type Alarm, alarmsOf, awake, type Evidence, LATE_MS, rung, standing, stirred } from './timers.ts';

/** A wish that was handed to the engine. */
export interface Sent {
  readonly agent: number;
  readonly wish: Wish;
  readonly command: { readonly sender: string; readonly id: string } | null;
  readonly expectSeq: number | null;
  /** Nobody waits for the engine's own: they may change nothing without a word. */
  readonly isAwaited: boolean;
  readonly sentAt: number;
  /** In which life of the engine it was handed in. */
  readonly life: number;
  readonly failuresBefore: number;
  readonly waitingBefore: number;
  readonly wasKnown: boolean;
  /** Where the agent is offline, a session on requests begins first. */
  readonly opening: { readonly session: string; readonly login: string } | null;
  /** The session has begun; what it was begun for is written with it, and comes next. */
  hasOpened: boolean;
  /** Set once the history has it. */
  committedSeq: number | null;
}

/** One entry of the history, as the journal holds it. */
export interface Happened {
  readonly type: string;
  readonly agent: number;
  readonly seq: number;
  readonly at: number;
  readonly by?: number;
  readonly reason?: string;
  readonly ahead?: number;
  readonly session?: { readonly id: string };
  readonly cause?: string;
  readonly previous?: string;
  readonly effects?: readonly string[];
  readonly set: { readonly idleSince?: number | null; readonly platformUntil?: number | null };
}

/** Two clocks never agree to the millisecond: what is as nearly due as this may come. */
const EARLY_MS = 10;
/** So many earlier states of what is known are looked at. */
const KEPT = 100;

const TIMED = new Set([
  'became_idle',
  'became_active',
  'grace_expired',
  'session_expired',
  'session_lapsed',
  'limit_near',
  'limit_over',
  'limit_escalated',
  'flapping_ended',
  'platform_frozen',
  'clock_set_ahead',
]);

export class Seat {
  agent: ModelAgent;
  evidence: Evidence;
  readonly memory = new ModelMemory();
  readonly queue: Sent[] = [];
  /** What was known of activity until when: a timer is judged by what was known when it came due. */
  #before: { readonly evidence: Evidence; readonly until: number }[] = [];
  /** When the history last had something of this agent, by the clock. */
  #committedAt = 0;
  /** When activity last overtook idleness that was due, but not written yet: what is due next has its turn only then. */
  #overtookAt = 0;
  /** When the engine that knows the agent began: what had come due before comes then. */
  #recalledAt = 0;
  #punctualAt = 0;
  /** By how much the clock was set ahead of what is yet to come, since when, and nobody has been told. */
  #skipped: { readonly byMs: number; readonly since: number } | null = null;

  /** Of the agent's organisation. */
  readonly #freeze: () => ModelFreeze | null;

  constructor(person: Person, now: number, freeze: () => ModelFreeze | null) {
    this.#freeze = freeze;
    this.agent = unseen(person);
    this.evidence = { from: now, to: now, requests: new Map() };
  }

  /** Activity at a moment, or somewhere between two, became known now. */
  saw(now: number, { from, to }: Pick<Evidence, 'from' | 'to'>): void {
    const { evidence } = this;
    if (from <= evidence.from && to <= evidence.to) return;
    const alarms = alarmsOf(this.agent, evidence, this.#freeze());
    if (alarms.some(({ event, at }) => event === 'became_idle' && at <= now)) this.#overtookAt = now;
    this.#know(now, { ...evidence, from: Math.max(from, evidence.from), to: Math.max(to, evidence.to) });
  }

  /** A session had a request. */
  sawRequest(now: number, session: string, at: number): void {
    const { evidence } = this;
    if (at <= (evidence.requests.get(session) ?? -Infinity)) return;
    this.#know(now, { ...evidence, requests: new Map(evidence.requests).set(session, at) });
  }

  /** A new engine knows this much and no more: each session on requests has its time anew. */
  recall(now: number, seenAt: number): void {
    const requests = this.agent.sessions.flatMap(({ id, isOnRequests }) =>
      isOnRequests ? [[id, now] as const] : [],
    );
    this.evidence = { from: seenAt, to: seenAt, requests: new Map(requests) };
    this.#before = [];
    this.#recalledAt = now;
    this.#skipped = null;
  }

  /** The clock was set ahead by so much, and tells that it is now. At rest: nothing is on its way. */
  clockWasSet(now: number, byMs: number): void {
    const later = ({ from, to, requests }: Evidence): Evidence => {
      const moved = [...requests].map(([session, at]) => [session, at + byMs] as const);
      return { from: from + byMs, to: to + byMs, requests: new Map(moved) };
    };
    this.evidence = later(this.evidence);
    this.#before = this.#before.map(({ evidence, until }) => ({
      evidence: later(evidence),
      until: until + byMs,
    }));
    this.#committedAt += byMs;
    this.#overtookAt += byMs;
    this.#recalledAt += byMs;
    this.#skipped = { byMs: byMs + (this.#skipped?.byMs ?? 0), since: now };
  }

  #know(now: number, evidence: Evidence): void {
    this.#before.push({ evidence: this.evidence, until: now });
    if (this.#before.length > KEPT) this.#before.shift();
    this.evidence = evidence;
  }

  /** The history has another entry. Returns the wish that it came of; null where time did it. */
  happened(event: Happened, now: number): Sent | null {
    const before = this.agent;
    if (event.seq !== before.seq + 1) disagree(`seq ${event.seq} after ${before.seq}`, event);
    if (event.at < before.lastAt) disagree('time went back', event);
    if (event.at > Math.max(now, before.lastAt) + EARLY_MS) disagree('an event of the future', event);
    if (event.type !== 'clock_set_ahead') {
      if (this.#skippedMs(event.at) > 0) disagree('judged by what only the clock has made past', event);
      this.#skipped = null;
    }
    const isTimed = this.#isTimed(event);
    if (isTimed && this.hasHalf) disagree('a session began, and not what it was begun for', event);
    this.memory.fade(before, event.at);
    const sent = isTimed ? this.#timed(event, now) : this.#wished(event, now);
    for (const { id } of before.sessions) if (!hasSession(this.agent, id)) this.memory.forget(id);
    const isMoved = before.status !== this.agent.status;
    const previous = isMoved ? before.status : undefined;
    if (event.previous !== previous) disagree(`previous is not ${previous}`, event);
    this.#committedAt = now;
    return sent;
  }

  /** What is due to be judged first. The engine's own that changed nothing are passed over without a word. */
  head(at: number): Sent | null {
    for (;;) {
      const first = this.queue[0];
      if (first === undefined || first.isAwaited) return first ?? null;
      if (this.verdict(first, at).kind === 'changed') return first;
      this.queue.shift();
    }
  }

  /** Half of something is written that is written whole or not at all. */
  get hasHalf(): boolean {
    return this.queue.some(({ hasOpened, committedSeq }) => hasOpened && committedSeq === null);
  }

  verdict(sent: Sent, at: number, frozen = this.#frozen(at)): Verdict {
    const { wish, expectSeq, opening, hasOpened } = sent;
    if (expectSeq !== null && !hasOpened && expectSeq !== this.agent.seq)
      return { kind: 'refused', code: 'CONFLICT', allowed: null };
    if (opening === null || hasOpened || this.agent.duty !== null)
      return judge(this.agent, wish, { at, frozen });
    const begins: Wish = { kind: 'open', ...opening, resume: null, isOnRequests: true };
    const opened = judge(this.agent, begins, { at, frozen });
    const then = opened.kind === 'changed' ? judge(opened.after, wish, { at, frozen }) : opened;
    return then.kind === 'refused' ? then : opened;
  }

  /** A session on requests may end by time, or because somebody wished it. */
  #isTimed({ type, session, at }: Happened): boolean {
    if (type !== 'session_lapsed') return TIMED.has(type);
    const next = this.queue.find((sent) => sent.isAwaited || this.verdict(sent, at).kind === 'changed');
    const isWished = next?.wish.kind === 'lapse' && next.wish.session === session?.id && next.sentAt <= at;
    return !isWished;
  }

  #frozen(at: number): number | null {
    return frozenUntil(this.agent, this.#freeze(), at);
  }

  /** What was decided in the very millisecond in which a freeze began, may have been so before or after. */
  #frozenAsOf({ at, set: { platformUntil = this.agent.platformUntil } }: Happened): number | null {
    const freeze = this.#freeze();
    const frozen = this.#frozen(at);
    if (at !== freeze?.since || frozen === platformUntil) return frozen;
    return frozenUntil(this.agent, freeze.before, at);
  }

  /**
   * Nothing may be left open: all that was wished was judged, all that was due has come. What the journal didn't take
   * when it failed last comes a little later, and what waits behind it.
   */
  settled(now: number, failedAt: number): void {
    const head = this.head(now);
    if (head !== null) disagree(`agent ${this.agent.person.id}: never done`, head);
    const { evidence, agent } = this;
    if (now !== this.#punctualAt) this.#punctual(now, failedAt);
    this.#punctualAt = now;
    if (agent.graceUntil === null && stirred(agent, evidence.from, now))
      disagree('active, but still shown idle', { agent, evidence, now });
  }

  #punctual(now: number, failedAt: number): void {
    const { evidence } = this;
    const byMs = this.#skippedMs(now);
    const tellBy = Math.max(this.#skipped?.since ?? 0, this.#committedAt, failedAt) + LATE_MS;
    if (byMs > 0 && tellBy <= now) disagree('nobody heeds the clock', { agent: this.agent, now });
    const agent = byMs > 0 ? { ...this.agent, ...putOff(this.agent, byMs) } : this.agent;
    for (const alarm of alarmsOf(agent, evidence, this.#freeze())) {
      const turnAt = Math.max(alarm.by, this.#committedAt, failedAt, this.#overtookAt, this.#recalledAt);
      const by = standing(agent, alarm.not, turnAt);
      const isLate = by + LATE_MS <= now && now < alarm.before;
      if (isLate) disagree('overdue', { alarm, agent, now });
    }
  }

  /** By how much it was, for an agent for whom anything is yet to come. */
  #skippedMs(now: number): number {
    const byMs = this.#skipped?.byMs ?? 0;
    return awaits(this.agent, now - byMs) ? byMs : 0;
  }

  #timed(event: Happened, now: number): null {
    const { agent, evidence } = this;
    if (event.type === 'clock_set_ahead') {
      const byMs = this.#skippedMs(event.at);
      if (byMs === 0) disagree('the clock was not set', { event, agent });
      this.agent = changed(agent, putOff(agent, byMs), event.at);
      this.#skipped = null;
      return null;
    }
    if (event.type === 'became_active') {
      if (!stirred(agent, evidence.to, event.at))
        disagree('woke without activity', { event, agent, evidence });
      this.agent = awake(agent, event.at);
      return null;
    }
    const idleSince = event.set.idleSince ?? 0;
    const known = this.#before
      .filter(({ until }) => until >= event.at - EARLY_MS)
      .map((state) => state.evidence);
    const alarm = [...known, evidence]
      .flatMap((state) => alarmsOf(agent, state, this.#freeze()))
      .find((one) => one.event === event.type && isDue(one, event, { idleSince, agent }));
    if (alarm === undefined) disagree('not due', { event, agent, evidence, now });
    const { after, effects } = rung(agent, alarm, { at: event.at, idleSince, freeze: this.#freeze() });
    if (JSON.stringify(event.effects ?? []) !== JSON.stringify(effects))
      disagree('other effects', { event, effects });
    this.agent = after;
    return null;
  }

  #wished(event: Happened, now: number): Sent {
    const sent = this.head(event.at);
    if (sent === null || sent.committedSeq !== null) disagree('nobody wished it now', { event, sent });
    const { wish, command } = sent;
    if (command !== null && this.memory.recall(command.sender, command.id) !== null)
      disagree('done twice', { event, sent });
    const before = this.agent;
    const verdict = this.verdict(sent, event.at, this.#frozenAsOf(event));
    if (verdict.kind !== 'changed') disagree('it should not have happened', { event, sent, verdict });
    if (verdict.event !== event.type) disagree(`it should be ${verdict.event}`, { event, sent });
    if (event.at < Math.max(sent.sentAt, before.lastAt))
      disagree('it happened before it was wished', { event, sent });
    if (JSON.stringify(event.effects ?? []) !== JSON.stringify(verdict.effects))
      disagree('other effects', { event, verdict });
    const ahead = wish.kind === 'open' && (wish.resume?.seq ?? 0) > before.seq ? wish.resume?.seq : undefined;
    if (event.ahead !== ahead) disagree(`ahead is not ${ahead}`, { event, sent });
    if (wish.kind !== 'open' && verdict.event === 'session_opened') return this.#opened(sent, event, now);
    if (wish.kind === 'open') {
      const own = hasSession(verdict.after, wish.session) ? wish.session : wish.resume?.session;
      if (event.session?.id !== own) disagree(`it is not of session ${own}`, { event, sent });
    }
    if ('by' in wish && wish.by !== event.by) disagree('by another', { event, sent });
    if ('reason' in wish && (wish.reason ?? undefined) !== event.reason)
      disagree('another reason', { event, sent });

    this.agent = verdict.after;
    sent.committedSeq = event.seq;
    if (!sent.isAwaited) this.queue.shift();
    // A deed of the agent's own is activity when it is judged; a fresh log-in when it is done (C2).
    if ('by' in wish && wish.by === before.person.id)
      this.saw(now, {
        from: event.at > before.lastAt ? event.at : sent.sentAt,
        to: Math.min(event.at, now),
      });
    if (wish.kind === 'open' && (before.duty === null || ahead !== undefined))
      this.saw(now, { from: Math.min(event.at, now), to: now });
    if (command !== null)
      this.memory.remember(
        command,
        { ok: true, seq: event.seq, code: null },
        { isDurable: true, at: event.at },
      );
    return sent;
  }

  /** The session has begun; what it was begun for comes next, unless it is so with that. */
  #opened(sent: Sent, event: Happened, now: number): Sent {
    const verdict = this.verdict(sent, event.at, this.#frozenAsOf(event));
    if (verdict.kind !== 'changed') disagree('it should not have begun', { event, sent });
    this.agent = verdict.after;
    sent.hasOpened = true;
    this.saw(now, { from: Math.min(event.at, now), to: now });
    this.sawRequest(now, sent.opening?.session ?? '', now);
    const then = this.verdict(sent, event.at, this.#frozenAsOf(event));
    if (then.kind !== 'unchanged') return sent;
    sent.committedSeq = event.seq;
    if (sent.command !== null)
      this.memory.remember(
        sent.command,
        { ok: true, seq: event.seq, code: null },
        { isDurable: true, at: event.at },
      );
    return sent;
  }
}

function isDue(
  { event, session, at, before, not, seen }: Alarm,
  happened: Happened,
  { idleSince, agent }: { idleSince: number; agent: ModelAgent },
): boolean {
  if (happened.at < at || happened.at >= before) return false;
  if (session !== null && session !== happened.session?.id) return false;
  if (happened.at !== not?.since && frozenUntil(agent, not, happened.at) !== null) return false;
  return event !== 'became_idle' || (idleSince >= seen.from && idleSince <= seen.to);
}
