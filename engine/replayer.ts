import { type Answer, type AnswerMemory, done, keptOf, sends } from './answers.ts';
import { type ByteReader, Texts } from './bytes.ts';
import { type Directory, stranger } from './directory.ts';
import { authorOf, type EntrySink, foldEntries, type Note, timeOf } from './entries.ts';
import type { EventHead } from './event-frames.ts';
import type { CommandId } from './inputs.ts';
import type { PastAnswers } from './past-answers.ts';
import { type AgentRecord, newcomer } from './record.ts';

/** What the log comes to. */
export interface ReplayerOptions {
  readonly directory: Directory;
  readonly answers: AnswerMemory;
  readonly past: PastAnswers;
}

/**
 * Folds events of the past into a partition's rows: a log of a million events is read at every start, and nobody asks
 * what came of each. What a commit does as well, it does in the same places; the rest is for who is there to see it.
 */
export class Replayer implements EntrySink {
  readonly #directory: Directory;
  readonly #answers: AnswerMemory;
  readonly #past: PastAnswers;
  readonly #texts = new Texts();
  #place = 0;
  #agent = 0;
  #seq = 0;
  #at = 0;
  #notes: Note[] = [];

  constructor({ directory, answers, past }: ReplayerOptions) {
    this.#directory = directory;
    this.#answers = answers;
    this.#past = past;
  }

  /** The notes among them. */
  replay(frames: Uint8Array): readonly Note[] {
    this.#notes = [];
    foldEntries(frames, this, this.#texts);
    return this.#notes;
  }

  begin(head: EventHead): void {
    this.#agent = head.agent;
    this.#seq = head.seq;
    this.#at = head.at;
    if (this.#answers.isOf(head.agent)) this.#answers.fade(this.#directory.standing(head.agent), head.at);
    this.#place = this.#directory.beginReplay(head);
  }

  set(field: number, reader: ByteReader): void {
    this.#directory.replay(this.#place, field, reader);
  }

  sent(texts: ByteReader, id: number, session: number): void {
    this.#past.add(this.#place, { texts, id, session, kept: this.#seq });
  }

  sentByUser(id: string, user: number): void {
    const record = this.#directory.recordAt(this.#place);
    const command = { id, user };
    const answer = done(record, command);
    this.#answers.remember(this.#agent, command, { answer, at: this.#at });
  }

  note(note: Note): void {
    this.#notes.push(note);
    const answered = answeredBy(note, this.#directory);
    if (answered === null) return;
    const { author, command, answer, at } = answered;
    const { id: authorId } = author.member;
    const place = this.#directory.placeOf(authorId);
    this.#answers.fade(author, at);
    if ('user' in command || place === null) return this.#answers.remember(authorId, command, { answer, at });
    this.#past.put(place, { command, kept: keptOf(command, answer) });
  }
}

/** The command that a note was written for, and its answer, also after a restart; null where none is remembered. */
export function answeredBy(note: Note, directory: Directory): Answered | null {
  const { command } = note;
  const author = authorOf(note);
  if (command === undefined || author === null) return null;
  // Of whom the log tells nothing else; the roster is read after it.
  const record = directory.record(author) ?? newcomer(stranger(author));
  return sends(record, command)
    ? { author: record, command, answer: done(record, command, note), at: timeOf(note) }
    : null;
}

interface Answered {
  readonly author: AgentRecord;
  readonly command: CommandId;
  readonly answer: Answer;
  /** Epoch milliseconds. */
  readonly at: number;
}
