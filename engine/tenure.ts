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
import { Lines } from './lines.ts';
import { type Deadline, nextDeadline } from './next-deadline.ts';
import type { AgentRecord } from './record.ts';
import type { NoteRequest, Pending, Request, Write } from './requests.ts';
import { livesOnRequests } from './sessions.ts';
import type { Standing, Tending } from './traces.ts';
import type { Rejected } from './why.ts';

interface Decided {
  readonly actor: Actor;
  readonly pending: Pending;
  readonly entries: readonly JournalEntry[];
  /** Monotonic milliseconds. */
  readonly decidedAt: number;
}

export interface TenureOptions extends Omit<JudgeOptions, 'lines'> {
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
/** For whom the clock was set ahead; by how much, whoever judges it finds. */
const POSTPONE: Input = { type: 'postpone', byMs: 0 };
const RETRY_MS = 100;
const TOLD: ReadonlySet<Input['type']> = new Set(['lose', 'lapse', 'leave']);

export class Tenure {
  readonly #options: TenureOptions;
  readonly #lines: Lines;
  readonly #judge: Judge;
  readonly #alarms: Alarms;
  readonly #appender: Appender<Decided>;
  /** By place, 1 for those who were here before, and of whom it was not yet found whether their connections are. */
  readonly #resuming: Uint8Array;
  /** There are none of them before it. */
  #nextResuming = 0;
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
    this.#resuming = new Uint8Array(directory.size);
    this.#lines = new Lines(options);
    this.#judge = new Judge({ ...options, lines: this.#lines });
    this.#appender = new Appender({ writer, onFailed: (decided, error) => this.#failed(decided, error) });
    this.#alarms = new Alarms({
      clock,
      recordAt: (place) => directory.recordAt(place),
      nowOf: (record, place) => this.#lines.nowOf(record, place),
      deadlineOf: (record, place) => this.#deadlineOf(record, place),
      onDue: (place, { input, at }) => this.tell(directory.wake(place), input, at),
    });
  }

  /** Decides what comes of a request; answers once it is durable, or refused. */
  dispatch(actor: Actor, request: Request | NoteRequest): Promise<Answer> {
    return new Promise((answer) => this.#accept(actor, { answer, notBefore: 0, ...request }));
  }

  /** News of an agent that nobody waits for: repeated until they are durable. */
  tell(actor: Actor, input: Input, notBefore = 0): void {
    this.#accept(actor, { input, answer: null, notBefore });
  }

  /** Somebody is here: what that comes to is found soon, and before anything else. */
  resume(place: number): void {
    this.#resuming[place] = 1;
  }

  /** Goes on with them while there is time for it; whether more are left. */
  resumeNext(hasTime: () => boolean): boolean {
    for (; this.#nextResuming < this.#resuming.length; this.#nextResuming++) {
      if (this.#resuming[this.#nextResuming] === 0) continue;
      if (!hasTime()) return true;
      this.#resume(this.#options.directory.wake(this.#nextResuming));
    }
    return false;
  }

  /** Notes of the engine's own. */
  note(actor: Actor, write: Write): void {
    this.#accept(actor, { write, answer: null, notBefore: 0 });
  }

  /** The batch is durable: what was decided in it, if it is this tenure's own. */
  confirm(batchId: string): readonly JournalEntry[] | null {
    const decided = this.#appender.underWay(batchId);
    for (const { actor, pending, decidedAt } of decided ?? [])
      if ('input' in pending) this.#lines.happened(actor.place, decidedAt);
    return decided?.flatMap(({ entries }) => entries) ?? null;
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

  /** The last command that was refused of an agent who stands so now; null for none. */
  refusalOf(agent: Standing, now: number): Rejected | null {
    return this.#judge.refusals.of(agent, now);
  }

  /** Of how many agents something is kept beside what the log tells. */
  get traces(): { readonly unwritten: number; readonly refusals: number } {
    return { unwritten: this.#unwritten.size, refusals: this.#judge.refusals.size };
  }

  /** To be told before anything happens to an agent. */
  fade(agent: Standing, now: number): void {
    this.#unwritten.fade(agent, now);
    this.#judge.refusals.fade(agent, now);
  }

  /** As of traces. */
  tend(count: number, tending: Tending): void {
    this.#unwritten.tend(count, tending);
    this.#judge.refusals.tend(count, tending);
  }

  /** An agent's deadlines are other ones. */
  arm(place: number, record: AgentRecord): void {
    this.#alarms.arm(place, record);
  }

  /** Fires what is due, while there is time for it; false where something may be left. */
  turn(hasTime: () => boolean): boolean {
    this.#heedClock();
    return this.#alarms.turn(hasTime);
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
    this.#heedClock();
    this.#refuse(message);
    await this.#appender.quiet();
    this.#stop(message);
    await this.#options.writer.release();
  }

  /**
   * Where the clock was set ahead, what is yet to come is moved by as much: first, and on disk. Only who awaits something
   * is told so, or who may by what is on its way.
   */
  #heedClock(): void {
    if (!this.#lines.wasSetAhead()) return;
    const { directory } = this.#options;
    const busy = directory.awake().filter((actor) => actor.busy);
    for (let place = 0; place < directory.size; place++)
      if (directory.mayAwait(place) && this.#lines.skippedMs(directory.recordAt(place), place) > 0)
        this.tell(directory.wake(place), POSTPONE);
    for (const actor of busy) if (!actor.waiting.some(isPostponing)) this.tell(actor, POSTPONE);
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
    for (const actor of directory.awake()) directory.hold(actor);
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
    this.#resuming[place] = 0;
    activity.begun(place, record.sessions);
    const gone = record.sessions.filter(({ id }) => isGone(nodeOf(id)));
    if (gone.length === record.sessions.length) return this.#accept(actor, RESTART);
    this.arm(place, record);
    for (const session of liveSessions(record))
      if (gone.includes(session) && !livesOnRequests(session))
        this.tell(directory.wake(place), { type: 'lose', session: session.id, byServer: true });
  }

  #accept(actor: Actor, pending: Pending): void {
    if (this.#resuming[actor.place] === 1) {
      this.#resume(actor);
      return this.#accept(this.#options.directory.wake(actor.place), pending);
    }
    if (this.#refusal !== null) this.#turnAway(actor, pending, this.#refusal);
    else if (pending.answer !== null && actor.waiting.length >= MAX_WAITING)
      pending.answer(refuse('OVERLOADED', 'too many commands of this agent are waiting'));
    else if (actor.busy || actor.waiting.length > 0) actor.waiting = [...actor.waiting, pending];
    else this.#go(actor, pending);
    this.#options.directory.hold(actor);
  }

  #go(actor: Actor, pending: Pending): void {
    const { record } = actor;
    const { command } = pending;
    const remembered = command === undefined ? null : this.#recall(actor, command);
    if (remembered !== null) return pending.answer?.(remembered);
    const byMs =
      'input' in pending && !isPostponing(pending) ? this.#lines.skippedMs(record, actor.place) : 0;
    if (byMs > 0) {
      // Nothing is judged by deadlines that only the clock has made past.
      actor.waiting = [pending, ...actor.waiting];
      return this.#go(actor, { input: { type: 'postpone', byMs }, answer: null, notBefore: 0 });
    }
    const judgement = this.#judge.judge(actor, pending);
    switch (judgement.kind) {
      case 'changed':
        actor.busy = true;
        return this.#appender.add({
          actor,
          pending,
          entries: judgement.entries,
          decidedAt: this.#options.clock.monotonic(),
        });
      case 'unchanged':
        return this.#answer(actor, pending, done(record, command));
      case 'refused':
        return this.#answer(actor, pending, judgement.refusal);
    }
  }

  #recall({ record, place }: Actor, command: CommandId): Answer | null {
    const now = this.#lines.nowOf(record, place);
    const written = this.#options.answers.recall(record, command, now);
    return written ?? this.#unwritten.recall(record, command, now);
  }

  #answer(actor: Actor, pending: Pending, given: Answer): void {
    const { command, answer } = pending;
    const { record, place } = actor;
    const isFinal = given.ok || !isRetryable(given);
    if (command !== undefined && isFinal && sends(record, command)) {
      const at = this.#lines.nowOf(record, place);
      this.#unwritten.fade(record, at);
      this.#unwritten.remember(record.member.id, command, { answer: given, at });
    }
    answer?.(given);
    if ('input' in pending && pending.input.type === 'active') return;
    // A timer that changed nothing must not be the last word; and another law may have moved what is due.
    this.arm(place, record);
    this.stir(actor);
  }

  #deadlineOf(record: AgentRecord, place: number): Deadline | null {
    const { law, frozenUntil } = this.#options;
    const { member } = record;
    const now = this.#lines.nowOf(record, place);
    return nextDeadline(record, {
      now,
      law: law(member.organisationId),
      activeAt: this.#judge.seenAt(record, place),
      frozenUntil: frozenUntil(member, now),
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
      return this.#options.directory.hold(actor);
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
        return this.#options.directory.hold(actor);
      }
      actor.waiting = actor.waiting.length === 1 ? NONE : actor.waiting.slice(1);
      this.#go(actor, next);
    }
  }
}

function isPostponing(pending: Pending): boolean {
  return 'input' in pending && pending.input.type === 'postpone';
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
