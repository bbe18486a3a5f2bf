import { type Kept, readKept, REMEMBERED, writeKept } from './answers.ts';
import { Arena } from './arena.ts';
import { type ByteReader, ByteWriter } from './bytes.ts';
import { CountColumn } from './columns/column.ts';
import { Room } from './columns/room.ts';

/** The answer to a command of a session. */
export interface PastAnswer {
  readonly command: { readonly id: string; readonly session: string };
  readonly kept: Kept;
}

/** The same, with its texts where they stand in what is read. */
export interface WrittenAnswer {
  readonly texts: ByteReader;
  readonly id: number;
  readonly session: number;
  readonly kept: Kept;
}

/** So many are never too many. */
const ROOMY = 1 << 16;

/**
 * Answers to commands of sessions that a start has read, out of the log or an image. Hardly anybody repeats a command
 * from before: so they stay bytes, agent by agent (by place), until AnswerMemory is in need of them.
 */
export class PastAnswers {
  #rows = noRows();
  /** Of how many agents something is known. */
  #agents = 0;
  /** How many there were when those that are remembered no more were last given up. */
  #thinned = 0;

  /** How many are kept, with some that are remembered no more. */
  get size(): number {
    return this.#rows.ofAnswers.length;
  }

  /** It came after all others of that agent. */
  add(place: number, { texts, id, session, kept }: WrittenAnswer): void {
    if (this.#isCrowded()) this.#thin();
    const { own, newest, earlier, sessions, answers, ofAgents, ofAnswers } = this.#rows;
    while (ofAgents.length <= place) newest.set(ofAgents.add(), 0);
    const before = newest.get(place);
    if (before === 0) this.#agents += 1;
    const row = ofAnswers.add();
    earlier.set(row, before);
    // Most commands of an agent come through one session.
    const known = before === 0 ? null : sessions.get(before - 1);
    const isKnown = known !== null && own.isTextOf(known, texts, session);
    sessions.set(row, isKnown ? known : own.textOf(texts, session));
    answers.set(row, own.textOf(texts, id));
    writeKept(own.last, kept);
    newest.set(place, row + 1);
  }

  /** The same, of one that is not written yet. */
  put(place: number, { command, kept }: PastAnswer): void {
    const texts = new ByteWriter();
    texts.text(command.session);
    const id = texts.length;
    texts.text(command.id);
    this.add(place, { texts: texts.readerAt(0), id, session: 0, kept });
  }

  /** Those of an agent, oldest first: of each session as many as are remembered. */
  of(place: number): readonly PastAnswer[] {
    const { earlier, newest } = this.#rows;
    const found: PastAnswer[] = [];
    const counts = new Map<string, number>();
    for (let left = this.has(place) ? newest.get(place) : 0; left > 0; left = earlier.get(left - 1)) {
      const session = this.#sessionIn(left - 1);
      const count = counts.get(session) ?? 0;
      if (count === REMEMBERED) continue;
      counts.set(session, count + 1);
      const reader = this.#readerAt(left - 1);
      found.push({ command: { id: reader.text(), session }, kept: readKept(reader) });
    }
    return found.toReversed();
  }

  /** They are kept elsewhere, or by nobody. */
  forget(place: number): void {
    if (!this.has(place)) return;
    this.#rows.newest.set(place, 0);
    this.#agents -= 1;
    if (this.#agents === 0) this.#rows = noRows();
  }

  /** Whether anything is known of that agent. */
  has(place: number): boolean {
    return place < this.#rows.ofAgents.length && this.#rows.newest.get(place) > 0;
  }

  /** Gives up what is remembered no more. */
  #thin(): void {
    const crowded = new PastAnswers();
    [crowded.#rows, this.#rows] = [this.#rows, crowded.#rows];
    [crowded.#agents, this.#agents] = [this.#agents, crowded.#agents];
    for (let place = 0; place < crowded.#rows.ofAgents.length; place++)
      for (const answer of crowded.of(place)) this.put(place, answer);
    this.#thinned = this.#rows.ofAnswers.length;
  }

  /** Twice as many as there may be of one session for each agent, or as were left the last time. */
  #isCrowded(): boolean {
    const { ofAgents, ofAnswers } = this.#rows;
    return ofAnswers.length > Math.max(ROOMY, 2 * REMEMBERED * ofAgents.length, 2 * this.#thinned);
  }

  #sessionIn(row: number): string {
    const { own, sessions } = this.#rows;
    return own.readerAt(sessions.get(row)).text();
  }

  #readerAt(row: number): ByteReader {
    const { own, answers } = this.#rows;
    return own.readerAt(answers.get(row));
  }
}

/** Of agents, by place: one more than the row of the newest answer; 0 for none. Of answers: the agent's one before, likewise. */
function noRows() {
  const columns = { newest: new CountColumn(), earlier: new CountColumn() };
  const positions = { sessions: new CountColumn(), answers: new CountColumn() };
  return {
    ...columns,
    ...positions,
    own: new Arena(),
    ofAgents: new Room([columns.newest]),
    ofAnswers: new Room([columns.earlier, ...Object.values(positions)], 2),
  };
}
