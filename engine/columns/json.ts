import { Arena, RUN_BYTES } from '../arena.ts';
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
  #texts = new Arena();
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
    if (this.#takeOver(row, reader, at)) return;
    this.#forget(row);
    if (row >= this.#unread.length) this.#grow(row);
    this.#unread[row] = this.#texts.textOf(reader, at) + 1;
  }

  /** Many at once, each with what says whose it is. */
  override load(reader: ByteReader, count: number): void {
    if (this.#unread.length < count) this.#grow(count - 1);
    for (let isMore = true; isMore;) isMore = this.#loadSome(reader);
  }

  /** As many as go into a block; whether there are more. */
  #loadSome(reader: ByteReader): boolean {
    const first = reader.position;
    const start = this.#texts.begin();
    let row = 0;
    while (reader.position - first < RUN_BYTES && (row = reader.count()) > 0) {
      this.#unread[row - 1] = start + reader.position - first + 1;
      reader.skipText();
    }
    const size = reader.position - first;
    reader.seek(first);
    this.#texts.last.bytes(reader.bytes(size));
    return row > 0;
  }

  protected override isOther(row: number): boolean {
    return (this.#unread[row] ?? 0) > 0 || super.isOther(row);
  }

  protected override write(writer: ByteWriter, row: number): void {
    const at = this.#unread[row] ?? 0;
    if (at === 0) return super.write(writer, row);
    const reader = this.#texts.readerAt(at - 1);
    writer.textOf(reader, reader.position);
  }

  #grow(row: number): void {
    const grown = new Uint32Array(2 * (row + 1));
    grown.set(this.#unread);
    this.#unread = grown;
  }

  /** Over the text that the row has, where there is room. */
  #takeOver(row: number, reader: ByteReader, at: number): boolean {
    const before = this.#unread[row] ?? 0;
    if (before === 0) return false;
    const left = this.#texts.sizeOfText(before - 1) - reader.sizeOfText(at);
    if (left < 0) return false;
    this.#texts.replace(before - 1, reader, at);
    this.#idle += left;
    return true;
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
    const crowded = this.#texts;
    this.#texts = new Arena();
    this.#idle = 0;
    for (let row = 0; row < this.#unread.length; row++) {
      const at = this.#unread[row] ?? 0;
      if (at === 0) continue;
      const reader = crowded.readerAt(at - 1);
      this.#unread[row] = this.#texts.textOf(reader, reader.position) + 1;
    }
  }
}
