import type { Configuration } from './axes.ts';
import type { Config } from './law.ts';

type Limits = Pick<Config, 'BREAKER_MIN_AGENTS' | 'BREAKER_PERCENT' | 'BREAKER_WINDOW_SECONDS'>;

/** An agent of the organisation after an event, and when that was; monotonic milliseconds. */
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
  /** Who lost the connection within the window, and when; in the order in which it was written. */
  readonly #lost = new Map<number, number>();
  /** How many of them are not connected again. */
  #away = 0;
  /** When the newest loss was. */
  #newest = -Infinity;

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
    this.#newest = -Infinity;
  }

  #lose(agentId: number, at: number, limits: Limits): boolean {
    if (!this.#lost.delete(agentId)) this.#away += 1;
    this.#lost.set(agentId, at);
    this.#newest = Math.max(at, this.#newest);
    const horizon = this.#newest - limits.BREAKER_WINDOW_SECONDS * 1000;
    for (const [id, lostAt] of this.#lost) {
      if (lostAt > horizon) break;
      this.#forget(id);
    }
    if (!this.#isMass(limits)) return false;
    // What happened earlier may have been written later: partitions write each for itself.
    for (const [id, lostAt] of this.#lost) if (lostAt <= horizon) this.#forget(id);
    return this.#isMass(limits);
  }

  #forget(agentId: number): void {
    this.#lost.delete(agentId);
    if (!this.#connected.has(agentId)) this.#away -= 1;
  }

  #isMass({ BREAKER_MIN_AGENTS, BREAKER_PERCENT }: Limits): boolean {
    const before = this.#connected.size + this.#away;
    const { size } = this.#lost;
    return size >= BREAKER_MIN_AGENTS && size * 100 >= BREAKER_PERCENT * before;
  }
}
