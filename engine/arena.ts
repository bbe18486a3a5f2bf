import { type ByteReader, ByteWriter } from './bytes.ts';

/** Where a text begins in its block are the lower bits of where it stands, which block that is the upper ones. */
const BLOCK_BITS = 17;
const BLOCK_BYTES = 1 << BLOCK_BITS;
/** What is to stand together in one may be so long before its last text begins. */
export const RUN_BYTES = BLOCK_BYTES - (1 << 14);
/** What may be written behind a text is mostly no longer. */
const BEHIND_BYTES = 16;

/** Texts as bytes, in blocks that stay where they are: however many come, none is copied to make room. Up to 4 GB. */
export class Arena {
  /** The first one is as small as what is in it: most have no other. */
  #last = new ByteWriter(0);
  readonly #blocks = [this.#last];
  /** How many bytes were written to those before it. */
  #full = 0;

  /** How many bytes were written. */
  get length(): number {
    return this.#full + this.#last.length;
  }

  /** Where the last one begins. */
  get #start(): number {
    return (this.#blocks.length - 1) * BLOCK_BYTES;
  }

  /** Adds the text that stands there in other bytes; where it stands here. */
  textOf(other: ByteReader, at: number): number {
    const size = other.sizeOfText(at);
    const here = this.placeFor(size);
    this.#last.textOf(other, at, size);
    return here;
  }

  /** Where so many bytes will stand that are to be written to the last block next, with what is short behind them. */
  placeFor(bytes: number): number {
    const { length } = this.#last;
    if (length > 0 && length + bytes + BEHIND_BYTES > BLOCK_BYTES) this.#begin();
    return this.#start + this.#last.length;
  }

  /** Begins a block, for what is to stand together; where its first byte will stand. */
  begin(): number {
    if (this.#last.length > 0) this.#begin();
    return this.#start;
  }

  /** For what belongs behind the text that was added last. */
  get last(): ByteWriter {
    return this.#last;
  }

  /** The text that stands there in other bytes, over one that was added and takes no less room. */
  replace(at: number, other: ByteReader, position: number): void {
    this.#blockAt(at).textOfAt(other, position, at % BLOCK_BYTES);
  }

  /** Whether the text that stands `here` is the one that stands `at` that place in other bytes. */
  isTextOf(here: number, other: ByteReader, at: number): boolean {
    return this.#blockAt(here).isTextOf(here % BLOCK_BYTES, other, at);
  }

  /** How many bytes the text takes that stands there. */
  sizeOfText(at: number): number {
    return this.#blockAt(at).sizeOfText(at % BLOCK_BYTES);
  }

  /** Reads what stands there. */
  readerAt(at: number): ByteReader {
    return this.#blockAt(at).readerAt(at % BLOCK_BYTES);
  }

  #blockAt(at: number): ByteWriter {
    const block = this.#blocks[at >>> BLOCK_BITS];
    if (block === undefined) throw new RangeError(`no text stands at ${at}`);
    return block;
  }

  #begin(): void {
    this.#full += this.#last.length;
    this.#last = new ByteWriter(BLOCK_BYTES);
    this.#blocks.push(this.#last);
  }
}
