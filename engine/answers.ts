import type { JournalEntry } from './entries.ts';
import type { Refusal } from './errors.ts';
import type { CommandId } from './inputs.ts';
import type { AgentRecord } from './record.ts';
import { type FullTile, tileOf } from './tile.ts';

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
  const tile = command !== undefined && 'user' in command ? tileOf(record, 'full') : null;
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
const REMEMBERED = 64;

/**
 * The first answers to the last commands of each sender, so that a command sent twice is done once (SPEC B6). A user's
 * commands count for each agent that they are about: one id may go to many agents.
 */
export class AnswerMemory {
  readonly #bySender = new Map<string, Map<string, Answer>>();

  recall(agentId: number, command: CommandId): Answer | null {
    return this.#bySender.get(senderOf(agentId, command))?.get(command.id) ?? null;
  }

  remember(agentId: number, command: CommandId, answer: Answer): void {
    const sender = senderOf(agentId, command);
    const answers = this.#bySender.get(sender) ?? new Map<string, Answer>();
    this.#bySender.set(sender, answers);
    answers.set(command.id, answer.ok && 'session' in command ? { ...answer, tile: null } : answer);
    if (answers.size <= REMEMBERED) return;
    for (const oldest of answers.keys()) {
      answers.delete(oldest);
      break;
    }
  }

  /** A session that ended sends nothing more. */
  forgetSession(session: string): void {
    this.#bySender.delete(session);
  }
}

function senderOf(agentId: number, command: CommandId): string {
  return 'session' in command ? command.session : `user:${command.user} of ${agentId}`;
}
