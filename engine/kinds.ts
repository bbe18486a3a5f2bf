/** Kinds of values, and how each is written into compact bytes and read from them. */
import type { ByteReader, ByteWriter } from './bytes.ts';

export interface Kind<Value> {
  write(writer: ByteWriter, value: Value): void;
  /** What was written. @throws TypeError for what only a later version knows. */
  read(reader: ByteReader): Value;
}

/** One of few texts that are known beforehand. Others may be added behind them; their order is the format. */
export class OneOf<Value extends string> implements Kind<Value> {
  readonly values: readonly Value[];

  constructor(...values: readonly Value[]) {
    this.values = values;
  }

  write(writer: ByteWriter, value: Value): void {
    writer.u8(this.values.indexOf(value));
  }

  read(reader: ByteReader): Value {
    return this.at(reader.u8());
  }

  /** As read, but the value's place among the values. */
  readPlace(reader: ByteReader): number {
    const place = reader.u8();
    this.at(place);
    return place;
  }

  skip(reader: ByteReader): void {
    reader.skip(1);
  }

  at(place: number): Value {
    const value = this.values[place];
    if (value === undefined)
      throw new TypeError(`there is no value ${place} after ${this.values.join()} in this version`);
    return value;
  }
}

export class Flag implements Kind<boolean> {
  write(writer: ByteWriter, value: boolean): void {
    writer.u8(value ? 1 : 0);
  }

  read(reader: ByteReader): boolean {
    return reader.u8() === 1;
  }
}

/** A time, a count. */
export class Quantity implements Kind<number> {
  write(writer: ByteWriter, value: number): void {
    writer.number(value);
  }

  read(reader: ByteReader): number {
    return reader.number();
  }
}

/** A number, or null: as NaN, which is no time and no count. */
export class QuantityOrNull implements Kind<number | null> {
  write(writer: ByteWriter, value: number | null): void {
    writer.number(value ?? NaN);
  }

  read(reader: ByteReader): number | null {
    const value = reader.number();
    return Number.isNaN(value) ? null : value;
  }
}

/** One of few texts that organisations decide: a status code. Those that all have take a byte. */
export class Code implements Kind<string> {
  write(writer: ByteWriter, value: string): void {
    const place = COMMON.indexOf(value);
    writer.u8(place + 1);
    if (place === -1) writer.text(value);
  }

  read(reader: ByteReader): string {
    const place = reader.u8();
    return place === 0 ? reader.code() : (COMMON[place - 1] ?? '');
  }

  skip(reader: ByteReader): void {
    if (reader.u8() === 0) reader.skipText();
  }
}

/** Their order is the format. */
const COMMON: readonly string[] = ['', 'offline', 'available', 'busy', 'away', 'break', 'wrap_up'];

/** A code, or null: as no text. */
export class CodeOrNull implements Kind<string | null> {
  readonly #code = new Code();

  write(writer: ByteWriter, value: string | null): void {
    this.#code.write(writer, value ?? '');
  }

  read(reader: ByteReader): string | null {
    return this.#code.read(reader) || null;
  }
}

/** Anything that JSON can say. */
export class Json<Value> implements Kind<Value> {
  write(writer: ByteWriter, value: Value): void {
    writer.text(JSON.stringify(value));
  }

  read(reader: ByteReader): Value {
    return JSON.parse(reader.text()) as Value;
  }
}
