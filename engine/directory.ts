import type { AgentRecord } from './record.ts';
import { newcomer } from './record.ts';
import type { Member } from './member.ts';
import type { Pending } from './requests.ts';

/** One agent in memory. The record is what is committed; everything else is gone with the process. */
export interface Actor {
  record: AgentRecord;
  /** This actor's place in its partition: what the timing wheel knows it by. */
  readonly place: number;
  /** Whether a decided event is on its way to disk. Until it is back, what comes waits. */
  busy: boolean;
  waiting: readonly Pending[];
  /** Monotonic time of the newest activity of all sessions. */
  activeAt: number;
  /** The deadline that the wheel is armed for, epoch milliseconds. */
  armedFor: number | null;
  /** Monotonic time of each session's newest activity; null while none was told. */
  sessionActivity: Map<string, number> | null;
  lastRefusal: Rejected | null;
}

/** Nobody waits: one list for all whom it is true of. */
export const NONE: readonly Pending[] = [];

/** The last command that was refused. */
export interface Rejected {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly command: string;
  readonly code: string;
  readonly message: string;
}

/** Who is known to a partition. Actors appear on first use. */
export class Directory {
  readonly #members = new Map<number, Member>();
  readonly #actors = new Map<number, Actor>();
  readonly #byPlace: Actor[] = [];

  /** Makes a user known, or known anew. */
  enrol(member: Member): void {
    this.#members.set(member.id, member);
  }

  member(agentId: number): Member | null {
    return this.#members.get(agentId) ?? null;
  }

  /** The actor of a known user; null for anybody else. */
  activate(agentId: number, nowMs: number): Actor | null {
    const present = this.#actors.get(agentId);
    if (present !== undefined) return present;
    const member = this.#members.get(agentId);
    return member === undefined ? null : this.#add(newcomer(member), nowMs);
  }

  /** The actor that an event of the log is about, known today or not: what happened to it still counts. */
  restore(agentId: number, organisationId: number, nowMs: number): Actor {
    const stranger: Member = {
      id: agentId,
      organisationId,
      name: '',
      teamId: null,
      department: null,
      role: 'viewer',
      onBoard: false,
      active: false,
    };
    return this.activate(agentId, nowMs) ?? this.#add(newcomer(stranger), nowMs);
  }

  /** The record of a known user, whether in memory or not. */
  record(agentId: number): AgentRecord | null {
    const actor = this.#actors.get(agentId);
    if (actor !== undefined) return actor.record;
    const member = this.#members.get(agentId);
    return member === undefined ? null : newcomer(member);
  }

  at(place: number): Actor | null {
    return this.#byPlace[place] ?? null;
  }

  *actors(): Iterable<Actor> {
    yield* this.#byPlace;
  }

  *records(): Iterable<AgentRecord> {
    for (const member of this.#members.values())
      yield this.#actors.get(member.id)?.record ?? newcomer(member);
  }

  #add(record: AgentRecord, nowMs: number): Actor {
    const actor: Actor = {
      record,
      place: this.#byPlace.length,
      busy: false,
      waiting: NONE,
      activeAt: nowMs,
      armedFor: null,
      sessionActivity: null,
      lastRefusal: null,
    };
    this.#actors.set(record.member.id, actor);
    this.#byPlace.push(actor);
    return actor;
  }
}
