import type { AgentRecord } from './record.ts';
import { Round } from './round.ts';

/** What of a record tells whether its agent is gone. */
export type Standing = Pick<AgentRecord, 'connectivity' | 'flapping' | 'lastAt'> & {
  readonly member: Pick<AgentRecord['member'], 'id'>;
};

/** Of an agent who has been gone for so long nothing is kept but the record (B8). */
export const GONE_MS = 600_000;

/** Offline, with nothing due, and nothing has happened to the agent for long; times are epoch milliseconds. */
export function isGone({ connectivity, flapping, lastAt }: Standing, now: number): boolean {
  return connectivity === 'disconnected' && flapping === null && now >= lastAt + GONE_MS;
}

interface Left<Trace> {
  readonly trace: Trace;
  /** When it was left, or added to; epoch milliseconds. */
  readonly at: number;
}

/**
 * What agents leave behind beside their records. It fades when they are gone, and as long has passed since it was left:
 * then nobody finds it any more, whenever its memory is given back. So whoever folds the same log finds the same.
 */
export class Traces<Trace> {
  readonly #left = new Map<number, Left<Trace>>();
  readonly #round = new Round(this.#left);

  /** Of how many agents there are any, or was it not given back yet. */
  get size(): number {
    return this.#left.size;
  }

  [Symbol.iterator](): Iterator<readonly [number, Left<Trace>]> {
    return this.#left.entries();
  }

  /** Null where there is none, or it has faded. */
  of(standing: Standing, now: number): Trace | null {
    const left = this.#left.get(standing.member.id);
    return left === undefined || hasFaded(left, standing, now) ? null : left.trace;
  }

  /** Whatever of this agent has not faded, or was not looked at yet. */
  held(agentId: number): Trace | null {
    return this.#left.get(agentId)?.trace ?? null;
  }

  leave(agentId: number, trace: Trace, at: number): void {
    this.#left.set(agentId, { trace, at: Math.max(at, this.#left.get(agentId)?.at ?? 0) });
  }

  /** To be told before anything happens to an agent, or is left: what has faded doesn't come back with it. */
  fade(standing: Standing, now: number): void {
    const left = this.#left.get(standing.member.id);
    if (left !== undefined && hasFaded(left, standing, now)) this.#left.delete(standing.member.id);
  }

  /** Gives back the memory of what has faded; looks at so many, and goes on there the next time. */
  tend(count: number, { standingOf, now }: Tending): void {
    for (const [agentId] of this.#round.next(count)) {
      const standing = standingOf(agentId);
      if (standing !== null) this.fade(standing, now);
    }
  }
}

/** When memory is given back, and of whom: null where something is on its way that may have happened before. */
export interface Tending {
  readonly standingOf: (agentId: number) => Standing | null;
  readonly now: number;
}

function hasFaded({ at }: Left<unknown>, standing: Standing, now: number): boolean {
  return isGone(standing, now) && now >= at + GONE_MS;
}
