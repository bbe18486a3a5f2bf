/**
 * The answers that one agent's senders get again (SPEC B6): the last 64 of each that changed something, and the last 64
 * that did not. A restart leaves the former.
 */
export interface Remembered {
  readonly ok: boolean;
  readonly seq: number | null;
  readonly code: string | null;
}

const LAST = 64;

export class ModelMemory {
  readonly #durable = new Map<string, Map<string, Remembered>>();
  readonly #passing = new Map<string, Map<string, Remembered>>();

  recall(sender: string, id: string): Remembered | null {
    return this.#durable.get(sender)?.get(id) ?? this.#passing.get(sender)?.get(id) ?? null;
  }

  remember({ sender, id }: { sender: string; id: string }, answer: Remembered, isDurable: boolean): void {
    put(isDurable ? this.#durable : this.#passing, sender, [id, answer]);
  }

  forget(sender: string): void {
    this.#durable.delete(sender);
    this.#passing.delete(sender);
  }

  restart(): void {
    this.#passing.clear();
  }
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
