import { type AnswerMemory, doneAt } from './answers.ts';
import type { Session } from './axes.ts';
import { Texts } from './bytes.ts';
import type { Directory } from './directory.ts';
import { type EventHead, foldFrames, type FrameSink } from './event-frames.ts';
import type { Changes } from './events.ts';
import type { FieldName } from './fields.ts';
import type { CommandId } from './inputs.ts';

const NO_SESSIONS: readonly Session[] = [];

/**
 * Folds events of the past into a partition's rows: a log of a million events is read at every start, and nobody asks
 * what came of each. What a commit does as well, it does in the same places; the rest is for who is there to see it.
 */
export class Replayer implements FrameSink {
  readonly #directory: Directory;
  readonly #answers: AnswerMemory;
  readonly #texts = new Texts();
  #place = 0;
  #head: EventHead = { agent: 0, organisation: 0, seq: 0, at: 0 };
  #before = NO_SESSIONS;

  constructor(directory: Directory, answers: AnswerMemory) {
    this.#directory = directory;
    this.#answers = answers;
  }

  replay(frames: Uint8Array): void {
    foldFrames(frames, this, this.#texts);
  }

  begin(head: EventHead): void {
    this.#head = head;
    this.#place = this.#directory.beginReplay(head);
    this.#before = NO_SESSIONS;
  }

  set(name: FieldName, value: Changes[FieldName]): void {
    if (name === 'sessions') this.#before = this.#directory.at(this.#place, 'sessions');
    this.#directory.replay(this.#place, name, value);
  }

  end(command: CommandId | null): void {
    const { agent, seq } = this.#head;
    if (command !== null) {
      const record = 'user' in command ? this.#directory.recordAt(this.#place) : null;
      this.#answers.remember(
        agent,
        command,
        record === null ? { ok: true, seq, tile: null } : doneAt(record, command),
      );
    }
    if (this.#before.length > 0)
      this.#answers.forgetEnded(this.#before, this.#directory.at(this.#place, 'sessions'));
  }
}
