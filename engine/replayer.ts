import { type AnswerMemory, done, sends } from './answers.ts';
import type { Session } from './axes.ts';
import { Texts } from './bytes.ts';
import { type Directory, stranger } from './directory.ts';
import { authorOf, type EntrySink, foldEntries, type Note, timeOf } from './entries.ts';
import type { EventHead } from './event-frames.ts';
import type { Changes } from './events.ts';
import type { FieldName } from './fields.ts';
import type { CommandId } from './inputs.ts';
import { newcomer } from './record.ts';

const NO_SESSIONS: readonly Session[] = [];

/**
 * Folds events of the past into a partition's rows: a log of a million events is read at every start, and nobody asks
 * what came of each. What a commit does as well, it does in the same places; the rest is for who is there to see it.
 */
export class Replayer implements EntrySink {
  readonly #directory: Directory;
  readonly #answers: AnswerMemory;
  readonly #texts = new Texts();
  #place = 0;
  #head: EventHead = { agent: 0, organisation: 0, seq: 0, at: 0 };
  #before = NO_SESSIONS;
  #notes: Note[] = [];

  constructor(directory: Directory, answers: AnswerMemory) {
    this.#directory = directory;
    this.#answers = answers;
  }

  /** The notes among them. */
  replay(frames: Uint8Array): readonly Note[] {
    this.#notes = [];
    foldEntries(frames, this, this.#texts);
    return this.#notes;
  }

  begin(head: EventHead): readonly Session[] {
    this.#head = head;
    if (this.#answers.isOf(head.agent)) this.#answers.fade(this.#directory.standing(head.agent), head.at);
    this.#place = this.#directory.beginReplay(head);
    this.#before = NO_SESSIONS;
    return this.#directory.at(this.#place, 'sessions');
  }

  set(name: FieldName, value: Changes[FieldName]): void {
    if (name === 'sessions') this.#before = this.#directory.at(this.#place, 'sessions');
    this.#directory.replay(this.#place, name, value);
  }

  end(command: CommandId | null): void {
    const { agent, seq, at } = this.#head;
    if (command !== null) {
      const record = 'user' in command ? this.#directory.recordAt(this.#place) : null;
      const answer = record === null ? ({ ok: true, seq, tile: null } as const) : done(record, command);
      this.#answers.remember(agent, command, { answer, at });
    }
    if (this.#before.length > 0)
      this.#answers.forgetEnded(this.#before, this.#directory.at(this.#place, 'sessions'));
  }

  note(note: Note): void {
    this.#notes.push(note);
    rememberNote(note, this.#directory, this.#answers);
  }
}

/** What was written for a command is its answer, also after a restart. */
export function rememberNote(note: Note, directory: Directory, answers: AnswerMemory): void {
  const { command } = note;
  const author = authorOf(note);
  if (command === undefined || author === null) return;
  // Of whom the log tells nothing else; the roster is read after it.
  const record = directory.record(author) ?? newcomer(stranger(author));
  if (!sends(record, command)) return;
  const at = timeOf(note);
  answers.fade(record, at);
  answers.remember(author, command, { answer: done(record, command, note), at });
}
