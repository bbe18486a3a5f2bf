/**
 * One sixteenth of the agents: what comes for them is decided here, goes to the journal, and is folded in once it
 * comes back from there.
 *
 * Of one agent at most one event is on its way at a time; what comes meanwhile waits and is judged after it. So a
 * decision never builds on anything uncommitted, and a failed append has nothing to undo (SPEC B6, F1, F5).
 */
import { Activity } from './activity.ts';
import { apply, type Decision } from './agent.ts';
import { Alarms } from './alarms.ts';
import { type Answer, AnswerMemory } from './answers.ts';
import { Appender } from './appender.ts';
import type { Clock } from './clock.ts';
import { type Actor, Directory, NONE, type Rejected } from './directory.ts';
import { isRetryable, type Refusal, refuse } from './errors.ts';
import { type AgentEvent, decodeEvents } from './events.ts';
import type { CommandId, Input } from './inputs.ts';
import { type CommittedBatch, Fenced, JournalBroken, type Writer } from './journal/port.ts';
import type { Law } from './law.ts';
import type { Member } from './member.ts';
import { type Deadline, nextDeadline } from './next-deadline.ts';
import type { AgentRecord } from './record.ts';
import { decideRequest, type Opens, type Pending, type Request } from './requests.ts';
import type { Table } from './table.ts';
import { tileOf } from './tile.ts';
import { explain, type Why } from './why.ts';

interface Decided {
  readonly actor: Actor;
  readonly pending: Pending;
  readonly event: AgentEvent;
}

/** An event that is durable, and the agent after it. */
export interface Committed {
  readonly event: AgentEvent;
  readonly record: AgentRecord;
}

export interface PartitionOptions {
  readonly writer: Writer;
  readonly clock: Clock;
  readonly table: Table;
  readonly law: (organisationId: number) => Law;
  /** Until when an agent's timers stand still, epoch milliseconds; null while they run (C7). */
  readonly frozenUntil: (member: Member) => number | null;
}

const MAX_WAITING = 64;
const RETRY_MS = 100;

export class Partition {
  readonly directory = new Directory();
  readonly #options: PartitionOptions;
  readonly #alarms: Alarms;
  readonly #activity: Activity;
  readonly #answers = new AnswerMemory();
  readonly #appender: Appender<Decided>;
  #stopped: Refusal | null = null;
  /** False while the log is read: nothing fires then. */
  #live = false;

