import { type ByteReader, ByteWriter } from '../bytes.ts';
import type { Json } from '../kinds.ts';
import { SparseColumn, type SparseOptions } from './sparse.ts';

/** So many bytes are never too many. */
const ROOMY = 1 << 16;

/**
 * As SparseColumn, of what is written as JSON. What an image or the log says stays text until somebody asks for it: a
 * start makes no objects of the sessions of a hundred thousand agents, nor of what they were in between.
 */
export class JsonColumn<Value> extends SparseColumn<Value> {
  readonly #kind: Json<Value>;
  readonly #usual: Value;
  readonly #usually = new ByteWriter();
  #texts = new ByteWriter();
  /** By row: one more than where its text begins; 0 where there is none, or it was asked for. */
  #unread = new Uint32Array();
  /** How many bytes of the texts nobody asks for any more. */
  #idle = 0;

  constructor(options: SparseOptions<Value> & { readonly kind: Json<Value> }) {
    super(options);
    this.#kind = options.kind;
    this.#usual = options.usual;
    this.#kind.write(this.#usually, this.#usual);
  }

  override get(row: number): Value {
    const at = this.#unread[row] ?? 0;
    if (at > 0) this.set(row, this.#kind.read(this.#texts.readerAt(at - 1)));
    return super.get(row);
  }

  override set(row: number, value: Value): void {
    this.#forget(row);
    super.set(row, value);
  }

  override take(row: number, reader: ByteReader): void {
    const at = reader.position;
    reader.skipText();
    if (this.#usually.isTextOf(0, reader, at)) return this.set(row, this.#usual);
    this.#forget(row);
    if (row >= this.#unread.length) this.#grow(row);
    this.#unread[row] = this.#texts.textOf(reader, at) + 1;
  }

  /** All at once, with what says whose each is. */
  override load(reader: ByteReader, count: number): void {
    const [first, ahead] = [reader.position, this.#texts.length];
    for (let at = reader.count(); at > 0; at = reader.count()) {
      if (this.#unread.length < count) this.#grow(count - 1);
      this.#unread[at - 1] = ahead + reader.position - first + 1;
      reader.skipText();
    }
    const size = reader.position - first;
    reader.seek(first);
    this.#texts.bytes(reader.bytes(size));
  }

  protected override isOther(row: number): boolean {
    return (this.#unread[row] ?? 0) > 0 || super.isOther(row);
  }

  protected override write(writer: ByteWriter, row: number): void {
    const at = this.#unread[row] ?? 0;
    if (at === 0) super.write(writer, row);
    else writer.textOf(this.#texts.readerAt(at - 1), at - 1);
  }

  #grow(row: number): void {
    const grown = new Uint32Array(2 * (row + 1));
    grown.set(this.#unread);
    this.#unread = grown;
  }

  /** The text of that row was asked for, or another one came. */
  #forget(row: number): void {
    const at = this.#unread[row] ?? 0;
    if (at === 0) return;
    this.#unread[row] = 0;
    this.#idle += this.#texts.sizeOfText(at - 1);
    if (this.#idle > ROOMY && this.#idle > this.#texts.length / 2) this.#thin();
  }

  #thin(): void {
    const crowded = this.#texts.readerAt(0);
    this.#texts = new ByteWriter();
    this.#idle = 0;
    for (let row = 0; row < this.#unread.length; row++) {
      const at = this.#unread[row] ?? 0;
      if (at > 0) this.#unread[row] = this.#texts.textOf(crowded, at - 1) + 1;
    }
  }
}
