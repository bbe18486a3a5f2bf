import type { AgentEvent } from '../events.ts';
import { TargetRefused } from '../projection.ts';
import { type AgentState, fold, type SessionState } from './fold.ts';

/** Folds many events of many agents, in their order, onto what is known of them. */
export class Folding {
  readonly #states: Map<number, AgentState>;
  readonly #changed = new Map<number, AgentState>();
  readonly #sessions = new Map<string, SessionState>();
  #missing = 0;

  constructor(known: Iterable<AgentState> = []) {
    this.#states = new Map(Array.from(known, (state) => [state.record.member.id, state]));
  }

  /** @throws TargetRefused for an event that comes again, or from another history. */
  add(event: AgentEvent): void {
    const before = this.#states.get(event.agent) ?? null;
    const seq = before?.record.seq ?? 0;
    if (event.seq <= seq)
      throw new TargetRefused(`event ${event.seq} of agent ${event.agent} comes after its event ${seq}`);
    this.#missing += event.seq - seq - 1;
    const { state, sessions } = fold(before, event);
    this.#states.set(event.agent, state);
    this.#changed.set(event.agent, state);
    for (const session of sessions) this.#sessions.set(`${event.agent} ${session.id}`, session);
  }

  /** Everybody to whom something happened. */
  get changed(): readonly AgentState[] {
    return [...this.#changed.values()];
  }

  get sessions(): readonly SessionState[] {
    return [...this.#sessions.values()];
  }

  /** How many events must have been before those that were added. */
  get missing(): number {
    return this.#missing;
  }
}
