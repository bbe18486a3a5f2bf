/**
 * The journal in local files. Appends that wait together become one group: one write, one fdatasync, one at a time;
 * the next group gathers meanwhile, so the rate follows the load without a timer (SPEC F1, F2, F5).
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Claims } from './claims.ts';
import { type Disk, disk as realDisk } from './disk.ts';
import { Feed } from './feed.ts';
import { encodeGroup, groupBytes } from './groups.ts';
import type { FolderLock } from './lock.ts';
import {
  type Batch,
  type CommittedBatch,
  type Journal,
  JournalBroken,
  JournalFailed,
  type Offset,
  type Writer,
} from './port.ts';
import { closedSegment, type Cut, durableBatches, type Recovery, recover } from './recovery.ts';
import { type Segment, Segments } from './segments.ts';

export interface FileJournalOptions {
  /** The lock of the data folder; the journal lives in its sub-folder `journal`. */
  readonly lock: Pick<FolderLock, 'folder'>;
  readonly segmentBytes?: number;
  readonly disk?: Disk;
}

const SEGMENT_BYTES = 64 << 20;
const MAX_GROUP_BYTES = 8 << 20;
const KEPT_FOR_FOLLOWERS_BYTES = 16 << 20;
const EPOCH_FILE = 'epoch';
const CLAIM_ID = 'claim';

/** @throws JournalCorrupt where the log holds damage that is no torn tail. */
export async function openFileJournal({
  lock,
  segmentBytes = SEGMENT_BYTES,
  disk = realDisk,
}: FileJournalOptions): Promise<FileJournal> {
  const folder = join(lock.folder, 'journal');
  await disk.makeFolder(folder);
  await disk.syncFolder(lock.folder);
  const epoch = await openEpoch(disk, folder);
  const segments = new Segments(disk, folder);
  const found = (await recover(segments)) ?? {
    segment: await segments.create(0, segmentBytes),
    position: 0,
    head: 0,
    batches: [],
    cut: null,
  };
  return new FileJournal({ epoch, segments, segmentBytes, found });
}

interface Append {
  readonly batch: Batch;
  readonly resolve: (offset: Offset) => void;
  readonly reject: (reason: Error) => void;
}

export class FileJournal implements Journal {
  readonly epoch: string;
  /** The torn tail that was cut when the journal was opened. */
  readonly cut: Cut | null;
  readonly #segments: Segments;
  readonly #segmentBytes: number;
  readonly #claims = new Claims();
  readonly #feed: Feed;
  #segment: Segment;
  /** Everything before it is durable; the next group goes here. */
  #position: number;
  #next: Promise<Segment> | null = null;
  #queue: Append[] = [];
  #flushing: Promise<void> | null = null;
  #refusal: string | null = null;

