import type { Configuration } from './axes.ts';
import type { Config } from './law.ts';

type Limits = Pick<Config, 'BREAKER_MIN_AGENTS' | 'BREAKER_PERCENT' | 'BREAKER_WINDOW_SECONDS'>;

/** An agent of the organisation after an event, and when that was; epoch milliseconds. */
export interface Observed {
  readonly agentId: number;
  readonly connectivity: Configuration['connectivity'];
  readonly at: number;
}

/**
 * Tells a mass disconnect from agents who just go (C7): so many of an organisation, and such a share of those who were
 * connected, lost their connection within the window. Counted from events, so that everybody who reads the same log
 * counts the same. Each event costs as much as it moves.
 */
export class Breaker {
  readonly #connected = new Set<number>();
  /** Who lost the connection within the window, and when; in the order of the events. */
  readonly #lost = new Map<number, number>();
  /** How many of them are not connected again. */
  #away = 0;

  /** Somebody is so already, as of before anything was counted. */
  load({ agentId, connectivity }: Omit<Observed, 'at'>): void {
    if (connectivity === 'connected') this.#connected.add(agentId);
  }

  /** Whether this is the loss that makes it a mass disconnect. */
  observe({ agentId, connectivity, at }: Observed, limits: Limits): boolean {
    const wasConnected = this.#connected.has(agentId);
    if (wasConnected === (connectivity === 'connected')) return false;
    if (this.#lost.has(agentId)) this.#away += wasConnected ? 1 : -1;
    if (!wasConnected) {
      this.#connected.add(agentId);
      return false;
    }
    this.#connected.delete(agentId);
    return connectivity === 'reconnecting' && this.#lose(agentId, at, limits);
  }

  /** What was lost so far counts no more. */
  reset(): void {
    this.#lost.clear();
    this.#away = 0;
  }

  #lose(agentId: number, at: number, limits: Limits): boolean {
    if (!this.#lost.delete(agentId)) this.#away += 1;
    this.#lost.set(agentId, at);
    this.#forgetUntil(at - limits.BREAKER_WINDOW_SECONDS * 1000);
    const before = this.#connected.size + this.#away;
    const { size } = this.#lost;
    return size >= limits.BREAKER_MIN_AGENTS && size * 100 >= limits.BREAKER_PERCENT * before;
  }

  #forgetUntil(moment: number): void {
    for (const [agentId, at] of this.#lost) {
      if (at > moment) return;
      this.#lost.delete(agentId);
      if (!this.#connected.has(agentId)) this.#away -= 1;
    }
  }
}
