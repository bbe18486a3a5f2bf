/** How the journal's batches hold their entries: frames, back to back. Body length (u32, big-endian) · format (u8) · body. */
import type { ByteReader, ByteWriter } from './bytes.ts';

const HEADER_BYTES = 5;

export function writeFrame(writer: ByteWriter, format: number, writeBody: () => void): void {
  const start = writer.length;
  writer.u32(0);
  writer.u8(format);
  writeBody();
  writer.u32At(writer.length - start - HEADER_BYTES, start);
}

/** Hands over each frame in its turn: its format, and its body to be read, which has so many bytes. */
export function eachFrame(
  reader: ByteReader,
  take: (format: number, body: ByteReader, size: number) => void,
): void {
  while (!reader.isAtEnd) {
    const size = reader.u32();
    const format = reader.u8();
    const end = reader.position + size;
    take(format, reader, size);
    reader.seek(end);
  }
}
