/** What is the platform's fault and not the agents', by SPEC C7: mass disconnects, and starts of the engine. */
import { connectivityOf, type ModelAgent } from './agent.ts';
import { lawOf } from './law.ts';

/** Epoch milliseconds. */
export interface ModelFreeze {
  readonly kind: 'mass_disconnect' | 'restart';
  readonly since: number;
  readonly until: number;
  /** The one before, whose end is still told to some. */
  readonly before: ModelFreeze | null;
}

interface Loss {
  readonly agent: number;
  readonly at: number;
}

const SPREAD_SECONDS = 10;

export class Platform {
  readonly #agents: () => Iterable<ModelAgent>;
  readonly #losses = new Map<number, readonly Loss[]>();
  readonly #freezes = new Map<number, ModelFreeze>();

  constructor(agents: () => Iterable<ModelAgent>) {
    this.#agents = agents;
  }

  freezeOf(organisation: number): ModelFreeze | null {
    return this.#freezes.get(organisation) ?? null;
  }

  /** Another engine begins: for every organisation that has somebody here it counts as a mass disconnect. */
  restarted(now: number): void {
    this.#losses.clear();
    this.#freezes.clear();
    for (const agent of this.#agents())
      if (connectivityOf(agent) !== 'disconnected') this.#freeze(agent.person.organisation, 'restart', now);
  }

  /** Somebody was here when the engine began at that moment, though the history came to say so but now. */
  restartedWith(organisation: number, beganAt: number): void {
    if (this.freezeOf(organisation) === null) this.#freeze(organisation, 'restart', beganAt);
  }

  /** An agent is another now. */
  changed(before: ModelAgent, after: ModelAgent, { at, now }: { at: number; now: number }): void {
    const { id, organisation } = after.person;
    const { breaker } = lawOf(organisation);
    if (connectivityOf(before) !== 'connected' || connectivityOf(after) !== 'reconnecting') return;
    const freeze = this.#freezes.get(organisation);
    if (freeze !== undefined && now < freeze.until) return void this.#losses.delete(organisation);
    const losses = [...(this.#losses.get(organisation) ?? []), { agent: id, at }];
    this.#losses.set(organisation, losses);
    const horizon = Math.max(...losses.map((loss) => loss.at)) - breaker.windowSeconds * 1000;
    const lost = new Set(losses.filter((loss) => loss.at > horizon).map(({ agent }) => agent));
    const were = new Set(lost);
    for (const agent of this.#agents())
      if (agent.person.organisation === organisation && connectivityOf(agent) === 'connected')
        were.add(agent.person.id);
    if (lost.size >= breaker.minAgents && (lost.size / were.size) * 100 >= breaker.percent)
      this.#freeze(organisation, 'mass_disconnect', now);
  }

  /** The clock was set ahead: all that was is as long ago as before. */
  clockWasSet(byMs: number): void {
    for (const [organisation, losses] of this.#losses)
      this.#losses.set(
        organisation,
        losses.map(({ agent, at }) => ({ agent, at: at + byMs })),
      );
    for (const [organisation, freeze] of this.#freezes) this.#freezes.set(organisation, later(freeze, byMs));
  }

  #freeze(organisation: number, kind: ModelFreeze['kind'], now: number): void {
    const until = now + lawOf(organisation).breaker.freezeSeconds * 1000;
    this.#losses.delete(organisation);
    const last = this.freezeOf(organisation);
    const before = last === null || last.since === now ? (last?.before ?? null) : { ...last, before: null };
    this.#freezes.set(organisation, { kind, since: now, until, before });
  }
}

function later({ kind, since, until, before }: ModelFreeze, byMs: number): ModelFreeze {
  return { kind, since: since + byMs, until: until + byMs, before: before && later(before, byMs) };
}

/** Until when the agent's timers stand still, as of a moment; null while they run. */
export function frozenUntil(agent: ModelAgent, freeze: ModelFreeze | null, at: number): number | null {
  if (freeze === null) return null;
  if (at < freeze.since) return frozenUntil(agent, freeze.before, at);
  const until = freeze.until + (agent.person.id % SPREAD_SECONDS) * 1000;
  return at < until ? until : null;
}
