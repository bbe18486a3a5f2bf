import { setImmediate } from 'node:timers/promises';
import type { Member } from './member.ts';
import type { Partition, Traced } from './partition.ts';
import type { Whereabouts } from './places.ts';
import type { AgentRecord } from './record.ts';
import type { Scope } from './scope.ts';
import type { KeptSession } from './sessions.ts';
import { isGone } from './traces.ts';

/** How many parts the agents fall into. Fixed for life: the journal names them. */
export const PARTITIONS = 16;

/** Fixed for life: an agent's events stay in one partition. Neighbouring ids fall far apart. */
export function partitionOf(agentId: number): number {
  return Math.imul(agentId, 0x9e3779b1) >>> 28;
}

/** Everybody, whichever partition they are in, as committed. */
export class Population {
  readonly partitions: readonly Partition[];

  constructor(partitions: readonly Partition[]) {
    this.partitions = partitions;
  }

  partition(id: number): Partition {
    const partition = this.partitions[id];
    if (partition === undefined) throw new RangeError(`there is no partition ${id}`);
    return partition;
  }

  of(agentId: number): Partition {
    return this.partition(partitionOf(agentId));
  }

  /** Of how many agents something is kept beside their records. */
  get traces(): Traced {
    const all = this.partitions.map(({ traces }) => traces);
    const sum = (of: keyof Traced) => all.reduce((total, traces) => total + traces[of], 0);
    return {
      actors: sum('actors'),
      answers: sum('answers'),
      unwritten: sum('unwritten'),
      refusals: sum('refusals'),
      activity: sum('activity'),
    };
  }

  /** Nothing need be kept of a user beside the record. */
  isGone(userId: number, now: number): boolean {
    return isGone(this.of(userId).directory.standing(userId), now);
  }

  /** A user as known; null for nobody. */
  memberOf(userId: number): Member | null {
    return this.of(userId).directory.member(userId);
  }

  /** Active members of a team, on the board or off it. */
  *inTeam(organisationId: number, teamId: number): Iterable<Member> {
    for (const { directory } of this.partitions) yield* directory.inTeam(organisationId, teamId);
  }

  /** An agent as committed; null for nobody. */
  record(agentId: number): AgentRecord | null {
    return this.of(agentId).directory.record(agentId);
  }

  /** Since when an agent's status is what it is, epoch milliseconds; null for one to whom nothing has happened. */
  since(agentId: number): number | null {
    const { directory } = this.of(agentId);
    const place = directory.placeOf(agentId);
    return place === null ? null : directory.at(place, 'since');
  }

  /** Who stands in a scope. */
  *idsIn(organisationId: number, scope: Scope): Iterable<number> {
    for (const { directory } of this.partitions) yield* directory.idsIn(organisationId, scope);
  }

  /** Those of them to whom work may be routed. */
  *routableIn(organisationId: number, scope: Scope): Iterable<AgentRecord> {
    for (const { directory } of this.partitions) yield* directory.routableIn(organisationId, scope);
  }

  /** How many agents of each organisation that has any here are connected. */
  connected(): ReadonlyMap<number, number> {
    const connected = new Map<number, number>();
    for (const { directory } of this.partitions) directory.countConnected(connected);
    return connected;
  }

  /** All sessions of which it is known with which log-in session they end. */
  *keptSessions(): Iterable<KeptSession> {
    for (const { directory } of this.partitions) yield* directory.keptSessions();
  }

  /** Where each active member stands to whom nothing has happened yet. */
  *absent(): Iterable<Whereabouts> {
    for (const { directory } of this.partitions) yield* directory.absent();
  }

  /** Reads who exists. Others have their turn after each page: files are read meanwhile. */
  async enlist(pages: AsyncIterable<readonly Member[]>): Promise<void> {
    for await (const page of pages) {
      for (const member of page) this.of(member.id).directory.enlist(member);
      await setImmediate();
    }
  }
}