  constructor(options: { epoch: string; segments: Segments; segmentBytes: number; found: Recovery }) {
    const { segment, position, head, batches, cut } = options.found;
    this.epoch = options.epoch;
    this.#segments = options.segments;
    this.#segmentBytes = options.segmentBytes;
    this.#segment = segment;
    this.#position = position;
    this.cut = cut;
    for (const { partition, term } of batches) this.#claims.restore(partition, term);
    this.#feed = new Feed({
      from: head,
      history: (after) => this.#read(after),
      keepBytes: KEPT_FOR_FOLLOWERS_BYTES,
    });
  }

  head(): Promise<Offset> {
    return Promise.resolve(this.#feed.head);
  }

  /** A claim is a batch without events: durable, like everything that fences. */
  async claim(partition: number): Promise<Writer> {
    const term = this.#claims.raise(partition);
    await this.#append(claimOf(partition, term));
    return {
      partition,
      term,
      append: (batch) => this.#append(batch),
      release: () => Promise.resolve(),
    };
  }

  follow(after: Offset, signal: AbortSignal): AsyncIterable<CommittedBatch> {
    return this.#feed.follow(after, signal);
  }

  /** Removes the segments that hold nothing else. */
  async trim(upTo: Offset): Promise<void> {
    const bases = await this.#segments.bases();
    for (const [index, base] of bases.entries()) {
      const end = bases[index + 1];
      if (end === undefined || end > upTo || base >= this.#segment.base) return;
      await this.#segments.remove(base);
    }
  }

  /** Waits for what was appended, then closes the files. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#refusal ??= 'the journal is closed';
    await this.#flushing;
    await (await this.#next?.catch(() => null))?.file.close();
    await this.#segment.file.close();
  }

  #append(batch: Batch): Promise<Offset> {
    return new Promise((resolve, reject) => {
      if (this.#refusal !== null) return reject(new JournalFailed(this.#refusal));
      this.#queue.push({ batch, resolve, reject });
      this.#flushing ??= Promise.resolve().then(() => this.#flush());
    });
  }

  async #flush(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#takeGroup();
      if (group.length > 0) await this.#commit(group);
    }
    this.#flushing = null;
  }

  /** What waits, as far as it may be written and fits. Answers at once what is fenced or was written before. */
  #takeGroup(): readonly Append[] {
    const group: Append[] = [];
    const ids = new Set<string>();
    let bytes = 0;
    while (this.#queue.length > 0 && bytes < MAX_GROUP_BYTES) {
      const [append] = this.#queue;
      if (append === undefined) break;
      const { batch } = append;
      if (ids.has(batch.id) && batch.id !== CLAIM_ID) break;
      this.#queue.shift();
      const written = this.#claims.offsetOf(batch);
      try {
        this.#claims.check(batch);
        if (written !== undefined) append.resolve(written);
        else group.push(append);
      } catch (fenced) {
        append.reject(fenced as Error);
      }
      ids.add(batch.id);
      bytes += batch.events.byteLength;
    }
    return group;
  }

  async #commit(group: readonly Append[]): Promise<void> {
    const batches = group.map(({ batch }) => batch);
    let offsets: readonly Offset[];
    try {
      offsets = await this.#write(batches);
    } catch (cause) {
      for (const { reject } of group)
        reject(new JournalFailed('the journal could not be written', { cause }));
      return;
    }
    const committed = batches.map((batch, index) => ({ ...batch, offset: offsets[index] ?? 0 }));
    for (const { offset, ...batch } of committed) if (batch.count > 0) this.#claims.wrote(batch, offset);
    this.#feed.publish(committed.filter(({ count }) => count > 0));
    for (const [index, { resolve }] of group.entries()) resolve(offsets[index] ?? 0);
  }

  async #write(batches: readonly Batch[]): Promise<readonly Offset[]> {
    const preamble = await this.#makeRoom(groupBytes(batches));
    const { bytes, offsets } = encodeGroup([...preamble, ...batches], this.#position);
    const at = this.#position - this.#segment.base;
    try {
      await this.#segment.file.write(bytes, at);
      await this.#segment.file.datasync();
    } catch (cause) {
      await this.#cutBack(at, bytes.length, cause);
      throw cause;
    }
    this.#position += bytes.length;
    return offsets.slice(preamble.length);
  }

  /** Makes sure that no replay shows what was not acknowledged. Where that fails, nothing more may be written. */
  async #cutBack(at: number, bytes: number, cause: unknown): Promise<void> {
    try {
      await this.#segment.file.write(Buffer.alloc(bytes), at);
      await this.#segment.file.datasync();
    } catch (error) {
      const broken = new JournalBroken('a failed write could not be cut back', {
        cause: new AggregateError([cause, error]),
      });
      this.#refusal = broken.message;
      this.#feed.fail(broken);
    }
  }

  /** Goes on in the next segment when this one is full; that one begins with the claims that stand. */
  async #makeRoom(bytes: number): Promise<readonly Batch[]> {
    const end = this.#segment.base + this.#segment.size;
    if (this.#position + bytes <= end) {
      if (this.#position > this.#segment.base + this.#segment.size / 2) this.#prepareNext();
      return [];
    }
    const preamble = this.#claims.standing().map(({ partition, term }) => claimOf(partition, term));
    const needed = bytes + groupBytes(preamble);
    this.#prepareNext();
    let next = await this.#nextSegment();
    if (next.size < needed) {
      await next.file.close();
      next = await this.#segments.create(end, needed);
    }
    await this.#segment.file.close();
    this.#segment = next;
    this.#position = next.base;
    return preamble;
  }

  #prepareNext(): void {
    this.#next ??= this.#segments.create(this.#segment.base + this.#segment.size, this.#segmentBytes);
    this.#next.catch(() => undefined);
  }

  /** Takes the prepared segment; where its preparation failed (a full disk), the next call tries again. */
  async #nextSegment(): Promise<Segment> {
    const next = this.#next;
    this.#next = null;
    if (next === null) throw new JournalFailed('no segment was prepared');
    return next;
  }

  async *#read(after: Offset): AsyncGenerator<CommittedBatch, void, void> {
    const durable = this.#position;
    const bases = await this.#segments.bases();
    for (const [index, base] of bases.entries()) {
      const end = bases[index + 1];
      if (base >= durable || (end !== undefined && end <= after)) continue;
      const bytes = await this.#segments.read(base);
      const isLast = end === undefined || end > durable;
      const batches = isLast ? durableBatches(bytes, base, durable) : closedSegment(bytes, base);
      yield* batches.filter(({ count, offset }) => count > 0 && offset > after);
    }
  }
}

function claimOf(partition: number, term: number): Batch {
  return { partition, term, id: CLAIM_ID, count: 0, events: new Uint8Array() };
}

async function openEpoch(disk: Disk, folder: string): Promise<string> {
  const path = join(folder, EPOCH_FILE);
  if ((await disk.list(folder)).includes(EPOCH_FILE)) {
    const file = await disk.open(path, 'existing');
    const bytes = Buffer.alloc(await file.size());
    await file.read(bytes, 0);
    await file.close();
    return bytes.toString('utf8');
  }
  const epoch = randomUUID();
  const file = await disk.open(`${path}.new`, 'create');
  await file.write(Buffer.from(epoch), 0);
  await file.datasync();
  await file.close();
  await disk.rename(`${path}.new`, path);
  await disk.syncFolder(folder);
  return epoch;
}
