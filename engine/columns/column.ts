/**
 * One value of each agent, in one typed array: what is kept costs its bytes and nothing else — no object, no pointer,
 * no work for the collector. Rows are numbered from 0, and are set before they are read.
 */
import type { ByteReader, ByteWriter } from '../bytes.ts';
import { Code, CodeOrNull, type OneOf } from '../kinds.ts';
import type { Codes } from './codes.ts';

export interface Column<Value> {
  get(row: number): Value;
  set(row: number, value: Value): void;
  /** Makes room for so many rows, which keep their values. */
  reserve(rows: number): void;
  /** Writes the values of these rows, one after another. */
  save(writer: ByteWriter, rows: Uint32Array): void;
  /** Reads so many values that were written into the rows from 0 on, for which there is room. */
  load(reader: ByteReader, count: number): void;
}

/** A field of the record: events carry its values, each as its kind in FIELDS writes it. */
export interface FieldColumn<Value> extends Column<Value> {
  /** Sets the row to the value that comes next, without making it where it is kept as a number. */
  take(row: number, reader: ByteReader): void;
}

type Numbers = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

abstract class NumberColumn<Value, Values extends Numbers> implements Column<Value> {
  protected values: Values;
  readonly #make: (rows: number) => Values;

  constructor(make: (rows: number) => Values) {
    this.#make = make;
    this.values = make(0);
  }

  abstract get(row: number): Value;
  abstract set(row: number, value: Value): void;

  reserve(rows: number): void {
    const grown = this.#make(rows);
    grown.set(this.values);
    this.values = grown;
  }

  save(writer: ByteWriter, rows: Uint32Array): void {
    const values = this.#make(rows.length);
    for (let at = 0; at < rows.length; at++) values[at] = this.values[rows[at] ?? 0] ?? 0;
    writer.bytes(new Uint8Array(values.buffer));
  }

  load(reader: ByteReader, count: number): void {
    const bytes = reader.bytes(count * this.values.BYTES_PER_ELEMENT);
    new Uint8Array(this.values.buffer).set(bytes);
  }
}

/** Times and counts. */
export class QuantityColumn
  extends NumberColumn<number, Float64Array<ArrayBuffer>>
  implements FieldColumn<number>
{
  constructor() {
    super((rows) => new Float64Array(rows));
  }

  get(row: number): number {
    return this.values[row] ?? 0;
  }

  set(row: number, value: number): void {
    this.values[row] = value;
  }

  take(row: number, reader: ByteReader): void {
    this.values[row] = reader.number();
  }
}

/** Times, counts or null: as NaN, which is neither. */
export class QuantityOrNullColumn
  extends NumberColumn<number | null, Float64Array<ArrayBuffer>>
  implements FieldColumn<number | null>
{
  constructor() {
    super((rows) => new Float64Array(rows));
  }

  get(row: number): number | null {
    const value = this.values[row] ?? NaN;
    return Number.isNaN(value) ? null : value;
  }

  set(row: number, value: number | null): void {
    this.values[row] = value ?? NaN;
  }

  take(row: number, reader: ByteReader): void {
    this.values[row] = reader.number();
  }
}

/** Whole numbers below 2^32. */
export class CountColumn extends NumberColumn<number, Uint32Array<ArrayBuffer>> {
  constructor() {
    super((rows) => new Uint32Array(rows));
  }

  get(row: number): number {
    return this.values[row] ?? 0;
  }

  set(row: number, value: number): void {
    this.values[row] = value;
  }
}

/** Ids and the like: whole numbers from 1, or null. */
export class IdOrNullColumn extends NumberColumn<number | null, Uint32Array<ArrayBuffer>> {
  constructor() {
    super((rows) => new Uint32Array(rows));
  }

  get(row: number): number | null {
    return this.values[row] || null;
  }

  set(row: number, value: number | null): void {
    this.values[row] = value ?? 0;
  }
}

export class FlagColumn
  extends NumberColumn<boolean, Uint8Array<ArrayBuffer>>
  implements FieldColumn<boolean>
{
  constructor() {
    super((rows) => new Uint8Array(rows));
  }

  get(row: number): boolean {
    return this.values[row] === 1;
  }

  set(row: number, value: boolean): void {
    this.values[row] = value ? 1 : 0;
  }

  take(row: number, reader: ByteReader): void {
    this.values[row] = reader.u8();
  }
}

/** One of few texts that are known beforehand. */
export class OneOfColumn<Value extends string>
  extends NumberColumn<Value, Uint8Array<ArrayBuffer>>
  implements FieldColumn<Value>
{
  readonly #kind: OneOf<Value>;

  constructor(kind: OneOf<Value>) {
    super((rows) => new Uint8Array(rows));
    this.#kind = kind;
  }

  get(row: number): Value {
    return this.#kind.at(this.values[row] ?? 0);
  }

  set(row: number, value: Value): void {
    this.values[row] = this.#kind.values.indexOf(value);
  }

  take(row: number, reader: ByteReader): void {
    this.values[row] = this.#kind.readPlace(reader);
  }
}

/** One of few texts that turn out, or null. */
export class CodeOrNullColumn
  extends NumberColumn<string | null, Uint32Array<ArrayBuffer>>
  implements FieldColumn<string | null>
{
  readonly #codes: Codes;

  constructor(codes: Codes) {
    super((rows) => new Uint32Array(rows));
    this.#codes = codes;
  }

  get(row: number): string | null {
    return this.#codes.text(this.values[row] ?? 0);
  }

  set(row: number, value: string | null): void {
    this.values[row] = value === null ? 0 : this.#codes.numberOf(value);
  }

  take(row: number, reader: ByteReader): void {
    this.set(row, CODE_OR_NULL.read(reader));
  }
}

/** One of few texts that turn out. */
export class CodeColumn
  extends NumberColumn<string, Uint32Array<ArrayBuffer>>
  implements FieldColumn<string>
{
  readonly #codes: Codes;

  constructor(codes: Codes) {
    super((rows) => new Uint32Array(rows));
    this.#codes = codes;
  }

  get(row: number): string {
    return this.#codes.text(this.values[row] ?? 0) ?? '';
  }

  set(row: number, value: string): void {
    this.values[row] = this.#codes.numberOf(value);
  }

  take(row: number, reader: ByteReader): void {
    this.set(row, CODE.read(reader));
  }
}

const CODE = new Code();
const CODE_OR_NULL = new CodeOrNull();
