/**
 * The form of the log on disk. One write is one group: a header, then the batches that were waiting together.
 *
 * group:  magic (u32) · body length (u32) · CRC-32 of what follows it (u32) · end of the group before (f64) ·
 *         position in the log (f64) · body
 * batch:  partition (u16) · term (u32) · count (u32) · id length (u8) · events length (u32) · id (UTF-8) · events
 *
 * All big-endian. The next group is written only after this one is durable, so one checksum over the group tells a
 * torn tail from damage: behind a torn group there can be nothing. The position keeps old bytes from passing for new;
 * the end of the group before, which may lie in another file, keeps a group from going missing unseen.
 */
import { crc32 } from 'node:zlib';
import type { Batch, CommittedBatch } from './port.ts';

/** A whole group. */
export interface Group {
  /** Where in the log it begins. */
  readonly position: number;
  /** Where in the log the group before it ended. */
  readonly follows: number;
  /** Where in the log it ends. */
  readonly end: number;
  /** Header and body. */
  readonly bytes: Buffer;
}

/** "RCL1": Rollcall log, format 1. */
const MAGIC = 0x52434c31;
const LENGTH_AT = 4;
const CRC_AT = 8;
const FOLLOWS_AT = 12;
const POSITION_AT = 20;
export const GROUP_HEADER_BYTES = 28;
const BATCH_HEADER_BYTES = 15;

export function groupBytes(batches: readonly Batch[]): number {
  return batches.reduce((sum, batch) => sum + batchBytes(batch), GROUP_HEADER_BYTES);
}

export function encodeGroup(
  batches: readonly Batch[],
  { position, follows }: Pick<Group, 'position' | 'follows'>,
): Group {
  // Not from the pool: it is kept, and what else is in there would be, too.
  const bytes = Buffer.allocUnsafeSlow(groupBytes(batches));
  let at = GROUP_HEADER_BYTES;
  for (const batch of batches) at = writeBatch(bytes, at, batch);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(bytes.length - GROUP_HEADER_BYTES, LENGTH_AT);
  bytes.writeDoubleBE(follows, FOLLOWS_AT);
  bytes.writeDoubleBE(position, POSITION_AT);
  bytes.writeUInt32BE(crc32(bytes.subarray(FOLLOWS_AT)), CRC_AT);
  return { position, follows, end: position + bytes.length, bytes };
}

/** The groups of a segment that begins at `base`, up to the first place where none is whole. */
export function* groupsIn(segment: Buffer, base: number): Generator<Group, void, void> {
  for (let at = 0; ;) {
    const end = endOfGroup(segment, at, base);
    if (end === null) return;
    const bytes = segment.subarray(at, end);
    yield { position: base + at, follows: bytes.readDoubleBE(FOLLOWS_AT), end: base + end, bytes };
    at = end;
  }
}

/** A batch's offset is the position just behind it, so it is never 0. */
export function* batchesIn({ bytes, position }: Group): Generator<CommittedBatch, void, void> {
  for (let at = GROUP_HEADER_BYTES; at < bytes.length;) {
    const batch = readBatch(bytes, at, position);
    yield batch;
    at = batch.offset - position;
  }
}

/** How long the group says that it is which begins there; null where none does, or not enough of it is here to tell. */
export function neededAt(bytes: Buffer, at: number): number | null {
  if (at + GROUP_HEADER_BYTES > bytes.length || bytes.readUInt32BE(at) !== MAGIC) return null;
  return GROUP_HEADER_BYTES + bytes.readUInt32BE(at + LENGTH_AT);
}

/** Whether a group's header stands there that names this place; not, whether the group is whole. */
export function isGroupAt(bytes: Buffer, at: number, base: number): boolean {
  return neededAt(bytes, at) !== null && positionAt(bytes, at) === base + at;
}

/** Whether a whole group stands anywhere behind `from`. */
export function hasGroupBehind(segment: Buffer, from: number, base: number): boolean {
  const magic = Buffer.alloc(4);
  magic.writeUInt32BE(MAGIC);
  for (let at = segment.indexOf(magic, from); at !== -1; at = segment.indexOf(magic, at + 1)) {
    if (endOfGroup(segment, at, base) !== null) return true;
  }
  return false;
}

/** The later format in which the log goes on at `at`; null when it doesn't. */
export function laterFormat(segment: Buffer, at: number): string | null {
  return /^RCL([2-9])$/.exec(segment.toString('latin1', at, at + 4))?.[1] ?? null;
}

function endOfGroup(segment: Buffer, at: number, base: number): number | null {
  const needed = neededAt(segment, at);
  if (needed === null) return null;
  const end = at + needed;
  if (end > segment.length || positionAt(segment, at) !== base + at) return null;
  return crc32(segment.subarray(at + FOLLOWS_AT, end)) === segment.readUInt32BE(at + CRC_AT) ? end : null;
}

function positionAt(bytes: Buffer, at: number): number {
  return bytes.readDoubleBE(at + POSITION_AT);
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

function readBatch(group: Buffer, at: number, position: number): CommittedBatch {
  const idStart = at + BATCH_HEADER_BYTES;
  const eventsStart = idStart + group.readUInt8(at + 10);
  const end = eventsStart + group.readUInt32BE(at + 11);
  return {
    partition: group.readUInt16BE(at),
    term: group.readUInt32BE(at + 2),
    count: group.readUInt32BE(at + 6),
    id: group.toString('utf8', idStart, eventsStart),
    events: group.subarray(eventsStart, end),
    offset: position + end,
  };
}
