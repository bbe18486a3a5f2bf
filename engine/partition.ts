/**
 * One sixteenth of the agents, as the log tells of them. Every node folds in every partition; the one that has claimed
 * it also decides what comes for its agents (tenure.ts).
 */
import { Activity } from './activity.ts';
import { type Answer, AnswerMemory, done, type Remembering } from './answers.ts';
import type { Session } from './axes.ts';
import { Directory } from './directory.ts';
import { refuse } from './errors.ts';
import { decodeEntries, type Note } from './entries.ts';
import type { AgentEvent } from './events.ts';
import type { Input } from './inputs.ts';
import type { CommittedBatch, Offset, Writer } from './journal/port.ts';
import type { JudgeOptions } from './judge.ts';
import type { Member } from './member.ts';
import type { Owner } from './owner.ts';
import { PastAnswers } from './past-answers.ts';
import type { AgentRecord } from './record.ts';
import { answeredBy, Replayer } from './replayer.ts';
import type { NoteRequest, Request, Write } from './requests.ts';
import type { Image, ImageWriter } from './snapshots/image.ts';
import { Tenure, type Untold } from './tenure.ts';
import type { Tending } from './traces.ts';
import { explain, type Why } from './why.ts';

/** An event that is durable, and the agent before and after it. */
export interface Committed {
  readonly event: AgentEvent;
  readonly before: AgentRecord;
  readonly record: AgentRecord;
}

/** What a batch held. */
export interface Contents {
  readonly committed: readonly Committed[];
  readonly notes: readonly Note[];
}

export interface PartitionOptions extends Omit<JudgeOptions, 'activity' | 'lines'> {
  /** Who else owns the partition; null while nobody is known to. */
  readonly elsewhere: () => Owner | null;
  /** Claims an agent on this node; whether that could be. */
  readonly hold: (agentId: number) => boolean;
}

/** Of how many agents something is kept. */
export interface Traced {
  /** Something is under way. */
  readonly actors: number;
  /** Answers to users: those that the log tells of, and others. */
  readonly answers: number;
  readonly unwritten: number;
  readonly refusals: number;
  /** When their sessions were active. */
  readonly activity: number;
}

/** So many are looked at each second, whether they are gone. */
const TENDED = 64;
/** What others have written is here by then. */
const LAG_MS = 60_000;
/** After so long news that nobody could be told are told again. */
const RETRY_MS = 100;

