import type { ByteReader, ByteWriter } from '../bytes.ts';
import type { Kind } from '../kinds.ts';
import type { FieldColumn } from './column.ts';

export interface SparseOptions<Value> {
  readonly kind: Kind<Value>;
  /** What most rows have. */
  readonly usual: Value;
  readonly isUsual?: (value: Value) => boolean;
}

/** Anything, of which most rows have the same: that one costs nothing. */
export class SparseColumn<Value> implements FieldColumn<Value> {
  readonly #kind: Kind<Value>;
  readonly #usual: Value;
  readonly #isUsual: (value: Value) => boolean;
  readonly #others = new Map<number, Value>();

  constructor({ kind, usual, isUsual = (value) => value === usual }: SparseOptions<Value>) {
    this.#kind = kind;
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

  take(row: number, reader: ByteReader): void {
    this.set(row, this.#kind.read(reader));
  }

  /** It needs none beforehand. */
  reserve(): void {}

  save(writer: ByteWriter, rows: Uint32Array): void {
    for (const [at, row] of rows.entries()) {
      if (!this.isOther(row)) continue;
      writer.count(at + 1);
      this.write(writer, row);
    }
    writer.count(0);
  }

  load(reader: ByteReader, _count: number): void {
    for (let at = reader.count(); at > 0; at = reader.count()) this.take(at - 1, reader);
  }

  /** Whether the row has another value than most. */
  protected isOther(row: number): boolean {
    return this.#others.has(row);
  }

  /** The value of such a row. */
  protected write(writer: ByteWriter, row: number): void {
    this.#kind.write(writer, this.get(row));
  }
}
