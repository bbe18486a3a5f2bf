import { ByteReader, ByteWriter, Texts } from '../bytes.ts';
import type { Json } from '../kinds.ts';
import { SparseColumn, type SparseOptions } from './sparse.ts';

/**
 * As SparseColumn, of what is written as JSON. What an image says stays bytes until somebody asks for it: a start makes
 * no objects of a hundred thousand sessions.
 */
export class JsonColumn<Value> extends SparseColumn<Value> {
  readonly #kind: Json<Value>;
  #texts = readerOf(Buffer.alloc(0));
  /** By row: one more than where the text stands in the bytes; 0 where there is none, or it was asked for. */
  #unread = new Uint32Array();

  constructor(options: SparseOptions<Value> & { readonly kind: Json<Value> }) {
    super(options);
    this.#kind = options.kind;
  }

  override get(row: number): Value {
    const at = this.#unread[row] ?? 0;
    if (at > 0) this.set(row, this.#read(at - 1));
    return super.get(row);
  }

  override set(row: number, value: Value): void {
    if (row < this.#unread.length) this.#unread[row] = 0;
    super.set(row, value);
  }

  override load(reader: ByteReader, count: number): void {
    const first = reader.position;
    for (let at = reader.count(); at > 0; at = reader.count()) {
      if (this.#unread.length === 0) this.#unread = new Uint32Array(count);
      this.#unread[at - 1] = reader.position - first + 1;
      reader.skipText();
    }
    if (this.#unread.length === 0) return;
    const size = reader.position - first;
    reader.seek(first);
    // A copy: the image itself is not kept for it.
    this.#texts = readerOf(Buffer.from(reader.bytes(size)));
  }

  protected override isOther(row: number): boolean {
    return (this.#unread[row] ?? 0) > 0 || super.isOther(row);
  }

  protected override write(writer: ByteWriter, row: number): void {
    const at = this.#unread[row] ?? 0;
    if (at === 0) super.write(writer, row);
    else writer.textOf(this.#texts, at - 1);
  }

  #read(at: number): Value {
    this.#texts.seek(at);
    return this.#kind.read(this.#texts);
  }
}

function readerOf(bytes: Buffer): ByteReader {
  return new ByteReader(bytes, 0, new Texts());
}
