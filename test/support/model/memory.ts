/**
 * The answers that one agent's senders get again (SPEC B6): the last 64 of each that changed something, and the last 64
 * that did not. A restart leaves the former. When the agent is gone, those to users go, too (B8).
 */
import { connectivityOf, type ModelAgent } from './agent.ts';

export interface Remembered {
  readonly ok: boolean;
  readonly seq: number | null;
  readonly code: string | null;
}

const LAST = 64;
const GONE_MS = 600_000;

export class ModelMemory {
  readonly #durable = new Map<string, Map<string, Remembered>>();
  readonly #passing = new Map<string, Map<string, Remembered>>();
  /** When a user was last answered. */
  #durableAt = 0;
  #passingAt = 0;

  recall(sender: string, id: string): Remembered | null {
    return this.#durable.get(sender)?.get(id) ?? this.#passing.get(sender)?.get(id) ?? null;
  }

  remember(
    { sender, id }: { sender: string; id: string },
    answer: Remembered,
    { isDurable, at }: { isDurable: boolean; at: number },
  ): void {
    put(isDurable ? this.#durable : this.#passing, sender, [id, answer]);
    if (!isUser(sender)) return;
    if (isDurable) this.#durableAt = Math.max(at, this.#durableAt);
    else this.#passingAt = Math.max(at, this.#passingAt);
  }

  /** B8: offline for ten minutes with nothing due, in which nothing happened and nobody was answered. */
  fade(agent: ModelAgent, now: number): void {
    if (connectivityOf(agent) !== 'disconnected' || agent.flapping !== null) return;
    if (now < agent.lastAt + GONE_MS) return;
    if (now >= this.#durableAt + GONE_MS) dropUsers(this.#durable);
    if (now >= this.#passingAt + GONE_MS) dropUsers(this.#passing);
  }

  forget(sender: string): void {
    this.#durable.delete(sender);
    this.#passing.delete(sender);
  }

  restart(): void {
    this.#passing.clear();
  }
}

function isUser(sender: string): boolean {
  return sender.startsWith('user:');
}

function dropUsers(memory: Map<string, unknown>): void {
  for (const sender of memory.keys()) if (isUser(sender)) memory.delete(sender);
}

function put(
  memory: Map<string, Map<string, Remembered>>,
  sender: string,
  [id, answer]: readonly [string, Remembered],
): void {
  const answers = memory.get(sender) ?? new Map<string, Remembered>();
  memory.set(sender, answers.set(id, answer));
  const oldest = answers.keys().next();
  if (answers.size > LAST && oldest.done !== true) answers.delete(oldest.value);
}
