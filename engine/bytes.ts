/** Compact bytes: what is written with one half is read with the other, value by value in the same order. */
const FIRST_BYTES = 512;
/** Shorter texts are copied here faster than by a call into Node. */
const SHORT = 32;
/** Up to so many bytes are copied from other bytes faster four by four than by such a call. */
const FEW = 400;
const KEPT_TEXTS = 1024;

export class ByteWriter {
  #bytes: Buffer;
  #view: DataView;
  #length = 0;

  /** With room for so many bytes at first. */
  constructor(room = FIRST_BYTES) {
    this.#bytes = Buffer.allocUnsafe(room);
    this.#view = viewOf(this.#bytes);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written so far; until more is. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Writes from the beginning, over what was written. */
  reset(): void {
    this.#length = 0;
  }

  /** What was written so far. It is not written to any more. */
  taken(): Buffer {
    const taken = this.written;
    this.#bytes = Buffer.allocUnsafe(FIRST_BYTES);
    this.#view = viewOf(this.#bytes);
    this.#length = 0;
    return taken;
  }

  u8(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  u32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.#length, value);
    this.#length += 4;
  }

  /** Over what was written before, at that place. */
  u32At(value: number, at: number): void {
    this.#view.setUint32(at, value);
  }

  /** A whole number from 0, the shorter the smaller. */
  count(value: number): void {
    this.#room(8);
    let left = value;
    while (left >= 0x80) {
      this.#bytes[this.#length++] = (left % 0x80) + 0x80;
      left = Math.floor(left / 0x80);
    }
    this.#bytes[this.#length++] = left;
  }

  number(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  text(value: string): void {
    if (value.length > SHORT || !this.#short(value)) this.#long(value);
  }

  /** The text that stands there in other bytes, where it takes `size`; where it stands here. */
  textOf(other: ByteReader, at: number, size = other.sizeOfText(at)): number {
    this.#room(size);
    const start = this.#length;
    this.#length += size;
    this.#copy(other, at, { size, start });
    return start;
  }

  /** The same, over one that was written there and takes no less room. */
  textOfAt(other: ByteReader, at: number, start: number): void {
    this.#copy(other, at, { size: other.sizeOfText(at), start });
  }

  /** Whether the text that was written `here` is the one that stands `at` that place in other bytes. */
  isTextOf(here: number, other: ByteReader, at: number): boolean {
    const size = other.sizeOfText(at);
    if (here + size > this.#length) return false;
    let byte = 0;
    // How long it is comes first: texts of different lengths part at once.
    for (; byte + 4 <= size; byte += 4)
      if (this.#view.getUint32(here + byte) !== other.u32At(at + byte)) return false;
    for (; byte < size; byte++) if (this.#view.getUint8(here + byte) !== other.u8At(at + byte)) return false;
    return true;
  }

  /** How many bytes the text takes that was written there. */
  sizeOfText(at: number): number {
    return sizeOfText(this.#bytes, at);
  }

  /** Reads what was written, from there. */
  readerAt(at: number): ByteReader {
    return new ByteReader(this.#bytes, at, new Texts());
  }

  #copy(other: ByteReader, at: number, { size, start }: { size: number; start: number }): void {
    if (size > FEW) return other.copyText(at, this.#bytes, start);
    let byte = 0;
    for (; byte + 4 <= size; byte += 4) this.#view.setUint32(start + byte, other.u32At(at + byte));
    for (; byte < size; byte++) this.#bytes[start + byte] = other.u8At(at + byte);
  }

  /** Whether it was ASCII, and is written. */
  #short(value: string): boolean {
    this.#room(SHORT + 1);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = value.length;
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index);
      if (unit >= 0x80) return false;
      bytes[at++] = unit;
    }
    this.#length = at;
    return true;
  }

  #long(value: string): void {
    const size = Buffer.byteLength(value);
    this.count(size);
    this.#room(size);
    this.#length += this.#bytes.write(value, this.#length);
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + bytes));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }
}

/** Short texts that were read lately: one that comes again is not made again. */
export class Texts {
  readonly #texts: string[] = [];

  /** What stands there. */
  read(bytes: Buffer, start: number, end: number): string {
    let hash = 0;
    for (let at = start; at < end; at++) hash = Math.imul(hash, 31) + (bytes[at] ?? 0);
    const slot = (hash >>> 0) % KEPT_TEXTS;
    const kept = this.#texts[slot] ?? '';
    if (kept.length === end - start && isSame(kept, bytes, start)) return kept;
    const text = bytes.toString('utf8', start, end);
    this.#texts[slot] = text;
    return text;
  }
}

function isSame(text: string, bytes: Buffer, start: number): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}

export class ByteReader {
  readonly #texts: Texts;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Buffer, at: number, texts: Texts) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#at = at;
    this.#texts = texts;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  get position(): number {
    return this.#at;
  }

  u32(): number {
    const value = this.#view.getUint32(this.#at);
    this.#at += 4;
    return value;
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }

  /** 0 behind the end: what is read has been checked before. */
  u8(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  count(): number {
    const first = this.u8();
    if (first < 0x80) return first;
    let value = first - 0x80;
    let scale = 0x80;
    for (;;) {
      const byte = this.u8();
      if (byte < 0x80) return value + byte * scale;
      value += (byte - 0x80) * scale;
      scale *= 0x80;
    }
  }

  number(): number {
    const value = this.#view.getFloat64(this.#at);
    this.#at += 8;
    return value;
  }

  /** So many, as they stand there. */
  bytes(count: number): Buffer {
    const start = this.#at;
    this.#at += count;
    return this.#bytes.subarray(start, this.#at);
  }

  text(): string {
    const size = this.count();
    const start = this.#at;
    this.#at += size;
    return this.#bytes.toString('utf8', start, this.#at);
  }

  /** The text that stands there, wherever it reads now. */
  textAt(position: number): string {
    return new ByteReader(this.#bytes, position, this.#texts).text();
  }

  /** How many bytes the text takes that stands there, with those that say how long it is. */
  sizeOfText(position: number): number {
    return sizeOfText(this.#bytes, position);
  }

  /** Copies the text that stands there into others' bytes, from `start` on. */
  copyText(position: number, into: Buffer, start: number): void {
    this.#bytes.copy(into, start, position, position + this.sizeOfText(position));
  }

  u8At(position: number): number {
    return this.#bytes[position] ?? 0;
  }

  u32At(position: number): number {
    return this.#view.getUint32(position);
  }

  /** Goes on from there. */
  seek(position: number): void {
    this.#at = position;
  }

  /** A text of which there are few. */
  code(): string {
    const size = this.count();
    const start = this.#at;
    this.#at += size;
    return size > SHORT
      ? this.#bytes.toString('utf8', start, this.#at)
      : this.#texts.read(this.#bytes, start, this.#at);
  }

  skipText(): void {
    const size = this.count();
    this.#at += size;
  }
}

/** It reads and writes numbers several times as fast as the buffer itself. */
function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

function sizeOfText(bytes: Buffer, position: number): number {
  let size = 0;
  let at = position;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = bytes[at++] ?? 0;
    if (byte < 0x80) return at - position + size + byte * scale;
    size += (byte - 0x80) * scale;
  }
}
