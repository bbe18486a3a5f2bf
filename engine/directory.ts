import { apply } from './agent.ts';
import { Codes } from './columns/codes.ts';
import { Members } from './columns/members.ts';
import { type Presence, Presences } from './columns/presences.ts';
import type { Session } from './axes.ts';
import type { ByteReader } from './bytes.ts';
import type { AgentEvent } from './events.ts';
import { FIELDS } from './fields.ts';
import type { EventHead } from './event-frames.ts';
import type { Member } from './member.ts';
import type { Pending } from './requests.ts';
import { type AgentRecord, newcomer } from './record.ts';
import type { Whereabouts } from './places.ts';
import type { Scope } from './scope.ts';
import type { KeptSession } from './sessions.ts';
import type { Image, ImageWriter } from './snapshots/image.ts';
import type { Counted } from './tally.ts';
import type { Standing } from './traces.ts';

/**
 * One agent while something is under way for it: made when something comes, let go when all is done. What stays is a
 * row of numbers.
 */
export interface Actor {
  /** What is committed. */
  record: AgentRecord;
  /** Its place in its partition: what the timing wheel knows it by. */
  readonly place: number;
  /** Whether a decided event is on its way to disk. Until it is back, what comes waits. */
  busy: boolean;
  waiting: readonly Pending[];
}

/** Nobody waits: one list for all whom it is true of. */
export const NONE: readonly Pending[] = [];
const NO_SESSIONS: readonly Session[] = [];

/** An event that was folded in, and the agent before and after it. */
export interface Folded {
  readonly event: AgentEvent;
  readonly before: AgentRecord;
  readonly record: AgentRecord;
  readonly place: number;
}

/** Who is known to a partition, and how they are. Nothing is kept as an object but who is awake. */
export class Directory {
  readonly #codes = new Codes();
  readonly #members = new Members(this.#codes);
  readonly #presences = new Presences(this.#codes);
  readonly #awake = new Map<number, Actor>();
  /** By row, while the log is read: as the roster has somebody of whom the log tells. */
  readonly #asListed = new Map<number, Member>();

  /** To how many something has happened: their places are those from 0 on. */
  get size(): number {
    return this.#presences.length;
  }

  /** Of whom an image is taken: some are known only because somebody asked after them. */
  pictured(): Uint32Array {
    return Uint32Array.from({ length: this.size }, (_, place) => place).filter(
      (place) => this.#presences.seqAt(place) > 0,
    );
  }

