/** How the journal's batches hold their entries: frames, back to back. Body length (u32, big-endian) · format (u8) · body. */
import type { ByteWriter } from './bytes.ts';

const HEADER_BYTES = 5;

/** A frame's body, among the bytes. */
export interface Frame {
  readonly format: number;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

export function writeFrame(writer: ByteWriter, format: number, writeBody: () => void): void {
  const start = writer.length;
  writer.u32(0);
  writer.u8(format);
  writeBody();
  writer.u32At(writer.length - start - HEADER_BYTES, start);
}

export function eachFrame(frames: Uint8Array, take: (frame: Frame) => void): void {
  const bytes = Buffer.from(frames.buffer, frames.byteOffset, frames.byteLength);
  for (let at = 0; at < bytes.length;) {
    const start = at + HEADER_BYTES;
    const end = start + bytes.readUInt32BE(at);
    take({ format: bytes.readUInt8(at + 4), bytes, start, end });
    at = end;
  }
}
