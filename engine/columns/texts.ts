import type { ByteReader, ByteWriter } from '../bytes.ts';
import type { Column } from './column.ts';

const FIRST_BYTES = 4096;

/** Texts that are each another's, such as names: their bytes, one after another, and where each begins. */
export class TextColumn implements Column<string> {
  #bytes = Buffer.alloc(FIRST_BYTES);
  #length = 0;
  #starts = new Uint32Array();
  #sizes = new Uint32Array();

  get(row: number): string {
    const start = this.#starts[row] ?? 0;
    return this.#bytes.toString('utf8', start, start + (this.#sizes[row] ?? 0));
  }

  /** Whether the row has that text. */
  is(row: number, text: string): boolean {
    const [start = 0, size = 0] = [this.#starts[row], this.#sizes[row]];
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit >= 0x80) return this.get(row) === text;
      if (unit !== this.#bytes[start + at]) return false;
    }
    return text.length === size;
  }

  /** What was there before takes its room until the process ends: names change rarely. */
  set(row: number, text: string): void {
    const size = Buffer.byteLength(text);
    this.#room(size);
    this.#bytes.write(text, this.#length);
    this.#starts[row] = this.#length;
    this.#sizes[row] = size;
    this.#length += size;
  }

  reserve(rows: number): void {
    const [starts, sizes] = [new Uint32Array(rows), new Uint32Array(rows)];
    starts.set(this.#starts);
    sizes.set(this.#sizes);
    this.#starts = starts;
    this.#sizes = sizes;
  }

  save(writer: ByteWriter, rows: Uint32Array): void {
    for (const row of rows) writer.text(this.get(row));
  }

  /** All at once, and what says how long each is with them: that is one byte of most. */
  load(reader: ByteReader, count: number): void {
    const first = reader.position;
    for (let row = 0; row < count; row++) {
      const size = reader.count();
      this.#starts[row] = this.#length + reader.position - first;
      this.#sizes[row] = size;
      reader.skip(size);
    }
    const size = reader.position - first;
    reader.seek(first);
    this.#room(size);
    this.#bytes.set(reader.bytes(size), this.#length);
    this.#length += size;
  }

  #room(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const grown = Buffer.alloc(Math.max(Math.ceil(this.#bytes.length * 1.5), this.#length + size));
    this.#bytes.copy(grown);
    this.#bytes = grown;
  }
}
