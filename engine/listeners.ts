import type { Committed } from './partition.ts';

export type Listener = (committed: Committed) => void;
export type LawListener = (organisationId: number) => void;

/** Who hears of what has become true. */
export class Listeners {
  readonly #ofAgents = new Map<number, Set<Listener>>();
  readonly #ofLaws = new Set<LawListener>();

  /** Hears every committed event of one agent. Disposing ends it. */
  add(agentId: number, listener: Listener): Disposable {
    const listeners = this.#ofAgents.get(agentId) ?? new Set();
    this.#ofAgents.set(agentId, listeners.add(listener));
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener);
        if (listeners.size === 0) this.#ofAgents.delete(agentId);
      },
    };
  }

  /** Hears of which organisation the law changed. Disposing ends it. */
  addToLaws(listener: LawListener): Disposable {
    this.#ofLaws.add(listener);
    return { [Symbol.dispose]: () => void this.#ofLaws.delete(listener) };
  }

  tell(committed: Committed): void {
    for (const listener of this.#ofAgents.get(committed.event.agent) ?? []) listener(committed);
  }

  tellLaw(organisationId: number): void {
    for (const listener of this.#ofLaws) listener(organisationId);
  }
}
