import type { Configuration } from './axes.ts';
import { OFFLINE } from './catalogue.ts';
import type { Member } from './member.ts';
import { shownConnectivity } from './flips.ts';
import { overSince } from './overrun.ts';
import type { Place, Whereabouts } from './places.ts';
import { Order } from './order.ts';
import type { AgentRecord } from './record.ts';

/** Those who have one status. */
export interface StatusTally {
  readonly category: AgentRecord['category'];
  count: number;
  /** Since when each has had it, and the id; the first for the longest. Of those who are offline nobody asks. */
  readonly longest: Order | null;
}

/** The agents as they now are; null for nobody. */
export interface People {
  record(agentId: number): AgentRecord | null;
  /** Since when the status is what it is, epoch milliseconds: without a record being made. */
  since(agentId: number): number | null;
}

/** How an agent counts. */
export type Countable = Pick<
  AgentRecord,
  'status' | 'category' | 'connectivity' | 'routable' | 'limit' | 'limitUntil' | 'flapping'
>;

/** An agent, as far as counting goes: of a record. */
export interface Counted extends Countable {
  readonly member: Whereabouts & Pick<Member, 'id' | 'active'>;
  readonly since: number;
}

const NOBODY: ReadonlyMap<number, number> = new Map();

/**
 * The agents of one place, counted: a partial, of which any number merge into a summary (summary.ts). Coming and going
 * cost O(log n).
 */
export class Tally {
  readonly place: Place;
  readonly statuses = new Map<string, StatusTally>();
  readonly connectivity: Record<Configuration['connectivity'], number> = {
    connected: 0,
    reconnecting: 0,
    disconnected: 0,
  };
  // There are many places, and few with any of these.
  #overdue: Map<number, number> | null = null;
  #flapping: Map<number, number> | null = null;
  size = 0;
  routable = 0;
  readonly #people: People;

  constructor(place: Place, people: People) {
    this.place = place;
    this.#people = people;
  }

  /** Ids of those whose time is over, and since when; epoch milliseconds. */
  get overdue(): ReadonlyMap<number, number> {
    return this.#overdue ?? NOBODY;
  }

  /** Ids of those whose connection comes and goes too often, and since when. */
  get flapping(): ReadonlyMap<number, number> {
    return this.#flapping ?? NOBODY;
  }

  /** Name of one who is counted. */
  nameOf(agentId: number): string {
    return this.#people.record(agentId)?.member.name ?? '';
  }

  add(record: Counted): void {
    const { member, since } = record;
    this.count(record, 1).longest?.add(since, member.id);
    const over = overSince(record);
    if (over !== null) (this.#overdue ??= new Map()).set(member.id, over);
    if (record.flapping !== null) (this.#flapping ??= new Map()).set(member.id, record.flapping.since);
  }

  /** One who was added has gone. */
  remove(record: Counted): void {
    if (this.count(record, -1).count === 0) this.statuses.delete(record.status);
    this.#overdue?.delete(record.member.id);
    this.#flapping?.delete(record.member.id);
  }

  /** So many more who are alike, or fewer. */
  count(record: Countable, by: number): StatusTally {
    const { routable, status: code, category } = record;
    this.size += by;
    if (routable) this.routable += by;
    this.connectivity[shownConnectivity(record)] += by;
    const status = this.statuses.get(code) ?? this.#begin(code, category);
    status.count += by;
    return status;
  }

  #begin(code: string, category: AgentRecord['category']): StatusTally {
    const stands = ([since, id = 0]: readonly number[]) => {
      if (this.#people.since(id) !== since) return false;
      const record = this.#people.record(id);
      return record?.status === code && isPlace(this.place, record.member);
    };
    const count = () => made.count;
    const longest = category === OFFLINE ? null : new Order({ width: 2, stands, count });
    const made: StatusTally = { category, count: 0, longest };
    this.statuses.set(code, made);
    return made;
  }
}

function isPlace(place: Place, member: Member): boolean {
  return (
    member.active &&
    member.organisationId === place.organisationId &&
    member.teamId === place.teamId &&
    member.department === place.department &&
    member.onBoard === place.onBoard
  );
}
