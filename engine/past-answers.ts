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
/** What comes before the id of an answer. */
const HEAD_BYTES = 8;

/**
 * Answers to commands of sessions that a start has read, out of the log or an image. Hardly anybody repeats a command
 * from before: so they stay bytes, agent by agent (by place), until AnswerMemory is in need of them.
 */
export class PastAnswers {
  #kept = nothing();
  /** How many there are, and of how many agents. */
  #size = 0;
  #agents = 0;
  /** How many there were when those that are remembered no more were last given up. */
  #thinned = 0;

  /** How many are kept, with some that are remembered no more. */
  get size(): number {
    return this.#size;
  }

  /** It came after all others of that agent. */
  add(place: number, { texts, id, session, kept }: WrittenAnswer): void {
    if (this.#isCrowded()) this.#thin();
    const { own, newest, sessions, ofAgents } = this.#kept;
    while (ofAgents.length <= place) newest.set(ofAgents.add(), 0);
    const before = newest.get(place);
    if (before === 0) this.#agents += 1;
    // Most commands of an agent come through one session.
    const isKnown = before > 0 && own.isTextOf(sessions.get(place), texts, session);
    if (!isKnown) sessions.set(place, own.textOf(texts, session));
    const size = texts.sizeOfText(id);
    newest.set(place, own.placeFor(HEAD_BYTES + size) + 1);
    const { last } = own;
    last.u32(before);
    last.u32(sessions.get(place));
    last.textOf(texts, id, size);
    writeKept(last, kept);
    this.#size += 1;
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
    const { own, newest } = this.#kept;
    const found: PastAnswer[] = [];
    const counts = new Map<string, number>();
    for (let left = this.has(place) ? newest.get(place) : 0; left > 0;) {
      const reader = own.readerAt(left - 1);
      left = reader.u32();
      const session = own.readerAt(reader.u32()).text();
      const count = counts.get(session) ?? 0;
      if (count === REMEMBERED) continue;
      counts.set(session, count + 1);
      found.push({ command: { id: reader.text(), session }, kept: readKept(reader) });
    }
    return found.toReversed();
  }

  /** They are kept elsewhere, or by nobody. */
  forget(place: number): void {
    if (!this.has(place)) return;
    this.#kept.newest.set(place, 0);
    this.#agents -= 1;
    if (this.#agents === 0) this.#clear();
  }

  /** Whether anything is known of that agent. */
  has(place: number): boolean {
    return place < this.#kept.ofAgents.length && this.#kept.newest.get(place) > 0;
  }

  /** Gives up what is remembered no more. */
  #thin(): void {
    const crowded = new PastAnswers();
    crowded.#kept = this.#kept;
    this.#clear();
    for (let place = 0; place < crowded.#kept.ofAgents.length; place++)
      for (const answer of crowded.of(place)) this.put(place, answer);
    this.#thinned = this.#size;
  }

  #clear(): void {
    this.#kept = nothing();
    this.#size = 0;
    this.#agents = 0;
  }

  /** Twice as many as there may be of one session for each agent, or as were left the last time. */
  #isCrowded(): boolean {
    const { ofAgents } = this.#kept;
    return this.#size > Math.max(ROOMY, 2 * REMEMBERED * ofAgents.length, 2 * this.#thinned);
  }
}

/**
 * Of agents, by place: one more than where the newest answer stands, 0 for none; and where the text of its session does.
 * An answer is: one more than where the one before stands (u32), where its session does (u32), the command's id, what is kept.
 */
function nothing() {
  const columns = { newest: new CountColumn(), sessions: new CountColumn() };
  return { ...columns, own: new Arena(), ofAgents: new Room(Object.values(columns)) };
}