  constructor(options: PartitionOptions) {
    this.#options = options;
    this.#activity = new Activity(options.clock);
    this.#appender = new Appender({
      writer: options.writer,
      onFailed: (decided, error) => this.#failed(decided, error),
    });
    this.#alarms = new Alarms({
      clock: options.clock,
      actorAt: (place) => this.directory.at(place),
      nowOf: (actor) => this.#activity.nowOf(actor),
      deadlineOf: (actor) => this.#deadlineOf(actor),
      onDue: (actor, deadline) => this.#tell(actor, deadline.input, deadline.at),
    });
  }

  /** Under which claim this partition is written. */
  get term(): number {
    return this.#options.writer.term;
  }

  /** Decides what comes of a request; answers once it is durable, or refused. */
  dispatch(agentId: number, request: Request): Promise<Answer> {
    const actor = this.directory.activate(agentId, this.#options.clock.monotonic());
    if (actor === null || !actor.record.member.active) {
      return Promise.resolve(refuse('NOT_FOUND', `there is no agent ${agentId}`));
    }
    return new Promise((answer) => this.#accept(actor, { ...request, answer, notBefore: 0 }));
  }

  /** Master data of a user, new or changed. */
  enrol(member: Member): Promise<Answer> {
    const actor = this.directory.restore(member.id, member.organisationId, this.#options.clock.monotonic());
    return new Promise((answer) =>
      this.#accept(actor, { input: { type: 'profile', member }, answer, notBefore: 0 }),
    );
  }

  /** News of an agent that nobody waits for: repeated until they are durable. */
  tell(agentId: number, input: Input): void {
    const actor = this.directory.activate(agentId, this.#options.clock.monotonic());
    if (actor !== null) this.#tell(actor, input);
  }

  /** Activity was seen at `at` (epoch milliseconds). Journals nothing unless it ends idleness, and allocates nothing. */
  touch(agentId: number, session: string, at: number): void {
    const actor = this.directory.activate(agentId, this.#options.clock.monotonic());
    if (actor === null) return;
    this.#activity.touch(actor, session, at);
    this.#stir(actor);
  }

  /** Folds in a batch that the journal committed: this partition's own, or another writer's. */
  commit(batch: CommittedBatch): readonly Committed[] {
    const own = this.#appender.underWay(batch.id);
    const events = own === null ? decodeEvents(batch.events) : own.map(({ event }) => event);
    return events.map((event) => this.#fold(event));
  }

  /** After a committed batch was shown: answers those who wait for it, and goes on with what came meanwhile. */
  settle(batch: CommittedBatch): void {
    const decided = this.#appender.underWay(batch.id);
    if (decided === null) return;
    for (const { actor, pending } of decided) pending.answer?.(done(actor, pending.command));
    this.#release(decided);
  }

  /** Fires what is due. */
  turn(): void {
    this.#alarms.turn();
  }

  /**
   * Begins, after the log was read. Who was here when the engine went down has a fresh grace to come back (C6); whose
   * master data changed meanwhile is told so.
   */
  begin(): void {
    this.#live = true;
    for (const actor of this.directory.actors()) {
      const { member, connectivity, idleSince } = actor.record;
      if (idleSince !== null) this.#activity.recall(actor, idleSince);
      this.#activity.noteRequests(actor);
      this.#tell(actor, {
        type: 'profile',
        member: this.directory.member(member.id) ?? { ...member, active: false },
      });
      if (connectivity === 'disconnected') this.#arm(actor);
      else this.#tell(actor, { type: 'restart' });
    }
  }

  /** Lets what is on its way become durable, then refuses everything. */
  async close(message: string): Promise<void> {
    await this.#appender.quiet();
    this.stop(message);
    await this.#options.writer.release();
  }

  why(agentId: number): Why | null {
    const { clock, law, frozenUntil } = this.#options;
    const record = this.directory.record(agentId);
    if (record === null) return null;
    const actor = this.directory.activate(agentId, clock.monotonic());
    const wall = (at: number | undefined) =>
      at === undefined ? null : Math.round(clock.now() - (clock.monotonic() - at));
    return explain(record, law(record.member.organisationId), {
      now: Math.max(clock.now(), record.lastAt),
      frozenUntil: frozenUntil(record.member),
      activeAt: record.connectivity === 'disconnected' ? null : wall(actor?.activeAt),
      sessionActiveAt: (session) => wall(actor?.sessionActivity?.get(session)),
      lastRefusal: actor?.lastRefusal ?? null,
    });
  }

  /** Refuses everything from here on, also what is on its way: for a partition that is lost, or an engine that ends. */
  stop(message: string): void {
    const refusal = refuse('UNAVAILABLE', message);
    this.#stopped ??= refusal;
    const underWay = this.#appender.abandon().map(({ pending }) => pending);
    const waiting = [...this.directory.actors()].flatMap(takeWaiting);
    for (const { answer } of [...underWay, ...waiting]) answer?.(refusal);
  }

  #tell(actor: Actor, input: Input, notBefore = 0): void {
    this.#accept(actor, { input, answer: null, notBefore });
  }

  #accept(actor: Actor, pending: Pending): void {
    if (this.#stopped !== null) return pending.answer?.(this.#stopped);
    if (pending.answer !== null && actor.waiting.length >= MAX_WAITING) {
      return pending.answer(refuse('OVERLOADED', 'too many commands of this agent are waiting'));
    }
    if (actor.busy || actor.waiting.length > 0) actor.waiting = [...actor.waiting, pending];
    else this.#judge(actor, pending);
  }

  #judge(actor: Actor, pending: Pending): void {
    const { clock } = this.#options;
    const { command } = pending;
    const input = this.#asOfNow(actor, pending.input);
    const remembered = command === undefined ? null : this.#answers.recall(actor.record.member.id, command);
    if (remembered !== null) return pending.answer?.(remembered);
    if ('by' in input && input.by === actor.record.member.id) this.#activity.stir(actor);

    const decision = this.#decide(actor, { ...pending, input });
    switch (decision.kind) {
      case 'changed':
        actor.busy = true;
        return this.#appender.add({ actor, pending, event: decision.event });
      case 'opens':
        return this.#open(actor, pending, decision.event);
      case 'unchanged':
        return this.#answer(actor, pending, done(actor, command));
      case 'refused':
        actor.lastRefusal = rejected(input, decision.refusal, clock.now());
        return this.#answer(actor, pending, decision.refusal);
    }
  }

  #decide(actor: Actor, request: Pending): Decision | Opens {
    const { clock, table, law, frozenUntil } = this.#options;
    const { member } = actor.record;
    return decideRequest(actor.record, request, {
      table,
      law: law(member.organisationId),
      now: Math.max(clock.now(), request.notBefore),
      frozenUntil: frozenUntil(member),
    });
  }

  /** The session begins; what it was begun for is judged next, before all that waits. */
  #open(actor: Actor, pending: Pending, event: AgentEvent): void {
    const { opening, expectSeq: _, ...asked } = pending;
    if (opening === undefined) throw new TypeError('there is no session to begin');
    const answer = (given: Answer) => {
      if (given.ok) actor.waiting = [asked, ...actor.waiting];
      else asked.answer?.(given);
    };
    actor.busy = true;
    this.#appender.add({ actor, pending: { input: opening, answer, notBefore: 0 }, event });
  }

  #answer(actor: Actor, { command, answer, input }: Pending, given: Answer): void {
    const isFinal = given.ok || !isRetryable(given);
    if (command !== undefined && isFinal && sends(actor.record, command))
      this.#answers.remember(actor.record.member.id, command, given);
    answer?.(given);
    if (input.type === 'active') return;
    // A timer that changed nothing must not be the last word; and another law may have moved what is due.
    this.#arm(actor);
    this.#stir(actor);
  }

  /** What waited may have been overtaken by activity: an agent is idle only since it was last seen. */
  #asOfNow(actor: Actor, input: Input): Input {
    switch (input.type) {
      case 'idle':
        return { type: 'idle', since: this.#activity.seenAt(actor) };
      case 'lapse':
        return input.since === null
          ? input
          : { ...input, since: this.#activity.requestedAt(actor, input.session) };
      default:
        return input;
    }
  }

  /**
   * Activity is a level, not an edge (C2): whenever and however it was seen, it ends idleness as soon as nothing else
   * is on its way.
   */
  #stir(actor: Actor): void {
    if (actor.record.activity !== 'idle' || actor.busy || actor.waiting.length > 0) return;
    this.#tell(actor, { type: 'active', at: this.#activity.seenAt(actor) });
  }

  /** Nothing was written: people are told, the engine's own news are repeated. */
  #failed(decided: readonly Decided[], error: unknown): void {
    if (error instanceof Fenced || error instanceof JournalBroken) return this.stop(error.message);
    const answered = decided.filter(({ pending }) => pending.answer !== null);
    for (const { actor, pending } of decided) if (pending.answer === null) this.#repeatSoon(actor, pending);
    for (const { pending } of answered) pending.answer?.(journalFailed());
    this.#release(answered);
  }

  /** The engine's own news come first again: nothing that people want may overtake them, so what waits is refused. */
  #repeatSoon(actor: Actor, pending: Pending): void {
    const waiting = takeWaiting(actor);
    actor.waiting = [pending, ...waiting.filter(({ answer }) => answer === null)];
    for (const { answer } of waiting) answer?.(journalFailed());
    this.#options.clock.after(RETRY_MS, () => this.#goOn(actor));
  }

  /** What waited behind events that are done with is judged now. */
  #release(decided: readonly Decided[]): void {
    for (const { actor } of decided) this.#goOn(actor);
    this.#appender.next();
  }

  #goOn(actor: Actor): void {
    actor.busy = false;
    while (!actor.busy) {
      const [next] = actor.waiting;
      if (next === undefined) return this.#stir(actor);
      actor.waiting = actor.waiting.length === 1 ? NONE : actor.waiting.slice(1);
      this.#judge(actor, next);
    }
  }

  #fold(event: AgentEvent): Committed {
    const { clock } = this.#options;
    const actor = this.directory.restore(event.agent, event.organisation, clock.monotonic());
    const before = actor.record;
    const record = apply(before, event);
    actor.record = record;
    if (this.#live && event.set.member !== undefined) this.directory.enrol(event.set.member);
    if (event.command !== undefined)
      this.#answers.remember(event.agent, event.command, done(actor, event.command));
    for (const { id } of before.sessions) if (!hasSession(record, id)) this.#forget(actor, id);
    // A fresh log-in is activity; the hello of a further tab is none (C2).
    if (event.type === 'session_opened' && (event.set.dutyCode !== undefined || event.ahead !== undefined))
      this.#activity.stir(actor);
    if (event.set.sessions !== undefined) this.#activity.noteRequests(actor, before.sessions);
    this.#arm(actor);
    return { event, record };
  }

  #deadlineOf(actor: Actor): Deadline | null {
    const { member } = actor.record;
    return nextDeadline(actor.record, {
      now: this.#activity.nowOf(actor),
      law: this.#options.law(member.organisationId),
      activeAt: this.#activity.seenAt(actor),
      frozenUntil: this.#options.frozenUntil(member),
      requestedAt: (session) => this.#activity.requestedAt(actor, session),
    });
  }

  #arm(actor: Actor): void {
    if (this.#live) this.#alarms.arm(actor);
  }

  #forget(actor: Actor, session: string): void {
    this.#answers.forgetSession(session);
    actor.sessionActivity?.delete(session);
  }
}

function takeWaiting(actor: Actor): readonly Pending[] {
  const { waiting } = actor;
  actor.waiting = NONE;
  return waiting;
}

function done(actor: Actor, command: CommandId | undefined): Answer {
  const { record } = actor;
  const tile = command !== undefined && 'user' in command ? tileOf(record, 'full') : null;
  return { ok: true, seq: record.seq, tile };
}

function journalFailed(): Refusal {
  return refuse('JOURNAL_FAILED', 'the change could not be written down; nothing changed');
}

function rejected({ type: command }: Input, { code, message }: Refusal, at: number): Rejected {
  return { at, command, code, message };
}

function hasSession(record: AgentRecord, id: string): boolean {
  return record.sessions.some((session) => session.id === id);
}

/** Whether the sender of a command may send again: sessions that ended are not remembered. */
function sends(record: AgentRecord, command: CommandId): boolean {
  return 'user' in command || hasSession(record, command.session);
}
