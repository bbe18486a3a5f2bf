import { ByteReader, ByteWriter, Texts } from '../bytes.ts';
import type { Json } from '../kinds.ts';
import { SparseColumn, type SparseOptions } from './sparse.ts';

/**
 * As SparseColumn, of what is written as JSON. What an image says stays bytes until somebody asks for it: a start makes
 * no objects of a hundred thousand sessions.
 */
export class JsonColumn<Value> extends SparseColumn<Value> {
  readonly #kind: Json<Value>;
  #bytes = Buffer.alloc(0);
  /** Where a row's text stands in the bytes, for those that nobody has asked for. */
  readonly #unread = new Map<number, number>();

  constructor(options: SparseOptions<Value> & { readonly kind: Json<Value> }) {
    super(options);
    this.#kind = options.kind;
  }

  override get(row: number): Value {
    if (this.#unread.size > 0 && this.#unread.has(row)) this.set(row, this.#kind.read(this.#readerOf(row)));
    return super.get(row);
  }

  override set(row: number, value: Value): void {
    if (this.#unread.delete(row) && this.#unread.size === 0) this.#bytes = Buffer.alloc(0);
    super.set(row, value);
  }

  override load(reader: ByteReader): void {
    const start = reader.position;
    for (let at = reader.count(); at > 0; at = reader.count()) {
      this.#unread.set(at - 1, reader.position - start);
      reader.skipText();
    }
    const size = reader.position - start;
    reader.seek(start);
    // A copy: the image itself is not kept for it.
    this.#bytes = Buffer.from(reader.bytes(size));
  }

  protected override isOther(row: number): boolean {
    return this.#unread.has(row) || super.isOther(row);
  }

  protected override write(writer: ByteWriter, row: number): void {
    const at = this.#unread.get(row);
    if (at === undefined) super.write(writer, row);
    else writer.textOf(this.#bytes, at);
  }

  #readerOf(row: number): ByteReader {
    return new ByteReader(this.#bytes, this.#unread.get(row) ?? 0, new Texts());
  }
}