export class Partition implements Owner {
  readonly directory = new Directory();
  readonly #options: PartitionOptions;
  /** To commands that journalled something: as much a fold of the log as the directory is. */
  readonly #answers = new AnswerMemory();
  readonly #activity: Activity;
  readonly #past = new PastAnswers();
  readonly #replayer = new Replayer({
    directory: this.directory,
    answers: this.#answers,
    past: this.#past,
  });
  #loaded: Offset = 0;
  #tenure: Tenure | null = null;
  /** Why nothing is decided here. */
  #why = 'nobody owns the agent now';
  /** No more is told to anybody. */
  #isClosed = false;

  constructor(options: PartitionOptions) {
    this.#options = options;
    this.#activity = new Activity(options.clock);
  }

  get isOwned(): boolean {
    return this.#tenure !== null;
  }

  dispatch(agentId: number, request: Request | NoteRequest): Promise<Answer> {
    const actor = this.directory.activate(agentId);
    if (actor === null || !actor.record.member.active)
      return Promise.resolve(refuse('NOT_FOUND', `there is no agent ${agentId}`));
    if (request.command !== undefined) this.#recollect(actor.place, actor.record.sessions);
    const answer = this.#tenure?.dispatch(actor, request) ?? this.#elsewhere()?.dispatch(agentId, request);
    return answer ?? this.#nowhere();
  }

  enrol(member: Member): Promise<Answer> {
    const actor = this.directory.restore(member.id, member.organisationId);
    const request = { input: { type: 'profile', member } } as const;
    const answer = this.#tenure?.dispatch(actor, request) ?? this.#elsewhere()?.enrol(member);
    return answer ?? this.#nowhere();
  }

  tell(agentId: number, input: Input): void {
    const actor = this.directory.activate(agentId);
    if (actor === null) return;
    if (this.#tenure !== null) return this.#tenure.tell(actor, input);
    this.#hand((owner) => owner.tell(agentId, input));
  }

  note(agentId: number, write: Write): void {
    const actor = this.directory.activate(agentId);
    if (actor === null) return;
    if (this.#tenure !== null) return this.#tenure.note(actor, write);
    this.#hand((owner) => owner.note(agentId, write));
  }

  /** Journals nothing unless it ends idleness, and allocates nothing. */
  touch(agentId: number, session: string, at: number): void {
    const place = this.directory.placeOf(agentId);
    if (place === null) return;
    if (this.#tenure === null) return this.#elsewhere()?.touch(agentId, session, at);
    // What is heard late of somebody who has gone is kept of nobody.
    if (this.directory.at(place, 'connectivity') === 'disconnected') return;
    this.#activity.told(place, session, at);
    if (this.directory.at(place, 'activity') === 'idle') this.#tenure?.stir(this.directory.wake(place));
  }

  hold(agentId: number): Promise<boolean> {
    return Promise.resolve(this.isOwned && this.isAtRest(agentId) && this.#options.hold(agentId));
  }

  /** Nothing is under way for an agent: as the record says, so it is. */
  isAtRest(agentId: number): boolean {
    return !this.directory.isAwake(agentId);
  }

  /** Writes what the log has come to. */
  save(image: ImageWriter): void {
    const { directory } = this;
    const places = directory.pictured();
    directory.save(image, places);
    this.#answers.save(image, this.#past, sessionsOf(directory, places));
  }

  /** Reads it, before anything else. */
  load(image: Image): void {
    this.directory.load(image);
    this.#answers.load(image, this.#past, this.#options.clock.now());
    this.#loaded = image.offset;
  }

  /** Everything up to here was in the image that was read. */
  get loaded(): Offset {
    return this.#loaded;
  }

  /** Folds in a batch out of the past; the notes in it. */
  replay(batch: CommittedBatch): readonly Note[] {
    return batch.offset > this.#loaded ? this.#replayer.replay(batch.events) : [];
  }

  /** Folds in a batch that the journal committed: this partition's own, or another writer's. */
  commit(batch: CommittedBatch): Contents {
    const committed: Committed[] = [];
    const notes: Note[] = [];
    for (const entry of this.#tenure?.confirm(batch.id) ?? decodeEntries(batch.events)) {
      if (entry.kind === 'event') committed.push(this.#fold(entry.event));
      else {
        notes.push(entry);
        this.#remember(entry);
      }
    }
    return { committed, notes };
  }

  /** After a committed batch was shown: answers those who wait for it, and goes on with what came meanwhile. */
  settle(batch: CommittedBatch): void {
    this.#tenure?.settle(batch);
  }

  /** Fires what is due, while there is time for it; false where something may be left. */
  turn(hasTime: () => boolean): boolean {
    return this.#tenure?.turn(hasTime) ?? true;
  }

  /** Gives back the memory of some who are gone. */
  tend(): void {
    const { directory } = this;
    const tending: Tending = {
      standingOf: (agentId) => (directory.isAwake(agentId) ? null : directory.standing(agentId)),
      now: this.#options.clock.now() - LAG_MS,
    };
    this.#answers.tend(TENDED, tending);
    this.#tenure?.tend(TENDED, tending);
  }

  /** Of how many agents something is kept beside their records, by what it is. */
  get traces(): Traced {
    return {
      actors: this.directory.awake().length,
      answers: this.#answers.size,
      activity: this.#activity.size,
      ...(this.#tenure?.traces ?? { unwritten: 0, refusals: 0 }),
    };
  }

  /**
   * Begins to decide, under a claim, when everything before it was folded in. Whoever was here through nodes that are
   * gone has a fresh grace to come back (C6); whose master data changed meanwhile is told so.
   */
  begin(writer: Writer, isGone: (node: string) => boolean): void {
    const { directory } = this;
    const { clock } = this.#options;
    const tenure = new Tenure({
      ...this.#options,
      writer,
      directory,
      answers: this.#answers,
      activity: this.#activity,
      isGone,
      onOver: (message, untold) => this.#over(message, untold),
    });
    this.#tenure = tenure;
    for (const member of directory.takeNews())
      tenure.tell(directory.restore(member.id, member.organisationId), { type: 'profile', member });
    for (let place = 0; place < directory.size; place++) {
      if (directory.at(place, 'connectivity') === 'disconnected') {
        if (directory.at(place, 'flapping') !== null) tenure.arm(place, directory.recordAt(place));
        continue;
      }
      const idleSince = directory.at(place, 'idleSince');
      this.#activity.seen(place, idleSince === null ? 0 : Math.max(0, clock.now() - idleSince));
      tenure.resume(place);
    }
  }

  /** Goes on with what is to be told at the beginning, while there is time for it; whether more is left. */
  beginNext(hasTime: () => boolean): boolean {
    return this.#tenure?.resumeNext(hasTime) ?? false;
  }

  /** Lets what is on its way become durable, then refuses everything. */
  async close(message: string): Promise<void> {
    this.#isClosed = true;
    await this.release(message);
  }

  /** As close, but for what others own from here on. */
  async release(message: string): Promise<void> {
    await this.#tenure?.end(message);
    this.#why = message;
  }

  why(agentId: number): Why | null {
    const { clock, law, frozenUntil } = this.#options;
    const record = this.directory.record(agentId);
    if (record === null) return null;
    const place = this.directory.placeOf(agentId);
    const wall = (at: number | null) =>
      at === null ? null : Math.round(clock.now() - (clock.monotonic() - at));
    const now = Math.max(clock.now(), record.lastAt);
    return explain(record, law(record.member.organisationId), {
      now,
      frozenUntil: frozenUntil(record.member, now),
      activeAt:
        place === null || record.connectivity === 'disconnected' ? null : wall(this.#activity.at(place)),
      sessionActiveAt: (session) => wall(place === null ? null : this.#activity.ofSession(place, session)),
      lastRefusal: this.#tenure?.refusalOf(record, now) ?? null,
    });
  }

  #fold(event: AgentEvent): Committed {
    const { before, record, place } = this.directory.fold(event);
    const { agent, at, command, set } = event;
    this.#answers.fade(before, at);
    this.#tenure?.fade(before, at);
    if (command !== undefined) {
      this.#recollect(place, before.sessions);
      this.#answers.remember(agent, command, { answer: done(record, command), at });
    }
    if (set.sessions !== undefined) {
      if (record.sessions.length === 0) this.#past.forget(place);
      this.#answers.forgetEnded(before.sessions, record.sessions);
      this.#tenure?.forgetEnded(before.sessions, record.sessions);
      this.#activity.forgetEnded(place, record.sessions);
      this.#activity.begun(place, record.sessions, before.sessions);
    }
    // A fresh log-in is activity; the hello of a further tab is none (C2).
    if (event.type === 'session_opened' && (set.dutyCode !== undefined || event.ahead !== undefined))
      this.#activity.seen(place);
    this.#tenure?.arm(place, record);
    return { event, before, record };
  }

  #remember(note: Note): void {
    const answered = answeredBy(note, this.directory);
    if (answered === null) return;
    const { author, command, answer, at } = answered;
    const place = this.directory.placeOf(author.member.id);
    if (place !== null) this.#recollect(place, author.sessions);
    this.#answers.fade(author, at);
    this.#answers.remember(author.member.id, command, { answer, at });
  }

  /** What a start has read of an agent who sends something now. */
  #recollect(place: number, sessions: readonly Session[]): void {
    this.#answers.recollect(this.#past, { place, sessions });
  }

  #over(message: string, untold: readonly Untold[]): void {
    this.#tenure = null;
    this.#why = message;
    for (const { agentId, ...news } of untold) {
      if ('write' in news) this.note(agentId, news.write);
      else this.tell(agentId, news.input);
    }
  }

  #elsewhere(): Owner | null {
    return this.#options.elsewhere();
  }

  /** Hands news to whoever owns the partition, as soon as somebody does: this node, too, by then. */
  #hand(tell: (owner: Owner) => void): void {
    if (this.#isClosed) return;
    const owner = this.isOwned ? this : this.#elsewhere();
    if (owner !== null) return tell(owner);
    this.#options.clock.after(RETRY_MS, () => this.#hand(tell));
  }

  #nowhere(): Promise<Answer> {
    return Promise.resolve(refuse('UNAVAILABLE', this.#why));
  }
}

function* sessionsOf(directory: Directory, places: Uint32Array): Iterable<Remembering> {
  for (const place of places) yield { place, sessions: directory.at(place, 'sessions') };
}
