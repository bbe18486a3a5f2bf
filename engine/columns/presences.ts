import { INITIAL_CONTEXT } from '../axes.ts';
import type { ByteReader } from '../bytes.ts';
import type { AgentEvent, Changes } from '../events.ts';
import { FIELD_NAMES, FIELDS } from '../fields.ts';
import type { Member } from '../member.ts';
import type { AgentRecord } from '../record.ts';
import type { Image, ImageWriter } from '../snapshots/image.ts';
import type { Counted } from '../tally.ts';
import type { Codes } from './codes.ts';
import {
  CodeColumn,
  CodeOrNullColumn,
  CountColumn,
  type FieldColumn,
  FlagColumn,
  OneOfColumn,
  QuantityColumn,
  QuantityOrNullColumn,
} from './column.ts';
import { JsonColumn } from './json.ts';
import { Room } from './room.ts';
import { SparseColumn } from './sparse.ts';

/** A record is kept as this, and the member apart: in both it is the same. */
export type Presence = Omit<Changes, 'member'>;
type Columns = { readonly [Field in keyof Presence]: FieldColumn<Presence[Field]> };

/** How those are to whom something has happened: some hundred bytes each. Only committed state is written here. */
export class Presences {
  /** Of the member. */
  readonly #rows = new CountColumn();
  readonly #seqs = new CountColumn();
  readonly #lastAts = new QuantityColumn();
  readonly #fields: ReturnType<typeof columnsOf>;
  /** The same, by place in FIELD_NAMES: as frames name them. */
  readonly #byPlace: readonly (FieldColumn<unknown> | null)[];
  readonly #room: Room;

  constructor(codes: Codes) {
    this.#fields = columnsOf(codes);
    this.#byPlace = FIELD_NAMES.map((name) => (name === 'member' ? null : this.#fields[name]));
    this.#room = new Room([this.#rows, this.#seqs, this.#lastAts, ...Object.values(this.#fields)]);
  }

  get length(): number {
    return this.#room.length;
  }

  /** Room for so many in all. */
  reserve(count: number): void {
    this.#room.reserve(count);
  }

