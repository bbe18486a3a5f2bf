/**
 * One value of each agent, in one typed array: what is kept costs its bytes and nothing else — no object, no pointer,
 * no work for the collector. Rows are numbered from 0, and are set before they are read.
 */
import type { OneOf } from '../kinds.ts';
import type { Codes } from './codes.ts';

export interface Column<Value> {
  get(row: number): Value;
  set(row: number, value: Value): void;
  /** Makes room for so many rows, which keep their values. */
  reserve(rows: number): void;
}

/** Times and counts. */
export class QuantityColumn implements Column<number> {
  #values = new Float64Array();

  get(row: number): number {
    return this.#values[row] ?? 0;
  }

  set(row: number, value: number): void {
    this.#values[row] = value;
  }

  reserve(rows: number): void {
    this.#values = copied(this.#values, new Float64Array(rows));
  }
}

/** Times, counts or null: as NaN, which is neither. */
export class QuantityOrNullColumn implements Column<number | null> {
  #values = new Float64Array();

  get(row: number): number | null {
    const value = this.#values[row] ?? NaN;
    return Number.isNaN(value) ? null : value;
  }

  set(row: number, value: number | null): void {
    this.#values[row] = value ?? NaN;
  }

  reserve(rows: number): void {
    this.#values = copied(this.#values, new Float64Array(rows));
  }
}

/** Whole numbers below 2^32. */
export class CountColumn implements Column<number> {
  #values = new Uint32Array();

  get(row: number): number {
    return this.#values[row] ?? 0;
  }

  set(row: number, value: number): void {
    this.#values[row] = value;
  }

  reserve(rows: number): void {
    this.#values = copied(this.#values, new Uint32Array(rows));
  }
}

/** Ids and the like: whole numbers from 1, or null. */
export class IdOrNullColumn implements Column<number | null> {
  readonly #counts = new CountColumn();

  get(row: number): number | null {
    return this.#counts.get(row) || null;
  }

  set(row: number, value: number | null): void {
    this.#counts.set(row, value ?? 0);
  }

  reserve(rows: number): void {
    this.#counts.reserve(rows);
  }
}

export class FlagColumn implements Column<boolean> {
  #values = new Uint8Array();

  get(row: number): boolean {
    return this.#values[row] === 1;
  }

  set(row: number, value: boolean): void {
    this.#values[row] = value ? 1 : 0;
  }

  reserve(rows: number): void {
    this.#values = copied(this.#values, new Uint8Array(rows));
  }
}

/** One of few texts that are known beforehand. */
export class OneOfColumn<Value extends string> implements Column<Value> {
  readonly #kind: OneOf<Value>;
  #values = new Uint8Array();

  constructor(kind: OneOf<Value>) {
    this.#kind = kind;
  }

  get(row: number): Value {
    return this.#kind.at(this.#values[row] ?? 0);
  }

  set(row: number, value: Value): void {
    this.#values[row] = this.#kind.values.indexOf(value);
  }

  reserve(rows: number): void {
    this.#values = copied(this.#values, new Uint8Array(rows));
  }
}

/** One of few texts that turn out, or null. */
export class CodeOrNullColumn implements Column<string | null> {
  readonly #codes: Codes;
  #values = new Uint32Array();

  constructor(codes: Codes) {
    this.#codes = codes;
  }

  get(row: number): string | null {
    return this.#codes.text(this.#values[row] ?? 0);
  }

  set(row: number, value: string | null): void {
    this.#values[row] = value === null ? 0 : this.#codes.numberOf(value);
  }

  reserve(rows: number): void {
    this.#values = copied(this.#values, new Uint32Array(rows));
  }
}

export class CodeColumn implements Column<string> {
  readonly #codes: CodeOrNullColumn;

  constructor(codes: Codes) {
    this.#codes = new CodeOrNullColumn(codes);
  }

  get(row: number): string {
    return this.#codes.get(row) ?? '';
  }

  set(row: number, value: string): void {
    this.#codes.set(row, value);
  }

  reserve(rows: number): void {
    this.#codes.reserve(rows);
  }
}

/** Anything, of which most rows have the same: that one costs nothing. */
export class SparseColumn<Value> implements Column<Value> {
  readonly #usual: Value;
  readonly #isUsual: (value: Value) => boolean;
  readonly #others = new Map<number, Value>();

  constructor(usual: Value, isUsual = (value: Value) => value === usual) {
    this.#usual = usual;
    this.#isUsual = isUsual;
  }

  get(row: number): Value {
    return this.#others.get(row) ?? this.#usual;
  }

  set(row: number, value: Value): void {
    if (!this.#isUsual(value)) this.#others.set(row, value);
    else if (this.#others.size > 0) this.#others.delete(row);
  }

  /** It needs none beforehand. */
  reserve(): void {}
}

function copied<
  Values extends Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>,
>(from: Values, to: Values): Values {
  to.set(from);
  return to;
}
