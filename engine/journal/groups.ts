/**
 * The form of the log on disk. One write is one group: a header, then the batches that were waiting together.
 *
 * group:  magic (u32) · body length (u32) · CRC-32 of position and body (u32) · position in the log (f64) · body
 * batch:  partition (u16) · term (u32) · count (u32) · id length (u8) · events length (u32) · id (UTF-8) · events
 *
 * All big-endian. The next group is written only after this one is durable, so one checksum over the group tells a
 * torn tail from damage: behind a torn group there can be nothing. The position keeps old bytes from passing for new.
 */
import { crc32 } from 'node:zlib';
import type { Batch, CommittedBatch, Offset } from './port.ts';

/** "RCL1": Rollcall log, format 1. */
const MAGIC = 0x52434c31;
export const GROUP_HEADER_BYTES = 20;
const BATCH_HEADER_BYTES = 15;
const CRC_AT = 8;
const POSITION_AT = 12;

/** A batch's offset is the position just behind it, so it is never 0. */
export interface EncodedGroup {
  readonly bytes: Buffer;
  readonly offsets: readonly Offset[];
}

export function groupBytes(batches: readonly Batch[]): number {
  return batches.reduce((sum, batch) => sum + batchBytes(batch), GROUP_HEADER_BYTES);
}

export function encodeGroup(batches: readonly Batch[], position: number): EncodedGroup {
  const bytes = Buffer.allocUnsafe(groupBytes(batches));
  const offsets: Offset[] = [];
  let at = GROUP_HEADER_BYTES;
  for (const batch of batches) {
    at = writeBatch(bytes, at, batch);
    offsets.push(position + at);
  }
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(bytes.length - GROUP_HEADER_BYTES, 4);
  bytes.writeDoubleBE(position, POSITION_AT);
  bytes.writeUInt32BE(crc32(bytes.subarray(POSITION_AT)), CRC_AT);
  return { bytes, offsets };
}

/** The batches of the group at `at` in a segment that begins at `base`, and where it ends; null if none is whole there. */
export function decodeGroup(
  segment: Buffer,
  at: number,
  base: number,
): { readonly batches: readonly CommittedBatch[]; readonly end: number } | null {
  const end = endOfGroup(segment, at, base);
  if (end === null) return null;
  const batches: CommittedBatch[] = [];
  let next = at + GROUP_HEADER_BYTES;
  while (next < end) {
    const batch = readBatch(segment, next, base);
    batches.push(batch);
    next = batch.offset - base;
  }
  return { batches, end };
}

/** Whether no group was ever written at `at`: a segment's unused rest is zeros. */
export function isUnused(segment: Buffer, at: number): boolean {
  return at + GROUP_HEADER_BYTES > segment.length || segment.readUInt32BE(at) === 0;
}

/** The first place behind `from` where a whole group stands; null if there is none. */
export function findGroup(segment: Buffer, from: number, base: number): number | null {
  const magic = Buffer.alloc(4);
  magic.writeUInt32BE(MAGIC);
  for (let at = segment.indexOf(magic, from); at !== -1; at = segment.indexOf(magic, at + 1)) {
    if (endOfGroup(segment, at, base) !== null) return at;
  }
  return null;
}

function endOfGroup(segment: Buffer, at: number, base: number): number | null {
  if (at + GROUP_HEADER_BYTES > segment.length || segment.readUInt32BE(at) !== MAGIC) return null;
  const end = at + GROUP_HEADER_BYTES + segment.readUInt32BE(at + 4);
  if (end > segment.length || segment.readDoubleBE(at + POSITION_AT) !== base + at) return null;
  return crc32(segment.subarray(at + POSITION_AT, end)) === segment.readUInt32BE(at + CRC_AT) ? end : null;
}

function batchBytes({ id, events }: Batch): number {
  return BATCH_HEADER_BYTES + Buffer.byteLength(id) + events.byteLength;
}

function writeBatch(into: Buffer, at: number, { partition, term, count, id, events }: Batch): number {
  const idBytes = Buffer.byteLength(id);
  into.writeUInt16BE(partition, at);
  into.writeUInt32BE(term, at + 2);
  into.writeUInt32BE(count, at + 6);
  into.writeUInt8(idBytes, at + 10);
  into.writeUInt32BE(events.byteLength, at + 11);
  into.write(id, at + BATCH_HEADER_BYTES);
  into.set(events, at + BATCH_HEADER_BYTES + idBytes);
  return at + BATCH_HEADER_BYTES + idBytes + events.byteLength;
}

function readBatch(segment: Buffer, at: number, base: number): CommittedBatch {
  const idStart = at + BATCH_HEADER_BYTES;
  const eventsStart = idStart + segment.readUInt8(at + 10);
  const end = eventsStart + segment.readUInt32BE(at + 11);
  return {
    partition: segment.readUInt16BE(at),
    term: segment.readUInt32BE(at + 2),
    count: segment.readUInt32BE(at + 6),
    id: segment.toString('utf8', idStart, eventsStart),
    events: segment.subarray(eventsStart, end),
    offset: base + end,
  };
}
