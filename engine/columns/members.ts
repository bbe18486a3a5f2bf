import { OneOf } from '../kinds.ts';
import type { Member, Role } from '../member.ts';
import type { Image, ImageWriter } from '../snapshots/image.ts';
import type { Scope } from '../scope.ts';
import type { Codes } from './codes.ts';
import {
  CodeOrNullColumn,
  type Column,
  CountColumn,
  FlagColumn,
  IdOrNullColumn,
  OneOfColumn,
  QuantityColumn,
} from './column.ts';
import { IdIndex } from './id-index.ts';
import { Room } from './room.ts';
import { TextColumn } from './texts.ts';

const MAX_ID = 0xffff_ffff;
const ROLE = new OneOf<Role>('viewer', 'agent', 'supervisor', 'manager', 'admin');

/** Who exists: some fifty bytes each, with the name. */
export class Members {
  readonly #ids = new CountColumn();
  readonly #organisations = new CountColumn();
  readonly #names = new TextColumn();
  readonly #teams = new IdOrNullColumn();
  readonly #departments: CodeOrNullColumn;
  readonly #roles = new OneOfColumn(ROLE);
  readonly #onBoard = new FlagColumn();
  readonly #active = new FlagColumn();
  readonly #createdAt = new QuantityColumn();
  readonly #places = new IdOrNullColumn();
  readonly #listed = new FlagColumn();
  readonly #saved: Readonly<Record<string, Column<unknown>>>;
  readonly #room: Room;
  readonly #index = new IdIndex(this.#ids);

  constructor(codes: Codes) {
    this.#departments = new CodeOrNullColumn(codes);
    this.#saved = {
      id: this.#ids,
      organisation: this.#organisations,
      name: this.#names,
      team: this.#teams,
      department: this.#departments,
      role: this.#roles,
      onBoard: this.#onBoard,
      active: this.#active,
      createdAt: this.#createdAt,
    };
    this.#room = new Room([...Object.values(this.#saved), this.#places, this.#listed]);
  }

  get length(): number {
    return this.#room.length;
  }

  /** Null for nobody who is known. */
  rowOf(id: number): number | null {
    return this.#index.rowOf(id);
  }

  /** Writes those rows. */
  save(image: ImageWriter, rows: Uint32Array): void {
    for (const [name, column] of Object.entries(this.#saved))
      image.block(`member ${name}`, (writer) => column.save(writer, rows));
  }

  /** Reads so many rows into the first ones; there are none yet. */
  load(image: Image, count: number): void {
    this.#room.reserve(count);
    for (const [name, column] of Object.entries(this.#saved))
      image.block(`member ${name}`, (reader) => column.load(reader, count));
    this.#index.reserve(count);
    for (let row = 0; row < count; row++) this.#index.add(this.#room.add());
  }

  /**
   * The row of a member, who is made known, or known anew.
   * @throws RangeError for an id that is no whole number from 1 to 2^32 - 1
   */
  put(member: Member): number {
    if (!(Number.isInteger(member.id) && member.id > 0 && member.id <= MAX_ID))
      throw new RangeError(`no member has the id ${member.id}`);
    const known = this.#index.rowOf(member.id);
    const row = known ?? this.#room.add();
    if (known === null || !this.#names.is(row, member.name)) this.#names.set(row, member.name);
    this.#ids.set(row, member.id);
    this.#organisations.set(row, member.organisationId);
    this.#teams.set(row, member.teamId);
    this.#departments.set(row, member.department);
    this.#roles.set(row, member.role);
    this.#onBoard.set(row, member.onBoard);
    this.#active.set(row, member.active);
    this.#createdAt.set(row, member.createdAt);
    if (known === null) this.#index.add(row);
    return row;
  }

  get(row: number): Member {
    return {
      id: this.#ids.get(row),
      organisationId: this.#organisations.get(row),
      name: this.#names.get(row),
      teamId: this.#teams.get(row),
      department: this.#departments.get(row),
      role: this.#roles.get(row),
      onBoard: this.#onBoard.get(row),
      active: this.#active.get(row),
      createdAt: this.#createdAt.get(row),
    };
  }

  /** Whether that is how the row would read, without making it. */
  isSame(row: number, member: Member): boolean {
    return (
      this.#ids.get(row) === member.id &&
      this.#organisations.get(row) === member.organisationId &&
      this.#teams.get(row) === member.teamId &&
      this.#departments.get(row) === member.department &&
      this.#roles.get(row) === member.role &&
      this.#onBoard.get(row) === member.onBoard &&
      this.#active.get(row) === member.active &&
      this.#createdAt.get(row) === member.createdAt &&
      this.#names.is(row, member.name)
    );
  }

  /** The member's place among those to whom something has happened; null before. */
  placeOf(row: number): number | null {
    const place = this.#places.get(row);
    return place === null ? null : place - 1;
  }

  setPlace(row: number, place: number): void {
    this.#places.set(row, place + 1);
  }

  /** The roster has this member. */
  list(row: number): void {
    this.#listed.set(row, true);
  }

  isListed(row: number): boolean {
    return this.#listed.get(row);
  }

  idAt(row: number): number {
    return this.#ids.get(row);
  }

  organisationOf(row: number): number {
    return this.#organisations.get(row);
  }

  /** Without a name, which is the only thing that has to be made. */
  countedOf(row: number): Omit<Member, 'name' | 'role' | 'createdAt'> {
    return {
      id: this.#ids.get(row),
      organisationId: this.#organisations.get(row),
      teamId: this.#teams.get(row),
      department: this.#departments.get(row),
      onBoard: this.#onBoard.get(row),
      active: this.#active.get(row),
    };
  }

  /** Whether it is an active member of that team. */
  isInTeam(row: number, organisationId: number, teamId: number): boolean {
    return (
      this.#teams.get(row) === teamId &&
      this.#organisations.get(row) === organisationId &&
      this.#active.get(row)
    );
  }

  /** Whether the member stands in that scope of that organisation. */
  standsIn(row: number, organisationId: number, scope: Scope): boolean {
    if (this.#organisations.get(row) !== organisationId || !this.#active.get(row)) return false;
    if ('admin' in scope) return true;
    if ('agentId' in scope) return this.#ids.get(row) === scope.agentId;
    if (!this.#onBoard.get(row)) return false;
    if ('teamId' in scope) return this.#teams.get(row) === scope.teamId;
    if ('department' in scope) return this.#departments.get(row) === scope.department;
    return true;
  }
}
