import type { Configuration } from './axes.ts';
import { OFFLINE } from './catalogue.ts';
import { shownConnectivity } from './flips.ts';
import type { Member } from './member.ts';
import { Order, type Standing } from './order.ts';
import { overSince } from './overrun.ts';
import type { AgentRecord } from './record.ts';

/** An agent as counted. */
export interface Stay extends Standing {
  record: AgentRecord;
}

/** What agents who are counted together have in common: every scope holds all of them, or none. */
export type Place = Pick<Member, 'organisationId' | 'teamId' | 'department' | 'onBoard'>;

/** Those who have one status; for a while there may be none. */
export interface StatusTally {
  readonly category: AgentRecord['category'];
  count: number;
  /** Whoever has had it longest comes first. Of those who are offline nobody asks. */
  readonly longest: Order<Stay> | null;
}

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
  /** Those whose time is over, and those who flap, and since when; epoch milliseconds. */
  readonly overdue = new Map<Member, number>();
  readonly flapping = new Map<Member, number>();
  size = 0;
  routable = 0;

  constructor(place: Place) {
    this.place = place;
  }

  add(stay: Stay): void {
    this.#count(stay.record, 1).longest?.add(stay);
    const over = overSince(stay.record);
    if (over !== null) this.overdue.set(stay.record.member, over);
    if (stay.record.flapping !== null) this.flapping.set(stay.record.member, stay.record.flapping.since);
  }

  /** One who was added has gone. */
  remove(stay: Stay): void {
    this.#count(stay.record, -1).longest?.remove(stay);
    this.overdue.delete(stay.record.member);
    this.flapping.delete(stay.record.member);
  }

  #count(record: AgentRecord, by: 1 | -1): StatusTally {
    const { routable, status: code, category } = record;
    this.size += by;
    if (routable) this.routable += by;
    this.connectivity[shownConnectivity(record)] += by;
    const status = this.statuses.get(code) ?? this.#begin(code, category);
    status.count += by;
    return status;
  }

  #begin(code: string, category: AgentRecord['category']): StatusTally {
    const longest = category === OFFLINE ? null : new Order(longerFirst);
    const made: StatusTally = { category, count: 0, longest };
    this.statuses.set(code, made);
    return made;
  }
}

/** Who has had a status longer comes first; of two who are equal in that, who has the lower id. */
export function longerFirst({ record: a }: Stay, { record: b }: Stay): number {
  return a.since - b.since || a.member.id - b.member.id;
}
