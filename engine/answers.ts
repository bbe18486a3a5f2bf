import type { Session } from './axes.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { JournalEntry } from './entries.ts';
import type { Refusal } from './errors.ts';
import type { CommandId } from './inputs.ts';
import { Newest } from './newest.ts';
import type { PastAnswers } from './past-answers.ts';
import type { AgentRecord } from './record.ts';
import { sessionOf } from './sessions.ts';
import type { Image, ImageWriter } from './snapshots/image.ts';
import { type FullTile, tileOf } from './tile.ts';
import { type Standing, type Tending, Traces } from './traces.ts';

/** What a command came to. */
export type Answer = Done | Refusal;

export interface Done {
  readonly ok: true;
  /** The agent's seq after the command. */
  readonly seq: number;
  /** The agent right after the command; kept only for commands that a user sent without a session. */
  readonly tile: FullTile | null;
  /** The message that the command sent; absent where it was another command. */
  readonly sent?: Sent;
}

export interface Sent {
  readonly id: string;
  /** How many it was sent to; null for everybody who existed then. */
  readonly recipients: number | null;
}

/** What a command is answered after which the agent is so; `written` is what came of it, if anything did. */
export function done(record: AgentRecord, command: CommandId | undefined, written?: JournalEntry): Done {
  const isOfAgent = written === undefined || written.kind === 'event';
  const tile = isOfAgent && command !== undefined && 'user' in command ? tileOf(record, 'full') : null;
  return {
    ok: true,
    seq: record.seq,
    tile,
    ...(written?.kind === 'message' && {
      sent: { id: written.message.id, recipients: written.message.recipientIds?.length ?? null },
    }),
  };
}

/** How many answers are remembered for each sender. */
export const REMEMBERED = 64;

/** What is kept of an answer; of one that only names a seq, nothing else. */
export type Kept = number | Answer;

/** An agent, and the sessions that it has now. */
export interface Remembering {
  readonly place: number;
  readonly sessions: readonly Session[];
}

/** By user: what each was answered, by the command's id. */
type OfUsers = Map<number, Newest<Kept>>;

/**
 * The first answers to the last commands of each sender, so that a command sent twice is done once (SPEC B6). A user's
 * commands count for each agent that they are about: one id may go to many agents. They are forgotten with the session,
 * or when the agent whom they are about is gone (B8).
 */
export class AnswerMemory {
  readonly #bySession = new Map<string, Newest<Kept>>();
  readonly #byAgent = new Traces<OfUsers>();

  /** Of how many agents there are answers to users. */
  get size(): number {
    return this.#byAgent.size;
  }

  /** What was answered of an agent who stands so now. */
  recall(agent: Standing, command: CommandId, now: number): Answer | null {
    const answers =
      'session' in command
        ? this.#bySession.get(command.session)
        : this.#byAgent.of(agent, now)?.get(command.user);
    const kept = answers?.get(command.id);
    if (kept === undefined) return null;
    return typeof kept === 'number' ? { ok: true, seq: kept, tile: null } : kept;
  }

  /** `at`, epoch milliseconds, the agent was given that answer; what had faded by then was told so. */
  remember(agentId: number, command: CommandId, { answer, at }: { answer: Answer; at: number }): void {
    const answers =
      'session' in command ? this.#ofSession(command.session) : this.#ofUser(agentId, command.user, at);
    answers.set(command.id, keptOf(command, answer));
  }

  /** Sessions that ended send nothing more. */
  forgetEnded(before: readonly Session[], after: readonly Session[]): void {
    for (const { id } of before) if (!after.some((session) => session.id === id)) this.#bySession.delete(id);
  }

  /** Whether there is anything of the agent that could fade. */
  isOf(agentId: number): boolean {
    return this.#byAgent.held(agentId) !== null;
  }

  /** To be told before anything happens to an agent, or is answered. */
  fade(agent: Standing, now: number): void {
    this.#byAgent.fade(agent, now);
  }

  /** As of traces. */
  tend(count: number, tending: Tending): void {
    this.#byAgent.tend(count, tending);
  }

  /** Takes over what a start has read of an agent, of the sessions that live. */
  recollect(past: PastAnswers, { place, sessions }: Remembering): void {
    if (!past.has(place)) return;
    for (const { command, kept } of past.of(place))
      if (sessions.some(({ id }) => id === command.session))
        this.#ofSession(command.session).set(command.id, kept);
    past.forget(place);
  }

