/**
 * A partition while this node has claimed it: what comes for its agents is decided here, goes to the journal, and is
 * answered once it has come back from there.
 *
 * Of one agent at most one event is on its way at a time; what comes meanwhile waits and is judged after it. So a
 * decision never builds on anything uncommitted, and a failed append has nothing to undo (SPEC B6, F1, F5).
 */
import { Alarms } from './alarms.ts';
import { type Answer, AnswerMemory, done, sends } from './answers.ts';
import { Appender } from './appender.ts';
import { liveSessions, type Session } from './axes.ts';
import { type Actor, type Directory, NONE } from './directory.ts';
import type { JournalEntry } from './entries.ts';
import { isRetryable, journalFailed, type Refusal, refuse } from './errors.ts';
import type { CommandId, Input } from './inputs.ts';
import { type CommittedBatch, Fenced, JournalBroken, type Writer } from './journal/port.ts';
import { Judge, type JudgeOptions } from './judge.ts';
import { type Deadline, nextDeadline } from './next-deadline.ts';
import type { AgentRecord } from './record.ts';
import type { NoteRequest, Pending, Request, Write } from './requests.ts';
import { livesOnRequests } from './sessions.ts';
import type { Rejected } from './why.ts';

interface Decided {
  readonly actor: Actor;
  readonly pending: Pending;
  readonly entries: readonly JournalEntry[];
}

export interface TenureOptions extends JudgeOptions {
  readonly writer: Writer;
  readonly directory: Directory;
  /** To commands that journalled something. */
  readonly answers: AnswerMemory;
  /** Whether a node's gateways are gone, and with them the connections of their sessions. */
  readonly isGone: (node: string) => boolean;
  /** The tenure is over: the partition was claimed by another node, or the journal can't go on. */
  readonly onOver: (message: string, untold: readonly Untold[]) => void;
}

/** News that nobody waits for, and that were not told when the tenure ended. */
export type Untold = { readonly agentId: number } & ({ readonly input: Input } | { readonly write: Write });

const MAX_WAITING = 64;
/** Of a session's id behind the node's name: a hyphen and a UUID. */
const SUFFIX_LENGTH = 37;
const RESTART: Pending = { input: { type: 'restart' }, answer: null, notBefore: 0 };
const RETRY_MS = 100;
const TOLD: ReadonlySet<Input['type']> = new Set(['lose', 'lapse', 'leave']);

export class Tenure {
  readonly #options: TenureOptions;
  readonly #judge: Judge;
  readonly #alarms: Alarms;
  readonly #appender: Appender<Decided>;
  /** Places of those who were here before, and for whom it was not yet found whether their connections are. */
  readonly #resuming = new Set<number>();
  /** Answers to commands that journalled nothing: whoever comes next judges those afresh (B6). */
  readonly #unwritten = new AnswerMemory();
  /** News that the next owner is to be told. */
  readonly #untold: Untold[] = [];
  /** With what everything that comes is refused; null while it is not. */
  #refusal: Refusal | null = null;
  #isOver = false;

