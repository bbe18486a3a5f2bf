import type { Configuration } from './axes.ts';
import type { Config } from './law.ts';

type Limits = Pick<Config, 'BREAKER_MIN_AGENTS' | 'BREAKER_PERCENT' | 'BREAKER_WINDOW_SECONDS'>;

/** An agent of the organisation before an event and after it, and when that was; monotonic milliseconds. */
export interface Observed {
  readonly agentId: number;
  readonly before: Configuration['connectivity'];
  readonly connectivity: Configuration['connectivity'];
  readonly at: number;
}

interface Loss {
  readonly at: number;
  /** Not connected again. */
  isAway: boolean;
}

/**
 * Tells a mass disconnect from agents who just go (C7): so many of an organisation, and such a share of those who were
 * connected, lost their connection within the window. Counted from events, so that everybody who reads the same log
 * counts the same. Each event costs as much as it moves.
 */
export class Breaker {
  #connected = 0;
  /** Who lost the connection within the window; in the order in which it was written. */
  readonly #lost = new Map<number, Loss>();
  /** How many of them are not connected again. */
  #away = 0;
  /** When the newest loss was. */
  #newest = -Infinity;

  /** So many are connected already, as of before anything was counted. */
  load(connected: number): void {
    this.#connected += connected;
  }

  /** Whether this is the loss that makes it a mass disconnect. */
  observe({ agentId, before, connectivity, at }: Observed, limits: Limits): boolean {
    const isAway = connectivity !== 'connected';
    if (isAway === (before !== 'connected')) return false;
    const by = isAway ? 1 : -1;
    this.#connected -= by;
    const loss = this.#lost.get(agentId);
    if (loss !== undefined) {
      loss.isAway = isAway;
      this.#away += by;
    }
    return connectivity === 'reconnecting' && this.#lose(agentId, at, limits);
  }

  /** What was lost so far counts no more. */
  reset(): void {
    this.#lost.clear();
    this.#away = 0;
    this.#newest = -Infinity;
  }

  #lose(agentId: number, at: number, limits: Limits): boolean {
    this.#forget(agentId);
    this.#lost.set(agentId, { at, isAway: true });
    this.#away += 1;
    this.#newest = Math.max(at, this.#newest);
    const horizon = this.#newest - limits.BREAKER_WINDOW_SECONDS * 1000;
    for (const [id, loss] of this.#lost) {
      if (loss.at > horizon) break;
      this.#forget(id);
    }
    if (!this.#isMass(limits)) return false;
    // What happened earlier may have been written later: partitions write each for itself.
    for (const [id, loss] of this.#lost) if (loss.at <= horizon) this.#forget(id);
    return this.#isMass(limits);
  }

  #forget(agentId: number): void {
    if (this.#lost.get(agentId)?.isAway === true) this.#away -= 1;
    this.#lost.delete(agentId);
  }

  #isMass({ BREAKER_MIN_AGENTS, BREAKER_PERCENT }: Limits): boolean {
    const before = this.#connected + this.#away;
    const { size } = this.#lost;
    return size >= BREAKER_MIN_AGENTS && size * 100 >= BREAKER_PERCENT * before;
  }
}