  /** Writes what is remembered of these agents, in their order, and of users. */
  save(image: ImageWriter, past: PastAnswers, agents: Iterable<Remembering>): void {
    image.block('answers of agents', (writer) => {
      let at = 0;
      for (const { place, sessions } of agents) {
        at += 1;
        const later = sessions.flatMap(({ id: session }) =>
          [...(this.#bySession.get(session) ?? [])].map(([id, kept]) => ({ command: { id, session }, kept })),
        );
        const earlier = past
          .of(place)
          .filter(({ command }) => sessions.some(({ id }) => id === command.session));
        for (const { command, kept } of [...earlier, ...later]) {
          writer.count(at);
          writer.text(command.session);
          writer.text(command.id);
          writeKept(writer, kept);
        }
      }
      writer.count(0);
    });
    image.block('answers of users', (writer) => {
      writer.count(this.#byAgent.size);
      for (const [agentId, { trace: users }] of this.#byAgent) {
        writer.count(agentId);
        writer.count(users.size);
        for (const [user, answers] of users) {
          writer.count(user);
          saveAnswers(writer, answers);
        }
      }
    });
    image.block('answers of users at', (writer) => {
      for (const [, { at }] of this.#byAgent) writer.number(at);
    });
  }

  /** Reads it; agents have the places from 0 on now. `now` stands for the times that an earlier version didn't write. */
  load(image: Image, past: PastAnswers, now: number): void {
    const byAgent: [number, OfUsers][] = [];
    image.block('answers of agents', (reader) => {
      for (let at = reader.count(); at > 0; at = reader.count()) {
        const session = reader.position;
        reader.skipText();
        const id = reader.position;
        reader.skipText();
        past.add(at - 1, { texts: reader, id, session, kept: readKept(reader) });
      }
    });
    // As earlier versions have written them.
    image.block('answers of sessions', (reader) => {
      for (let left = reader.count(); left > 0; left--)
        this.#bySession.set(reader.text(), loadAnswers(reader));
    });
    image.block('answers of users', (reader) => {
      for (let left = reader.count(); left > 0; left--) {
        const users: OfUsers = new Map();
        byAgent.push([reader.count(), users]);
        for (let more = reader.count(); more > 0; more--) users.set(reader.count(), loadAnswers(reader));
      }
    });
    const isTimed = image.block('answers of users at', (reader) => {
      for (const [agentId, users] of byAgent) this.#byAgent.leave(agentId, users, reader.number());
    });
    if (!isTimed) for (const [agentId, users] of byAgent) this.#byAgent.leave(agentId, users, now);
  }

  #ofSession(session: string): Newest<Kept> {
    const answers = this.#bySession.get(session) ?? new Newest<Kept>(REMEMBERED);
    if (answers.size === 0) this.#bySession.set(session, answers);
    return answers;
  }

  #ofUser(agentId: number, user: number, at: number): Newest<Kept> {
    const users: OfUsers = this.#byAgent.held(agentId) ?? new Map();
    this.#byAgent.leave(agentId, users, at);
    const answers = users.get(user) ?? new Newest<Kept>(REMEMBERED);
    if (answers.size === 0) users.set(user, answers);
    return answers;
  }
}

/** Whether the sender of a command may send again: sessions that ended are not remembered. */
export function sends(record: AgentRecord, command: CommandId): boolean {
  return 'user' in command || sessionOf(record.sessions, command.session) !== null;
}

export function keptOf(command: CommandId, answer: Answer): Kept {
  if (!answer.ok) return answer;
  const { seq, sent } = answer;
  const tile = 'session' in command ? null : answer.tile;
  return tile === null && sent === undefined ? seq : { ...answer, tile };
}

/** One more than the seq, or 0 before an answer. */
export function writeKept(writer: ByteWriter, kept: Kept): void {
  writer.count(typeof kept === 'number' ? kept + 1 : 0);
  if (typeof kept !== 'number') writer.text(JSON.stringify(kept));
}

export function readKept(reader: ByteReader): Kept {
  const seq = reader.count();
  return seq > 0 ? seq - 1 : (JSON.parse(reader.text()) as Kept);
}

function saveAnswers(writer: ByteWriter, answers: Newest<Kept>): void {
  writer.count(answers.size);
  for (const [id, kept] of answers) {
    writer.text(id);
    writeKept(writer, kept);
  }
}

function loadAnswers(reader: ByteReader): Newest<Kept> {
  const answers = new Newest<Kept>(REMEMBERED);
  for (let left = reader.count(); left > 0; left--) answers.set(reader.text(), readKept(reader));
  return answers;
}
