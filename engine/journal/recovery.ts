/**
 * Finds where a log ends. A crash may leave one torn group at the very end: it was never acknowledged and is cut.
 * Damage anywhere else means that durable bytes changed: that is never passed over in silence.
 */
import type { Claim } from './claims.ts';
import type { DiskFile } from './disk.ts';
import { batchesIn, type Group, hasGroupBehind, laterFormat } from './groups.ts';
import { type CommittedBatch, JournalCorrupt, type Offset } from './port.ts';
import { corrupt, replay } from './replay.ts';
import { groupsOf } from './segment-groups.ts';
import { endOfBytes, type Segment, type Segments } from './segments.ts';

export interface Recovery {
  readonly segment: Segment;
  /** Where the last group ends. */
  readonly position: number;
  /** Offset of the last batch that holds events; 0 when the log holds none. */
  readonly head: Offset;
  /** Those that stand. */
  readonly claims: readonly Claim[];
  /** What a crash had left of a group that never became durable. */
  readonly cut: Cut | null;
}

export interface Cut {
  readonly position: number;
  readonly bytes: number;
}

/** The end of a segment, counted from its beginning, and what the segment tells. */
interface SegmentEnd {
  /** The last whole group, and where it ends; null, and 0, for none. */
  readonly last: Group | null;
  readonly end: number;
  /** Behind the last byte that is not zero, at least `end`. */
  readonly dirtyEnd: number;
  readonly told: Told;
}

/** What batches tell of the log: the offset of the last one that holds events, and the newest term of each partition. */
interface Told {
  head: Offset;
  readonly terms: Map<number, number>;
}

/**
 * The log's end, durable; null when there is no log.
 * @throws JournalCorrupt where more than the last group is damaged.
 */
export async function recover(segments: Segments): Promise<Recovery | null> {
  await segments.removeUnfinished();
  // The process before may have been killed between a name's change and its sync.
  await segments.sync();
  const bases = await segments.bases();
  let cut: Cut | null = null;
  for (const base of bases.toReversed()) {
    const segment = await segments.open(base);
    const found = await closingOnError(segment, findEnd);
    if (found.dirtyEnd > found.end) cut = { position: base + found.end, bytes: found.dirtyEnd - found.end };
    if (found.end === 0 && base > 0) {
      // Only a segment that others went before may have been prepared and never used.
      await segment.file.close();
      if (base === bases[0]) throw corrupt(base);
      await segments.remove(base);
      continue;
    }
    const position = base + found.end;
    const { head, terms } =
      found.told.head > 0 ? found.told : await closingOnError(segment, () => lastState(segments, position));
    await closingOnError(segment, ({ file }) => settle(file, base, found));
    const claims = [...terms].map(([partition, term]) => ({ partition, term }));
    return { segment, position, cut, head, claims };
  }
  return null;
}

/** What is read of a segment, which is closed when that fails. */
async function closingOnError<Read>(
  segment: Segment,
  read: (segment: Segment) => Promise<Read>,
): Promise<Read> {
  try {
    return await read(segment);
  } catch (error) {
    await segment.file.close().catch(() => undefined);
    throw error;
  }
}

/** @throws JournalCorrupt when a whole group stands behind one that is not, or one of a later format. */
async function findEnd(segment: Segment): Promise<SegmentEnd> {
  const readings = [tellAll(segment), endOfBytes(segment)] as const;
  // The file is closed where one fails: the other must have ended by then.
  await Promise.allSettled(readings);
  const [{ last, told }, dirtyEnd] = await Promise.all(readings);
  const end = last === null ? 0 : last.end - segment.base;
  if (dirtyEnd > end) await checkBehind(segment, end);
  return { last, end, dirtyEnd: Math.max(end, dirtyEnd), told };
}

async function tellAll(segment: Segment): Promise<Pick<SegmentEnd, 'last' | 'told'>> {
  let last: Group | null = null;
  const told: Told = { head: 0, terms: new Map() };
  for await (const groups of groupsOf(segment))
    for (const group of groups) {
      if (last !== null && group.follows !== last.end) throw corrupt(last.end);
      last = group;
      for (const batch of batchesIn(group)) hear(told, batch);
    }
  return { last, told };
}

async function checkBehind({ base, size, file }: Segment, end: number): Promise<void> {
  const bytes = Buffer.alloc(size - end);
  await file.read(bytes, end);
  const format = laterFormat(bytes, 0);
  if (format !== null) {
    throw new JournalCorrupt(
      `the journal goes on in format ${format} at position ${base + end}, which this version can't read.`,
    );
  }
  if (hasGroupBehind(bytes, 0, base + end)) throw corrupt(base + end);
}

/**
 * Cuts what is torn, and makes the last group durable before anyone sees it: if its writer was killed, or its
 * datasync failed, it may be whole in the system's memory alone, where a datasync without a write may overlook it.
 */
async function settle(file: DiskFile, base: number, { last, dirtyEnd }: SegmentEnd): Promise<void> {
  const start = last === null ? 0 : last.position - base;
  const settled = Buffer.alloc(dirtyEnd - start);
  last?.bytes.copy(settled);
  await file.write(settled, start);
  await file.datasync();
}

/** Of a log whose last segment holds no event: back to the segment that does. */
async function lastState(segments: Segments, upTo: number): Promise<Told> {
  const told: Told = { head: 0, terms: new Map() };
  for (const base of (await segments.bases()).toReversed()) {
    for await (const batch of replay(segments, { after: base, upTo })) hear(told, batch);
    if (told.head > 0) break;
  }
  return told;
}

function hear(told: Told, { partition, term, count, offset }: CommittedBatch): void {
  told.terms.set(partition, Math.max(term, told.terms.get(partition) ?? 0));
  if (count > 0) told.head = offset;
}