  constructor(options: TenureOptions) {
    this.#options = options;
    const { writer, clock, directory } = options;
    this.#judge = new Judge(options);
    this.#appender = new Appender({ writer, onFailed: (decided, error) => this.#failed(decided, error) });
    this.#alarms = new Alarms({
      clock,
      recordAt: (place) => directory.recordAt(place),
      nowOf: (record) => this.#judge.nowOf(record),
      deadlineOf: (record, place) => this.#deadlineOf(record, place),
      onDue: (place, { input, at }) => this.tell(directory.wake(place), input, at),
    });
  }

  /** Decides what comes of a request; answers once it is durable, or refused. */
  dispatch(actor: Actor, request: Request | NoteRequest): Promise<Answer> {
    return new Promise((answer) => this.#accept(actor, { ...request, answer, notBefore: 0 }));
  }

  /** News of an agent that nobody waits for: repeated until they are durable. */
  tell(actor: Actor, input: Input, notBefore = 0): void {
    this.#accept(actor, { input, answer: null, notBefore });
  }

  /** Somebody is here: what that comes to is found soon, and before anything else. */
  resume(place: number): void {
    this.#resuming.add(place);
  }

  /** Goes on with so many of them; whether more are left. */
  resumeNext(count: number): boolean {
    let left = count;
    for (const place of this.#resuming) {
      if (left-- === 0) return true;
      this.#resuming.delete(place);
      this.#resume(this.#options.directory.wake(place));
    }
    return false;
  }

  /** Notes of the engine's own. */
  note(actor: Actor, write: Write): void {
    this.#accept(actor, { write, answer: null, notBefore: 0 });
  }

  /** What was decided in that batch, if it is this tenure's own. */
  underWay(batchId: string): readonly JournalEntry[] | null {
    return this.#appender.underWay(batchId)?.flatMap(({ entries }) => entries) ?? null;
  }

  /** After a committed batch was shown: answers those who wait for it, and goes on with what came meanwhile. */
  settle(batch: CommittedBatch): void {
    const decided = this.#appender.underWay(batch.id);
    if (decided === null) return;
    for (const { actor, pending, entries } of decided)
      pending.answer?.(done(actor.record, pending.command, entries[0]));
    this.#release(decided);
  }

  /** Sessions that ended send nothing more. */
  forgetEnded(before: readonly Session[], after: readonly Session[]): void {
    this.#unwritten.forgetEnded(before, after);
  }

  /** The last command of an agent that was refused; null for none. */
  refusalAt(place: number): Rejected | null {
    return this.#judge.refusalAt(place);
  }

  /** An agent's deadlines are other ones. */
  arm(place: number, record: AgentRecord): void {
    this.#alarms.arm(place, record);
  }

  /** Fires what is due. */
  turn(): void {
    this.#alarms.turn();
  }

  /**
   * Activity is a level, not an edge (C2): whenever and however it was seen, it ends idleness as soon as nothing else
   * is on its way.
   */
  stir(actor: Actor): void {
    const { record, place, busy, waiting } = actor;
    if (record.activity !== 'idle' || busy || waiting.length > 0) return;
    this.tell(actor, { type: 'active', at: this.#judge.seenAt(record, place) });
  }

  /** Takes nothing more, lets what is on its way become durable, and gives the partition up. */
  async end(message: string): Promise<void> {
    this.#refuse(message);
    await this.#appender.quiet();
    this.#stop(message);
    await this.#options.writer.release();
  }

  /** Nothing is accepted from here on, and what waits no more. */
  #refuse(message: string): void {
    const refusal = (this.#refusal ??= refuse('UNAVAILABLE', message));
    for (const actor of this.#options.directory.awake())
      for (const pending of takeWaiting(actor)) this.#turnAway(actor, pending, refusal);
  }

  /** What is on its way is lost, too. */
  #stop(message: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#refuse(message);
    const refusal = this.#refusal ?? refuse('UNAVAILABLE', message);
    for (const { actor, pending } of this.#appender.abandon()) {
      actor.busy = false;
      this.#turnAway(actor, pending, refusal);
    }
    const { directory, onOver } = this.#options;
    for (const actor of directory.awake()) directory.rest(actor);
    onOver(message, this.#untold);
  }

  #turnAway(actor: Actor, pending: Pending, refusal: Refusal): void {
    pending.answer?.(refusal);
    this.#untold.push(...untoldOf(actor, pending));
  }

  /** Whose connections are all gone is told so; of others, each that is gone. */
  #resume(actor: Actor): void {
    const { directory, activity, isGone } = this.#options;
    const { record, place } = actor;
    activity.begun(place, record.sessions);
    const gone = record.sessions.filter(({ id }) => isGone(nodeOf(id)));
    if (gone.length === record.sessions.length) return this.#accept(actor, RESTART);
    this.arm(place, record);
    for (const session of liveSessions(record))
      if (gone.includes(session) && !livesOnRequests(session))
        this.tell(directory.wake(place), { type: 'lose', session: session.id, byServer: true });
    directory.rest(actor);
  }

  #accept(actor: Actor, pending: Pending): void {
    if (this.#resuming.delete(actor.place)) {
      this.#resume(actor);
      return this.#accept(this.#options.directory.wake(actor.place), pending);
    }
    if (this.#refusal !== null) this.#turnAway(actor, pending, this.#refusal);
    else if (pending.answer !== null && actor.waiting.length >= MAX_WAITING)
      pending.answer(refuse('OVERLOADED', 'too many commands of this agent are waiting'));
    else if (actor.busy || actor.waiting.length > 0) actor.waiting = [...actor.waiting, pending];
    else this.#go(actor, pending);
    this.#options.directory.rest(actor);
  }

  #go(actor: Actor, pending: Pending): void {
    const { record } = actor;
    const { command } = pending;
    const remembered = command === undefined ? null : this.#recall(record.member.id, command);
    if (remembered !== null) return pending.answer?.(remembered);
    const judgement = this.#judge.judge(actor, pending);
    switch (judgement.kind) {
      case 'changed':
        actor.busy = true;
        return this.#appender.add({ actor, pending, entries: judgement.entries });
      case 'unchanged':
        return this.#answer(actor, pending, done(record, command));
      case 'refused':
        return this.#answer(actor, pending, judgement.refusal);
    }
  }

  #recall(agentId: number, command: CommandId): Answer | null {
    return this.#options.answers.recall(agentId, command) ?? this.#unwritten.recall(agentId, command);
  }

  #answer(actor: Actor, pending: Pending, given: Answer): void {
    const { command, answer } = pending;
    const { record, place } = actor;
    const isFinal = given.ok || !isRetryable(given);
    if (command !== undefined && isFinal && sends(record, command))
      this.#unwritten.remember(record.member.id, command, given);
    answer?.(given);
    if ('input' in pending && pending.input.type === 'active') return;
    // A timer that changed nothing must not be the last word; and another law may have moved what is due.
    this.arm(place, record);
    this.stir(actor);
  }

  #deadlineOf(record: AgentRecord, place: number): Deadline | null {
    const { law, frozenUntil } = this.#options;
    const { member } = record;
    return nextDeadline(record, {
      now: this.#judge.nowOf(record),
      law: law(member.organisationId),
      activeAt: this.#judge.seenAt(record, place),
      frozenUntil: frozenUntil(member),
      requestedAt: (session) => this.#judge.requestedAt(record, place, session),
    });
  }

  /** Nothing was written: people are told, the engine's own news are repeated. */
  #failed(decided: readonly Decided[], error: unknown): void {
    if (error instanceof Fenced || error instanceof JournalBroken) return this.#stop(error.message);
    const answered = decided.filter(({ pending }) => pending.answer !== null);
    for (const { actor, pending } of decided) if (pending.answer === null) this.#repeatSoon(actor, pending);
    for (const { pending } of answered) pending.answer?.(journalFailed());
    this.#release(answered);
  }

  /**
   * The engine's own news come first again: nothing that people want may overtake them, so what waits is refused. Where
   * the tenure ends they are the next one's: a journal that fails must not keep it from ending.
   */
  #repeatSoon(actor: Actor, pending: Pending): void {
    if (this.#refusal !== null) {
      actor.busy = false;
      this.#turnAway(actor, pending, this.#refusal);
      return this.#options.directory.rest(actor);
    }
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
    if (this.#isOver) return;
    actor.busy = false;
    while (!actor.busy) {
      const [next] = actor.waiting;
      if (next === undefined) {
        this.stir(actor);
        return this.#options.directory.rest(actor);
      }
      actor.waiting = actor.waiting.length === 1 ? NONE : actor.waiting.slice(1);
      this.#go(actor, next);
    }
  }
}

function takeWaiting(actor: Actor): readonly Pending[] {
  const { waiting } = actor;
  actor.waiting = NONE;
  return waiting;
}

/** A session is named after the node whose gateway holds it. */
function nodeOf(session: string): string {
  return session.slice(0, Math.max(0, session.length - SUFFIX_LENGTH));
}

/** What gateways, log-ins and messages have to tell is nobody's to lose; of timers whoever comes next knows itself. */
function untoldOf({ record }: Actor, pending: Pending): readonly Untold[] {
  const agentId = record.member.id;
  if (pending.answer !== null) return [];
  if ('write' in pending) return [{ agentId, write: pending.write }];
  return TOLD.has(pending.input.type) ? [{ agentId, input: pending.input }] : [];
}