  /** Writes these. */
  save(image: ImageWriter, places: Uint32Array): void {
    image.block('seq', (writer) => this.#seqs.save(writer, places));
    image.block('last at', (writer) => this.#lastAts.save(writer, places));
    for (const field of PRESENCE_FIELDS)
      image.block(`field ${field}`, (writer) => this.#fields[field].save(writer, places));
  }

  /** Reads so many, whose members have the same rows; there are none yet. */
  load(image: Image, { count, usual }: { count: number; usual: Presence }): void {
    this.#room.reserve(count);
    for (let place = 0; place < count; place++) this.#rows.set(this.#room.add(), place);
    image.block('seq', (reader) => this.#seqs.load(reader, count));
    image.block('last at', (reader) => this.#lastAts.load(reader, count));
    for (const field of PRESENCE_FIELDS) {
      const isThere = image.block(`field ${field}`, (reader) => this.#fields[field].load(reader, count));
      // A field that is younger than the image.
      if (!isThere) for (let place = 0; place < count; place++) this.#copy(place, field, usual);
    }
  }

  /** The place of one to whom nothing had happened before. */
  add(row: number, record: AgentRecord): number {
    const place = this.#room.add();
    this.#rows.set(place, row);
    this.advance(place, record.seq, record.lastAt);
    for (const field of PRESENCE_FIELDS) this.#copy(place, field, record);
    return place;
  }

  rowOf(place: number): number {
    return this.#rows.get(place);
  }

  seqAt(place: number): number {
    return this.#seqs.get(place);
  }

  lastAtOf(place: number): number {
    return this.#lastAts.get(place);
  }

  /** One value, without a record being made. */
  at<Field extends keyof Presence>(place: number, field: Field): Presence[Field] {
    const columns: Columns = this.#fields;
    return columns[field].get(place);
  }

  /** As much of the record as counting asks for. */
  counted(place: number, member: Counted['member']): Counted {
    const fields = this.#fields;
    return {
      member,
      connectivity: fields.connectivity.get(place),
      status: fields.status.get(place),
      category: fields.category.get(place),
      since: fields.since.get(place),
      routable: fields.routable.get(place),
      limit: fields.limit.get(place),
      limitUntil: fields.limitUntil.get(place),
      flapping: fields.flapping.get(place),
    };
  }

  /** The record. Written out, as it is made for every command. */
  get(place: number, member: Member): AgentRecord {
    const fields = this.#fields;
    return {
      member,
      seq: this.#seqs.get(place),
      lastAt: this.#lastAts.get(place),
      connectivity: fields.connectivity.get(place),
      duty: fields.duty.get(place),
      limit: fields.limit.get(place),
      activity: fields.activity.get(place),
      workload: fields.workload.get(place),
      override: fields.override.get(place),
      stability: fields.stability.get(place),
      dutyCode: fields.dutyCode.get(place),
      dutyCause: fields.dutyCause.get(place),
      dutyReason: fields.dutyReason.get(place),
      dutySince: fields.dutySince.get(place),
      limitUntil: fields.limitUntil.get(place),
      extendedMs: fields.extendedMs.get(place),
      overAt: fields.overAt.get(place),
      sessions: fields.sessions.get(place),
      graceUntil: fields.graceUntil.get(place),
      platformUntil: fields.platformUntil.get(place),
      idleSince: fields.idleSince.get(place),
      current: fields.current.get(place),
      max: fields.max.get(place),
      forced: fields.forced.get(place),
      queued: fields.queued.get(place),
      forcedNext: fields.forcedNext.get(place),
      flips: fields.flips.get(place),
      isOutByFlip: fields.isOutByFlip.get(place),
      flapping: fields.flapping.get(place),
      status: fields.status.get(place),
      category: fields.category.get(place),
      since: fields.since.get(place),
      cause: fields.cause.get(place),
      routable: fields.routable.get(place),
    };
  }

  /** The agent's last event has that number and time. */
  advance(place: number, seq: number, at: number): void {
    this.#seqs.set(place, seq);
    this.#lastAts.set(place, at);
  }

  set<Field extends keyof Presence>(place: number, field: Field, value: Presence[Field]): void {
    const columns: Columns = this.#fields;
    columns[field].set(place, value);
  }

  /** Sets a field, by its place in FIELD_NAMES, to the value that comes next; false for the member, who is not kept here. */
  take(place: number, field: number, reader: ByteReader): boolean {
    const column = this.#byPlace[field];
    column?.take(place, reader);
    return column !== null;
  }

  /** What an event says; no guards: what was decided, happened. */
  fold(place: number, { seq, at, set }: Pick<AgentEvent, 'seq' | 'at' | 'set'>): void {
    this.advance(place, seq, at);
    for (const field in set) if (field !== 'member') this.#copy(place, field as keyof Presence, set);
  }

  #copy<Field extends keyof Presence>(
    place: number,
    field: Field,
    values: Partial<Pick<Presence, Field>>,
  ): void {
    const value = values[field];
    if (value !== undefined) this.set(place, field, value);
  }
}

const PRESENCE_FIELDS = FIELD_NAMES.filter((name) => name !== 'member');

function columnsOf(codes: Codes) {
  return {
    connectivity: new OneOfColumn(FIELDS.connectivity),
    duty: new OneOfColumn(FIELDS.duty),
    limit: new OneOfColumn(FIELDS.limit),
    activity: new OneOfColumn(FIELDS.activity),
    workload: new OneOfColumn(FIELDS.workload),
    override: new OneOfColumn(FIELDS.override),
    stability: new OneOfColumn(FIELDS.stability),
    dutyCode: new CodeOrNullColumn(codes),
    dutyCause: new OneOfColumn(FIELDS.dutyCause),
    dutyReason: new JsonColumn({ kind: FIELDS.dutyReason, usual: null }),
    dutySince: new QuantityColumn(),
    limitUntil: new SparseColumn({ kind: FIELDS.limitUntil, usual: null }),
    extendedMs: new SparseColumn({ kind: FIELDS.extendedMs, usual: 0 }),
    overAt: new SparseColumn({ kind: FIELDS.overAt, usual: null }),
    sessions: new JsonColumn({
      kind: FIELDS.sessions,
      usual: INITIAL_CONTEXT.sessions,
      isUsual: ({ length }) => length === 0,
    }),
    graceUntil: new SparseColumn({ kind: FIELDS.graceUntil, usual: null }),
    platformUntil: new SparseColumn({ kind: FIELDS.platformUntil, usual: null }),
    idleSince: new SparseColumn({ kind: FIELDS.idleSince, usual: null }),
    current: new QuantityColumn(),
    max: new QuantityOrNullColumn(),
    forced: new JsonColumn({ kind: FIELDS.forced, usual: null }),
    queued: new JsonColumn({ kind: FIELDS.queued, usual: null }),
    forcedNext: new JsonColumn({ kind: FIELDS.forcedNext, usual: null }),
    flips: new JsonColumn({
      kind: FIELDS.flips,
      usual: INITIAL_CONTEXT.flips,
      isUsual: ({ length }) => length === 0,
    }),
    isOutByFlip: new FlagColumn(),
    flapping: new JsonColumn({ kind: FIELDS.flapping, usual: null }),
    status: new CodeColumn(codes),
    category: new OneOfColumn(FIELDS.category),
    since: new QuantityColumn(),
    cause: new OneOfColumn(FIELDS.cause),
    routable: new FlagColumn(),
  } satisfies Columns;
}