  /** Writes these, who have the places from 0 on where it is loaded. */
  save(image: ImageWriter, places: Uint32Array): void {
    image.block('count', (writer) => writer.count(places.length));
    image.block('codes', (writer) => this.#codes.save(writer));
    this.#members.save(
      image,
      places.map((place) => this.#presences.rowOf(place)),
    );
    this.#presences.save(image, places);
  }

  /** Reads what was written, into a directory that knows nobody. */
  load(image: Image): void {
    let count = 0;
    image.block('count', (reader) => (count = reader.count()));
    image.block('codes', (reader) => this.#codes.load(reader));
    this.#members.load(image, count);
    this.#presences.load(image, { count, usual: newcomer(stranger(0)) });
    for (let place = 0; place < count; place++) this.#members.setPlace(place, place);
  }

  /** Makes a user known, or known anew. */
  enrol(member: Member): void {
    this.#members.put(member);
  }

  member(agentId: number): Member | null {
    const row = this.#members.rowOf(agentId);
    return row === null ? null : this.#members.get(row);
  }

  /** The record of a known user, whether anything has happened or not. */
  record(agentId: number): AgentRecord | null {
    const row = this.#members.rowOf(agentId);
    return row === null ? null : this.#recordOf(row);
  }

  /** Where somebody is to whom something has happened; null for others. */
  placeOf(agentId: number): number | null {
    const row = this.#members.rowOf(agentId);
    return row === null ? null : this.#members.placeOf(row);
  }

  /** Whether an agent is gone, and since when, without the record being made; as a newcomer, for nobody. */
  standing(agentId: number): Standing {
    const place = this.placeOf(agentId);
    const member = { id: agentId };
    if (place === null) return { member, connectivity: 'disconnected', flapping: null, lastAt: 0 };
    return {
      member,
      connectivity: this.at(place, 'connectivity'),
      flapping: this.at(place, 'flapping'),
      lastAt: this.#presences.lastAtOf(place),
    };
  }

  /** One value of a record, without the record being made. */
  at<Field extends keyof Presence>(place: number, field: Field): Presence[Field] {
    return this.#presences.at(place, field);
  }

  /** Whether anything may be yet to come that the record tells of: it may of everybody but those who are just gone. */
  mayAwait(place: number): boolean {
    return (
      this.at(place, 'connectivity') !== 'disconnected' ||
      this.at(place, 'flapping') !== null ||
      this.at(place, 'flips').length > 0
    );
  }

  /** The actor of a known user; null for anybody else. */
  activate(agentId: number): Actor | null {
    const row = this.#members.rowOf(agentId);
    return row === null ? null : this.wake(this.#settle(row));
  }

  /** The actor of a user, known today or not: what the log says of somebody counts. */
  restore(agentId: number, organisationId: number): Actor {
    return this.wake(this.#settle(this.#rowOf(agentId, organisationId)));
  }

  wake(place: number): Actor {
    const awake = this.#awake.get(place);
    if (awake !== undefined) return awake;
    return { record: this.recordAt(place), place, busy: false, waiting: NONE };
  }

  /** Keeps an actor as long as something is under way for it; to be told when that may have become another. */
  hold(actor: Actor): void {
    const { place, busy, waiting } = actor;
    if (busy || waiting.length > 0) this.#awake.set(place, actor);
    else this.#awake.delete(place);
  }

  /** Those for whom something is under way. */
  awake(): readonly Actor[] {
    return [...this.#awake.values()];
  }

  /** Whether something is under way for an agent. */
  isAwake(agentId: number): boolean {
    const place = this.placeOf(agentId);
    return place !== null && this.#awake.has(place);
  }

  /** Folds in what was committed. */
  fold(event: AgentEvent): Folded {
    const row = this.#rowOf(event.agent, event.organisation);
    const place = this.#settle(row);
    const actor = this.#awake.get(place);
    const before = actor?.record ?? this.recordAt(place);
    const record = apply(before, event);
    this.#take(place, event);
    if (actor !== undefined) actor.record = record;
    return { event, before, record, place };
  }

  /** An event of the past, without what it set: where its agent is. */
  beginReplay({ agent, organisation, seq, at }: EventHead): number {
    const place = this.#settle(this.#rowOf(agent, organisation));
    this.#presences.advance(place, seq, at);
    return place;
  }

  /** A field that it set, by its place in FIELD_NAMES, to the value that comes next. */
  replay(place: number, field: number, reader: ByteReader): void {
    if (!this.#presences.take(place, field, reader)) this.#putPast(FIELDS.member.read(reader));
  }

  /** Somebody is on the roster, as this; before the log is read. What the log says of somebody stands until then. */
  enlist(member: Member): void {
    const known = this.#members.rowOf(member.id);
    const isStanding = known !== null && this.#members.placeOf(known) !== null;
    const row = isStanding ? known : this.#members.put(member);
    this.#members.list(row);
    if (isStanding && !this.#members.isSame(row, member)) this.#asListed.set(row, member);
  }

  /** Who is otherwise on the roster than the log says, or not on it: as they are from now on. Told once. */
  takeNews(): readonly Member[] {
    const news = [...this.#asListed]
      .filter(([row, member]) => !this.#members.isSame(row, member))
      .map(([, member]) => member);
    this.#asListed.clear();
    for (let row = 0; row < this.#members.length; row++)
      if (!this.#members.isListed(row)) news.push({ ...this.#members.get(row), active: false });
    return news;
  }

  /** Where each active member stands to whom nothing has happened yet. */
  *absent(): Iterable<Whereabouts> {
    for (let row = 0; row < this.#members.length; row++) {
      if (this.#members.placeOf(row) !== null) continue;
      const member = this.#members.countedOf(row);
      if (member.active) yield member;
    }
  }

  /** One to whom something has happened, as they count. */
  countedAt(place: number): Counted {
    return this.#presences.counted(place, this.#members.countedOf(this.#presences.rowOf(place)));
  }

  /** Adds how many agents of each organisation that has any here are connected. */
  countConnected(counts: Map<number, number>): void {
    for (let place = 0; place < this.size; place++) {
      const connectivity = this.at(place, 'connectivity');
      if (connectivity === 'disconnected') continue;
      const organisationId = this.#members.organisationOf(this.#presences.rowOf(place));
      const before = counts.get(organisationId) ?? 0;
      counts.set(organisationId, before + (connectivity === 'connected' ? 1 : 0));
    }
  }

  /** Ids of an organisation's agents who are here. */
  *present(organisationId: number): Iterable<number> {
    for (let place = 0; place < this.size; place++) {
      const row = this.#presences.rowOf(place);
      if (
        this.at(place, 'connectivity') !== 'disconnected' &&
        this.#members.organisationOf(row) === organisationId
      )
        yield this.#members.idAt(row);
    }
  }

  sessionsOf(agentId: number): readonly Session[] {
    const place = this.placeOf(agentId);
    return place === null ? NO_SESSIONS : this.at(place, 'sessions');
  }

  /** Sessions of which it is known with which log-in session they end. */
  *keptSessions(): Iterable<KeptSession> {
    for (let place = 0; place < this.size; place++)
      for (const { id: session, login } of this.at(place, 'sessions'))
        if (login !== undefined)
          yield { agentId: this.#members.idAt(this.#presences.rowOf(place)), session, login };
  }

  /** Active members of a team, on the board or off it. */
  *inTeam(organisationId: number, teamId: number): Iterable<Member> {
    for (let row = 0; row < this.#members.length; row++)
      if (this.#members.isInTeam(row, organisationId, teamId)) yield this.#members.get(row);
  }

  /** Who stands in a scope. */
  *idsIn(organisationId: number, scope: Scope): Iterable<number> {
    for (let row = 0; row < this.#members.length; row++)
      if (this.#members.standsIn(row, organisationId, scope)) yield this.#members.idAt(row);
  }

  *routableIn(organisationId: number, scope: Scope): Iterable<AgentRecord> {
    for (let place = 0; place < this.size; place++) {
      const isIn = () => this.#members.standsIn(this.#presences.rowOf(place), organisationId, scope);
      if (this.at(place, 'routable') && isIn()) yield this.recordAt(place);
    }
  }

  #take(place: number, event: AgentEvent): void {
    this.#presences.fold(place, event);
    if (event.set.member !== undefined) this.#members.put(event.set.member);
  }

  #putPast(member: Member): void {
    const row = this.#members.rowOf(member.id);
    if (row !== null && this.#members.isListed(row) && !this.#asListed.has(row))
      this.#asListed.set(row, this.#members.get(row));
    this.#members.put(member);
  }

  #rowOf(agentId: number, organisationId: number): number {
    return this.#members.rowOf(agentId) ?? this.#members.put(stranger(agentId, organisationId));
  }

  /** The place of a member, who has one from here on. */
  #settle(row: number): number {
    const known = this.#members.placeOf(row);
    if (known !== null) return known;
    const place = this.#presences.add(row, newcomer(this.#members.get(row)));
    this.#members.setPlace(row, place);
    return place;
  }

  #recordOf(row: number): AgentRecord {
    const place = this.#members.placeOf(row);
    const member = this.#members.get(row);
    return place === null ? newcomer(member) : this.#presences.get(place, member);
  }

  recordAt(place: number): AgentRecord {
    return this.#presences.get(place, this.#members.get(this.#presences.rowOf(place)));
  }
}

/** Of whom the log tells, and nobody else. */
export function stranger(id: number, organisationId = 0): Member {
  return {
    id,
    organisationId,
    name: '',
    teamId: null,
    department: null,
    role: 'viewer',
    onBoard: false,
    active: false,
    createdAt: 0,
  };
}
