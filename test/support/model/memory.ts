/** The answers that one agent's senders get again (SPEC B6): the last 64 of each; after a restart, those that changed something. */
export interface Remembered {
  readonly ok: boolean;
  readonly seq: number | null;
  readonly code: string | null;
}

const LAST = 64;

export class ModelMemory {
  #answers = new Map<string, Map<string, Remembered>>();
  readonly #durable = new Map<string, Map<string, Remembered>>();

  recall(sender: string, id: string): Remembered | null {
    return this.#answers.get(sender)?.get(id) ?? null;
  }

  remember({ sender, id }: { sender: string; id: string }, answer: Remembered, isDurable: boolean): void {
    put(this.#answers, sender, [id, answer]);
    if (isDurable) put(this.#durable, sender, [id, answer]);
  }

  forget(sender: string): void {
    this.#answers.delete(sender);
    this.#durable.delete(sender);
  }

  restart(): void {
    this.#answers = new Map([...this.#durable].map(([sender, answers]) => [sender, new Map(answers)]));
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
