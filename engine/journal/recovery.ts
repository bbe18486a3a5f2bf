/**
 * Finds where a log ends. A crash may leave one torn group at the very end: it was never acknowledged and is cut.
 * Damage anywhere else means that durable bytes changed: that is never passed over in silence.
 */
import { decodeGroup, findGroup } from './groups.ts';
import { type CommittedBatch, JournalCorrupt, type Offset } from './port.ts';
import type { Segment, Segments } from './segments.ts';

export interface Recovery {
  readonly segment: Segment;
  /** Where the next group goes. */
  readonly position: number;
  /** Offset of the last batch that holds events. */
  readonly head: Offset;
  /** The last batches, claims included, back to the last one with events: each segment begins with the claims that stand. */
  readonly batches: readonly CommittedBatch[];
  /** What a crash had left of a group that never became durable. */
  readonly cut: Cut | null;
}

export interface Cut {
  readonly position: number;
  readonly bytes: number;
}

/** @throws JournalCorrupt where more than the last group is damaged. */
export async function recover(segments: Segments): Promise<Recovery | null> {
  const bases = await segments.bases();
  const used = await lastUsed(segments, bases);
  if (used === null) return null;
  const last = scan(used.bytes, used.base);
  const cut =
    last.end === last.dirtyEnd ? null : { position: used.base + last.end, bytes: last.dirtyEnd - last.end };
  const segment = await segments.open(used.base);
  if (cut !== null) {
    await segment.file.write(Buffer.alloc(cut.bytes), last.end);
    await segment.file.datasync();
  }
  const batches = [...last.batches];
  for (const base of bases.filter((earlier) => earlier < used.base).toReversed()) {
    if (batches.some(({ count }) => count > 0)) break;
    batches.unshift(...scan(await segments.read(base), base).batches);
  }
  return {
    segment,
    position: used.base + last.end,
    head: batches.findLast(({ count }) => count > 0)?.offset ?? 0,
    batches,
    cut,
  };
}

/** The batches of a segment that nothing is written to any more. */
export function closedSegment(bytes: Buffer, base: number): readonly CommittedBatch[] {
  const { batches, end, dirtyEnd } = scan(bytes, base);
  if (end !== dirtyEnd) throw corrupt(base + end);
  return batches;
}

/** The batches of a segment up to a position in the log that is known to be durable. */
export function durableBatches(bytes: Buffer, base: number, upTo: number): readonly CommittedBatch[] {
  const batches: CommittedBatch[] = [];
  for (let at = 0; base + at < upTo;) {
    const group = decodeGroup(bytes, at, base);
    if (group === null) throw corrupt(base + at);
    batches.push(...group.batches);
    at = group.end;
  }
  return batches;
}

/** The whole groups of a segment; `dirtyEnd` is behind the last byte that is not zero, at least `end`. */
function scan(bytes: Buffer, base: number): { batches: CommittedBatch[]; end: number; dirtyEnd: number } {
  const batches: CommittedBatch[] = [];
  let end = 0;
  for (let group = decodeGroup(bytes, end, base); group !== null; group = decodeGroup(bytes, end, base)) {
    batches.push(...group.batches);
    end = group.end;
  }
  const damaged = findGroup(bytes, end, base) !== null;
  if (damaged) throw corrupt(base + end);
  return { batches, end, dirtyEnd: Math.max(end, behindLastByte(bytes)) };
}

async function lastUsed(
  segments: Segments,
  bases: readonly number[],
): Promise<{ base: number; bytes: Buffer } | null> {
  for (const base of bases.toReversed()) {
    const bytes = await segments.read(base);
    if (behindLastByte(bytes) > 0 || base === bases[0]) return { base, bytes };
  }
  return null;
}

function behindLastByte(bytes: Buffer): number {
  const zeros = Buffer.alloc(1 << 16);
  let end = bytes.length;
  while (end >= zeros.length && bytes.compare(zeros, 0, zeros.length, end - zeros.length, end) === 0)
    end -= zeros.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end;
}

function corrupt(position: number): JournalCorrupt {
  return new JournalCorrupt(
    `the journal is damaged at position ${position}: what was durable there doesn't read as written, and later groups follow. ` +
      'Restore a backup, or move the journal folder away to start without its history.',
  );
}
