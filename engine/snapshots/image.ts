/**
 * A partition as of one offset of the log, as bytes: named blocks, each written by whoever keeps what is in it. A block
 * that nobody knows is passed over, one that isn't there leaves things as they are at first: so an image outlives a
 * change of the code in either direction.
 *
 * image:  magic (u32) · version (u8) · CRC-32 of what follows it (u32) · epoch · offset · blocks
 * block:  name · length (u32) · bytes
 */
import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter, Texts } from '../bytes.ts';
import type { Offset } from '../journal/port.ts';

/** "RCSN": Rollcall snapshot. */
const MAGIC = 0x5243534e;
const VERSION = 2;
const CRC_AT = 5;
const HEADER_BYTES = 9;

export interface ImageHead {
  /** Identity of the log. */
  readonly epoch: string;
  /** Everything up to it is in the image, nothing behind it is. */
  readonly offset: Offset;
}

/** An image, to be read. */
export interface Image extends ImageHead {
  /** Reads a block; false where there is none of that name. */
  block(name: string, read: (reader: ByteReader) => void): boolean;
}

export class ImageWriter {
  readonly #writer: ByteWriter;

  /** Writes over what was written with that writer. */
  constructor({ epoch, offset }: ImageHead, writer = new ByteWriter()) {
    this.#writer = writer;
    this.#writer.reset();
    this.#writer.u32(MAGIC);
    this.#writer.u8(VERSION);
    this.#writer.u32(0);
    this.#writer.text(epoch);
    this.#writer.number(offset);
  }

  block(name: string, write: (writer: ByteWriter) => void): void {
    const writer = this.#writer;
    writer.text(name);
    const at = writer.length;
    writer.u32(0);
    write(writer);
    writer.u32At(writer.length - at - 4, at);
  }

  /** The image; until its writer is used for another one. */
  taken(): Buffer {
    const bytes = this.#writer.written;
    bytes.writeUInt32BE(crc32(bytes.subarray(HEADER_BYTES)), CRC_AT);
    return bytes;
  }
}

/** Null for bytes that are no whole image, or one that this version can't read. */
export function readImage(bytes: Buffer): Image | null {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32BE(0) !== MAGIC || bytes.readUInt8(4) !== VERSION)
    return null;
  if (crc32(bytes.subarray(HEADER_BYTES)) !== bytes.readUInt32BE(CRC_AT)) return null;
  const texts = new Texts();
  const reader = new ByteReader(bytes, HEADER_BYTES, texts);
  const [epoch, offset] = [reader.text(), reader.number()];
  const starts = new Map<string, number>();
  while (reader.position < bytes.length) {
    const name = reader.text();
    const length = reader.u32();
    starts.set(name, reader.position);
    reader.skip(length);
  }
  return {
    epoch,
    offset,
    block(name, read) {
      const start = starts.get(name);
      if (start === undefined) return false;
      read(new ByteReader(bytes, start, texts));
      return true;
    },
  };
}
