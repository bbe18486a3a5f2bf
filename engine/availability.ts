/**
 * Who is to be given work next: of those who are routable the one with the fewest tasks at hand, who has waited longest
 * since the last change of status, whose last claim lies furthest back, whose id is lowest.
 *
 * Being given somebody is a claim: for ten seconds nobody else is given that agent. It ends before when the agent takes
 * a task or is free for none any more; a connection that is lost and found doesn't end it. Claims are known to the node
 * that made them and to the agent's owner: boards and summaries show what is committed; a restart, and a new owner, know
 * of none.
 */
import type { Clock } from './clock.ts';
import type { AgentRecord } from './record.ts';
import type { Places } from './places.ts';
import { Order } from './order.ts';
import { type Scope, subjectKey } from './scope.ts';
import type { Subject } from './topics.ts';

/** The order of a scope, kept as long as somebody asks. */
interface Asked {
  readonly order: Order;
  /** Monotonic milliseconds. */
  askedAt: number;
}

interface Claim {
  /** Tasks that the agent had at hand then. */
  readonly current: number;
  /** Monotonic milliseconds. */
  readonly endsAt: number;
}

/** Somebody was given this agent. */
export interface Claimed {
  readonly record: AgentRecord;
  /** How long nobody else is, epoch milliseconds. */
  readonly until: number;
}

export interface AvailabilityOptions {
  readonly clock: Clock;
  readonly places: Places;
  readonly population: Candidates;
}

/** Who may be given work, as they now are. */
interface Candidates {
  record(agentId: number): AgentRecord | null;
  routableIn(organisationId: number, scope: Scope): Iterable<AgentRecord>;
}

export const CLAIM_MS = 10_000;
/** An order that nobody asks for any more is let go. */
const ABANDONED_MS = 600_000;

export class Availability {
  readonly #options: AvailabilityOptions;
  /** Of scopes that somebody asks for; an agent's own needs none. */
  readonly #orders = new Map<string, Asked>();
  /** As they will end: the oldest first. */
  readonly #claims = new Map<number, Claim>();
  /** Number of each agent's last claim, while the agent is here. */
  readonly #lastClaims = new Map<number, number>();
  #claimed = 0;

  constructor(options: AvailabilityOptions) {
    this.#options = options;
  }

  /** An agent was so, and is so from now on. */
  publish(before: AgentRecord, after: AgentRecord): void {
    const { id, active } = after.member;
    if (!active || after.connectivity === 'disconnected') this.#lastClaims.delete(id);
    const claim = this.#claims.get(id);
    const isFreed = claim !== undefined && endsClaim(claim, after);
    if (isFreed) this.#claims.delete(id);
    else if (claim !== undefined) return;
    const stood = !isFreed && mayBeNext(before) && standsAlike(before, after);
    if (mayBeNext(after) && !stood) this.#offer(after);
  }

  /** Claims that agent; whether that could be. */
  hold(agentId: number): boolean {
    const record = this.#options.population.record(agentId);
    if (record === null) return false;
    return this.claim({ organisationId: record.member.organisationId, scope: { agentId } }) !== null;
  }

  /** The claim of that agent came to nothing. */
  free(agentId: number): void {
    if (!this.#claims.delete(agentId)) return;
    const record = this.#options.population.record(agentId);
    if (record !== null && mayBeNext(record)) this.#offer(record);
  }

  /** Claims whoever is next in a scope, as far as is known on this node; null where nobody is available. */
  claim({ organisationId, scope }: Omit<Subject, 'view'>): Claimed | null {
    const { clock } = this.#options;
    const monotonic = clock.monotonic();
    this.#endClaims(monotonic);
    const record = this.#next(organisationId, scope);
    if (record === null) return null;
    const { current, member } = record;
    this.#claims.set(member.id, { current, endsAt: monotonic + CLAIM_MS });
    this.#lastClaims.set(member.id, ++this.#claimed);
    return { record, until: clock.now() + CLAIM_MS };
  }

  #next(organisationId: number, scope: Scope): AgentRecord | null {
    const { population } = this.#options;
    const id = 'agentId' in scope ? scope.agentId : this.#orderOf(organisationId, scope).first()?.at(-1);
    const record = id === undefined ? null : population.record(id);
    return record?.member.organisationId === organisationId && this.#isFree(record) ? record : null;
  }

  #endClaims(now: number): void {
    for (const [id, { endsAt }] of this.#claims) {
      if (endsAt > now) return;
      this.free(id);
    }
  }

  #offer(record: AgentRecord): void {
    if (this.#orders.size === 0) return;
    for (const subject of this.#options.places.of(record.member).subjects)
      this.#orders.get(subject)?.order.add(...this.#entryOf(record));
  }

  /** Compared from the first to the last. */
  #entryOf({ current, since, member: { id } }: AgentRecord): readonly number[] {
    return [current, since, this.#lastClaims.get(id) ?? 0, id];
  }

  #isFree(record: AgentRecord): boolean {
    return mayBeNext(record) && !this.#claims.has(record.member.id);
  }

  /** Looks at everybody in the scope when it is asked for the first time; from then on it is kept as agents change. */
  #orderOf(organisationId: number, scope: Scope): Order {
    const { clock, population } = this.#options;
    const subject = subjectKey(organisationId, scope);
    const now = clock.monotonic();
    const present = this.#orders.get(subject);
    if (present !== undefined) {
      present.askedAt = now;
      return present.order;
    }
    for (const [key, { askedAt }] of this.#orders) if (now - askedAt > ABANDONED_MS) this.#orders.delete(key);
    const order = new Order({ width: 4, stands: (entry) => this.#stands(subject, entry) });
    for (const record of population.routableIn(organisationId, scope))
      if (this.#isFree(record)) order.add(...this.#entryOf(record));
    this.#orders.set(subject, { order, askedAt: now });
    return order;
  }

  #stands(subject: string, entry: readonly number[]): boolean {
    const { places, population } = this.#options;
    const record = population.record(entry.at(-1) ?? 0);
    if (record === null || !this.#isFree(record)) return false;
    const isIn = places.of(record.member).subjects.includes(subject);
    return isIn && this.#entryOf(record).every((value, cell) => value === entry[cell]);
  }
}

function mayBeNext({ routable, member }: AgentRecord): boolean {
  return routable && member.active;
}

function standsAlike(a: AgentRecord, b: AgentRecord): boolean {
  return a.member === b.member && a.current === b.current && a.since === b.since;
}

/** Whoever took the work, or turned elsewhere, stands again by what they are then. */
function endsClaim({ current }: Claim, after: AgentRecord): boolean {
  if (!after.member.active || after.current !== current) return true;
  return !after.routable && after.connectivity !== 'reconnecting';
}
