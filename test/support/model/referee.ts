/**
 * Watches an engine from outside — what is asked of it, what it answers, what its history says — and holds all of it
 * against the rules. Of one agent everything is judged in the order in which it came (SPEC B6); what time does may
 * come in between.
 */
import { hasSession, type ModelAgent, type Person } from './agent.ts';
import { disagree } from './disagreement.ts';
import type { Wish } from './judge.ts';
import { Platform } from './platform.ts';
import { type Happened, Seat, type Sent } from './seat.ts';

export interface Answered {
  readonly ok: boolean;
  readonly seq: number | null;
  readonly code: string | null;
  readonly allowed: readonly string[] | null;
}

export interface Asked {
  readonly agent: number;
  readonly wish: Wish;
  readonly command?: { readonly sender: string; readonly id: string };
  readonly expectSeq?: number;
  readonly isAwaited?: boolean;
  /** Where the agent is offline, a session on requests begins first. */
  readonly opening?: { readonly session: string; readonly login: string };
}

/** Behind the one that is under way. */
const MAX_WAITING = 64;

export class Referee {
  readonly seats = new Map<number, Seat>();
  readonly platform = new Platform(() => this.#agents());
  /** How many appends have failed so far. */
  failures = 0;
  life = 0;
  #failedAt = -1;
  #beganAt = 0;
  readonly #now: () => number;
  #endingLife = -1;

  constructor(now: () => number) {
    this.#now = now;
  }

  seat(agent: number): Seat {
    const seat = this.seats.get(agent);
    return seat ?? disagree(`nobody knows agent ${agent}`);
  }

  sent({ agent, wish, command, expectSeq, isAwaited = true, opening }: Asked): Sent {
    const seat = this.seats.get(agent);
    const sent: Sent = {
      agent,
      wish,
      command: command ?? null,
      expectSeq: expectSeq ?? null,
      isAwaited,
      sentAt: this.#now(),
      life: this.life,
      failuresBefore: this.failures,
      waitingBefore: seat?.queue.length ?? 0,
      wasKnown: seat !== undefined && (wish.kind === 'profile' || seat.agent.person.active),
      opening: opening ?? null,
      hasOpened: false,
      committedSeq: null,
    };
    seat?.queue.push(sent);
    return sent;
  }

  journalFailed(): void {
    this.failures += 1;
    this.#failedAt = this.#now();
  }

  touched(agent: number, session: string, at: number): void {
    const now = this.#now();
    const seenAt = Math.min(at, now);
    const seat = this.seats.get(agent);
    seat?.saw(now, { from: seenAt, to: seenAt });
    if (seat?.evidence.requests.has(session) === true) seat.sawRequest(now, session, seenAt);
  }

  happened(event: Happened): Sent | null {
    const seat = this.seat(event.agent);
    const before = seat.agent;
    if (event.type === 'engine_restarted')
      this.platform.restartedWith(before.person.organisation, this.#beganAt);
    const sent = seat.happened(event, this.#now());
    this.platform.changed(before, seat.agent, { at: event.at, now: this.#now() });
    return sent;
  }

  answered(sent: Sent, answer: Answered): void {
    const seat = this.seats.get(sent.agent);
    const now = this.#now();
    if (sent.life <= this.#endingLife) return this.#answeredLate(sent, answer);
    switch (answer.code) {
      case 'NOT_FOUND':
        if (sent.wasKnown) disagree('the agent is known', sent);
        return leaveQueue(seat, sent);
      case 'OVERLOADED':
        if (sent.waitingBefore <= MAX_WAITING) disagree('nothing overloads it', sent);
        return leaveQueue(seat, sent);
      case 'JOURNAL_FAILED':
        if (
          (this.failures === sent.failuresBefore && this.#failedAt < sent.sentAt) ||
          sent.committedSeq !== null ||
          sent.hasOpened
        )
          disagree('nothing failed', sent);
        leaveQueue(seat, sent);
        if (this.#isOwnDeed(sent)) seat?.saw(now, { from: seat.evidence.from, to: now });
        return;
      case 'UNAVAILABLE':
        return disagree('the engine runs', sent);
      default:
        if (seat === undefined || !sent.wasKnown) return disagree('the agent is not known', { sent, answer });
        return this.#answeredInTurn(seat, sent, answer);
    }
  }

  /** At rest, the clock was set ahead: it tells the new time. */
  clockWasSet(byMs: number): void {
    this.#failedAt += byMs;
    this.#beganAt += byMs;
    this.platform.clockWasSet(byMs);
    for (const seat of this.seats.values()) seat.clockWasSet(this.#now(), byMs);
  }

  /** At rest nothing may be open. */
  settled(): void {
    for (const seat of this.seats.values()) seat.settled(this.#now(), this.#failedAt);
  }

  get isIdle(): boolean {
    for (const { queue } of this.seats.values()) if (queue.some(({ isAwaited }) => isAwaited)) return false;
    return true;
  }

  /** The engine stops, or is taken for dead: what it hasn't written yet it may not write any more. */
  lifeEnds(): void {
    this.#endingLife = this.life;
  }

  /** Another engine goes on with the same history, and with the master data as they are now. */
  lifeBegins(people: Iterable<Person>): void {
    const now = this.#now();
    this.life += 1;
    this.#beganAt = now;
    this.platform.restarted(now);
    for (const person of people) {
      const seat = this.seats.get(person.id) ?? this.#enrol(person);
      if (seat.hasHalf) disagree('the engine died between a session and what it was begun for', seat.queue);
      seat.queue.length = 0;
      // Of who was active nobody knows since when not: the time begins anew. Who was idle still is.
      const seenAt = seat.agent.idleSince ?? now;
      seat.recall(now, seenAt);
      seat.memory.restart();
      if (seat.agent.seq === 0) seat.agent = { ...seat.agent, person };
      this.sent({ agent: person.id, wish: { kind: 'profile', person }, isAwaited: false });
      this.sent({ agent: person.id, wish: { kind: 'restart' }, isAwaited: false });
    }
  }

  /** Somebody of whom the engine has not heard. */
  strangers(person: Person): void {
    const { id, organisation } = person;
    const unknown = {
      name: '',
      team: null,
      department: null,
      role: 'viewer',
      onBoard: false,
      active: false,
    } as const;
    if (!this.seats.has(id)) this.#enrol({ id, organisation, ...unknown });
  }

  *#agents(): Iterable<ModelAgent> {
    for (const { agent } of this.seats.values()) yield agent;
  }

  #enrol(person: Person): Seat {
    const seat = new Seat(person, this.#now(), () => this.platform.freezeOf(person.organisation));
    this.seats.set(person.id, seat);
    return seat;
  }

  #answeredInTurn(seat: Seat, sent: Sent, answer: Answered): void {
    const now = this.#now();
    if (seat.head(now) !== sent) disagree('answered out of turn', { sent, queue: seat.queue });
    seat.queue.shift();
    if (sent.committedSeq !== null) {
      if (!answer.ok || answer.seq !== sent.committedSeq) disagree('it happened', { sent, answer });
      return;
    }
    const { command } = sent;
    seat.memory.fade(seat.agent, now);
    const first = command === null ? null : seat.memory.recall(command.sender, command.id);
    if (first !== null) {
      const { ok, seq, code } = answer;
      if (ok !== first.ok || seq !== first.seq || code !== first.code)
        disagree('not the first answer again', { sent, answer, first });
      return;
    }
    if (this.#isOwnDeed(sent)) seat.saw(now, { from: sent.sentAt, to: now });
    const verdict = seat.verdict(sent, now);
    if (verdict.kind === 'changed') disagree('it should have happened', { sent, answer, agent: seat.agent });
    const expected =
      verdict.kind === 'unchanged'
        ? { ok: true, seq: seat.agent.seq, code: null, allowed: null }
        : { ok: false, seq: null, code: verdict.code, allowed: verdict.allowed };
    if (sameAnswer(expected, answer)) {
      const isRemembered =
        command !== null && (command.sender.startsWith('user:') || hasSession(seat.agent, command.sender));
      if (isRemembered) seat.memory.remember(command, answer, { isDurable: false, at: now });
    } else disagree('another answer', { sent, answer, expected });
  }

  /** Of an engine that ends: refused, or true of what was written before. */
  #answeredLate(sent: Sent, answer: Answered): void {
    const seat = this.seats.get(sent.agent);
    leaveQueue(seat, sent);
    if (this.#isOwnDeed(sent) && sent.life === this.life && seat !== undefined)
      seat.saw(this.#now(), { from: seat.evidence.from, to: this.#now() });
    if (!answer.ok || answer.seq === sent.committedSeq) return;
    const { command } = sent;
    const first = command === null ? null : (seat?.memory.recall(command.sender, command.id) ?? null);
    if (first !== null && first.seq === answer.seq) return;
    const isNews =
      sent.committedSeq !== null || sent.wish.kind === 'force' || (answer.seq ?? 0) > (seat?.agent.seq ?? 0);
    if (isNews) disagree('acknowledged by an engine that had lost its partitions', { sent, answer });
  }

  #isOwnDeed({ wish, agent }: Sent): boolean {
    return 'by' in wish && wish.by === agent;
  }
}

function leaveQueue(seat: Seat | undefined, sent: Sent): void {
  const place = seat?.queue.indexOf(sent) ?? -1;
  if (place !== -1) seat?.queue.splice(place, 1);
}

/** The allowed codes count as a set. */
function sameAnswer(expected: Answered, actual: Answered): boolean {
  return (
    expected.ok === actual.ok &&
    expected.seq === actual.seq &&
    expected.code === actual.code &&
    [...(expected.allowed ?? [])].sort().join() === [...(actual.allowed ?? [])].sort().join()
  );
}
