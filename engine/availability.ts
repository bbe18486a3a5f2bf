/**
 * Who is to be given work next: of those who are routable the one with the fewest tasks at hand, who has waited longest
 * since the last change of status, whose last claim lies furthest back, whose id is lowest.
 *
 * Being given somebody is a claim: for ten seconds nobody else is given that agent. It ends before when the agent takes
 * a task or is free for none any more; a connection that is lost and found doesn't end it. Claims are known here alone:
 * boards and summaries show what is committed, and a restart forgets claims.
 */
import type { Clock } from './clock.ts';
import { Order, type Standing } from './order.ts';
import type { AgentRecord } from './record.ts';
import { type Scope, scopeKey, sharedSubjectKeys, subjectKey } from './scope.ts';
import type { Subject } from './topics.ts';

/** An agent who may be given work. */
interface Candidate {
  record: AgentRecord;
  /** Number of the last claim; 0 before the first. */
  readonly lastClaim: number;
  seats: readonly Seat[];
}

/** A candidate, in the queue of one scope. */
interface Seat extends Standing {
  readonly candidate: Candidate;
  readonly queue: Queue;
}

interface Queue {
  readonly key: string;
  readonly order: Order<Seat>;
}

interface Claim {
  record: AgentRecord;
  /** Monotonic milliseconds. */
  readonly endsAt: number;
}

/** Somebody was given this agent. */
export interface Claimed {
  readonly record: AgentRecord;
  /** How long nobody else is, epoch milliseconds. */
  readonly until: number;
}

export const CLAIM_MS = 10_000;

export class Availability {
  readonly #clock: Clock;
  readonly #candidates = new Map<number, Candidate>();
  /** Of scopes that somebody is available in; an agent's own needs none. */
  readonly #queues = new Map<string, Queue>();
  /** As they will end: the oldest first. */
  readonly #claims = new Map<number, Claim>();
  readonly #lastClaims = new Map<number, number>();
  #claimed = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An agent is so, from now on. */
  publish(record: AgentRecord): void {
    const { id, active } = record.member;
    if (!active) this.#lastClaims.delete(id);
    const claim = this.#claims.get(id);
    if (claim !== undefined && !endsClaim(claim.record, record)) {
      claim.record = record;
      return;
    }
    this.#claims.delete(id);
    this.#offer(record);
  }

  /** Claims whoever is next in a scope; null where nobody is available. */
  claim({ organisationId, scope }: Omit<Subject, 'view'>): Claimed | null {
    const { now, monotonic } = { now: this.#clock.now(), monotonic: this.#clock.monotonic() };
    this.#endClaims(monotonic);
    const next = this.#next(organisationId, scope);
    if (next === null) return null;
    const { record } = next;
    this.#withdraw(next);
    this.#claims.set(record.member.id, { record, endsAt: monotonic + CLAIM_MS });
    this.#lastClaims.set(record.member.id, ++this.#claimed);
    return { record, until: now + CLAIM_MS };
  }

  #next(organisationId: number, scope: Scope): Candidate | null {
    if (!('agentId' in scope))
      return this.#queues.get(subjectKey(organisationId, scopeKey(scope)))?.order.first?.candidate ?? null;
    const candidate = this.#candidates.get(scope.agentId);
    return candidate?.record.member.organisationId === organisationId ? candidate : null;
  }

  #endClaims(now: number): void {
    for (const [id, { record, endsAt }] of this.#claims) {
      if (endsAt > now) return;
      this.#claims.delete(id);
      this.#offer(record);
    }
  }

  #offer(record: AgentRecord): void {
    const { member } = record;
    const isOffered = record.routable && member.active;
    const present = this.#candidates.get(member.id);
    if (present !== undefined) {
      if (isOffered && standsAlike(present.record, record)) {
        present.record = record;
        return;
      }
      this.#withdraw(present);
    }
    if (!isOffered) return;
    const candidate: Candidate = { record, lastClaim: this.#lastClaims.get(member.id) ?? 0, seats: [] };
    this.#candidates.set(member.id, candidate);
    candidate.seats = sharedSubjectKeys(member).map((key) => this.#seat(candidate, this.#queueOf(key)));
  }

  #seat(candidate: Candidate, queue: Queue): Seat {
    const seat = { candidate, queue, at: 0 };
    queue.order.add(seat);
    return seat;
  }

  #withdraw({ record, seats }: Candidate): void {
    this.#candidates.delete(record.member.id);
    for (const seat of seats) {
      const { order, key } = seat.queue;
      order.remove(seat);
      if (order.size === 0) this.#queues.delete(key);
    }
  }

  #queueOf(key: string): Queue {
    const present = this.#queues.get(key);
    if (present !== undefined) return present;
    const made: Queue = { key, order: new Order(nextFirst) };
    this.#queues.set(key, made);
    return made;
  }
}

function nextFirst({ candidate: a }: Seat, { candidate: b }: Seat): number {
  return (
    a.record.current - b.record.current ||
    a.record.since - b.record.since ||
    a.lastClaim - b.lastClaim ||
    a.record.member.id - b.record.member.id
  );
}

function standsAlike(a: AgentRecord, b: AgentRecord): boolean {
  return a.member === b.member && a.current === b.current && a.since === b.since;
}

/** Whoever took the work, or turned elsewhere, stands again by what they are then. */
function endsClaim(before: AgentRecord, after: AgentRecord): boolean {
  if (!after.member.active || after.current !== before.current) return true;
  return !after.routable && after.connectivity !== 'reconnecting';
}
