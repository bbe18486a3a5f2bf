/**
 * The journal in local files. Appends that wait together become one group: one write, one fdatasync, one at a time;
 * the next group gathers meanwhile, so the rate follows the load without a timer (SPEC F1, F2, F5).
 */
import { join } from 'node:path';
import { checkBounds, checkPartition } from './bounds.ts';
import { type Claim, Claims } from './claims.ts';
import { type Disk, disk as realDisk } from './disk.ts';
import { beginEpoch, readEpoch } from './epoch.ts';
import { Feed, type Written } from './feed.ts';
import { batchesIn, type Group } from './groups.ts';
import type { FolderLock } from './lock.ts';
import {
  type Batch,
  type CommittedBatch,
  Fenced,
  type Journal,
  JournalBroken,
  JournalFailed,
  type Offset,
  type Writer,
} from './port.ts';
import { type Cut, type Recovery, recover } from './recovery.ts';
import { replay } from './replay.ts';
import { Segments } from './segments.ts';
import { Tail } from './tail.ts';

export interface FileJournalOptions {
  /** The lock of the data folder; the journal lives in its sub-folder `journal`. */
  readonly lock: Pick<FolderLock, 'folder'>;
  /** Size of a segment; 64 MB when absent. May change from run to run. */
  readonly segmentBytes?: number;
  /** How many bytes are kept at hand for followers; 16 MB when absent. */
  readonly keepBytes?: number;
  readonly disk?: Disk;
}

const SEGMENT_BYTES = 64 << 20;
const KEEP_BYTES = 16 << 20;
const MAX_GROUP_BYTES = 8 << 20;
const CLAIM_ID = 'claim';

/** @throws JournalCorrupt where the log holds damage that is no torn tail. */
export async function openFileJournal(options: FileJournalOptions): Promise<FileJournal> {
  const { lock, segmentBytes = SEGMENT_BYTES, keepBytes = KEEP_BYTES, disk = realDisk } = options;
  const folder = join(lock.folder, 'journal');
  await disk.makeFolder(folder);
  await disk.syncFolder(lock.folder);
  const segments = new Segments(disk, folder);
  const found = await recover(segments);
  const epoch = (found === null ? null : await readEpoch(disk, folder)) ?? (await beginEpoch(disk, folder));
  const end = found ?? { ...EMPTY, segment: await segments.create(0, segmentBytes) };
  return new FileJournal({ epoch, segments, segmentBytes, keepBytes, end });
}

const EMPTY: Omit<Recovery, 'segment'> = { position: 0, head: 0, claims: [], cut: null };

interface Parts {
  readonly epoch: string;
  readonly segments: Segments;
  readonly segmentBytes: number;
  readonly keepBytes: number;
  readonly end: Recovery;
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
  readonly #claims = new Claims();
  readonly #feed: Feed;
  readonly #tail: Tail;
  #queue: Append[] = [];
  #flushing: Promise<void> | null = null;
  #refusal: Error | null = null;

  /** Use openFileJournal. */
  constructor({ epoch, segments, segmentBytes, keepBytes, end }: Parts) {
    const { segment, position, head, claims, cut } = end;
    this.epoch = epoch;
    this.cut = cut;
    this.#segments = segments;
    for (const claim of claims) this.#claims.restore(claim);
    const preamble = () => this.#claims.standing().map(claimBatch);
    this.#tail = new Tail({ segments, segmentBytes, segment, position, preamble });
    this.#feed = new Feed({ from: head, history: (after) => this.#read(after), keepBytes });
  }

  head(): Promise<Offset> {
    return Promise.resolve(this.#feed.head);
  }

  /** A claim is a batch without events: durable, like everything that fences. */
  async claim(partition: number): Promise<Writer> {
    checkPartition(partition);
    const claim = this.#claims.raise(partition);
    const claimedAt = await this.#enqueue(claimBatch(claim));
    return {
      ...claim,
      claimedAt,
      append: (batch) => this.#append(batch, claim),
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
      if (end === undefined || end > upTo || base >= this.#tail.base) return;
      await this.#segments.remove(base);
    }
  }

  async floor(): Promise<Offset> {
    return (await this.#segments.bases())[0] ?? 0;
  }

  /** Waits for what was appended, then closes the files. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#refusal ??= new JournalFailed('the journal is closed');
    await this.#flushing;
    this.#feed.close();
    await this.#tail.close();
  }

  async #append(batch: Batch, claim: Claim): Promise<Offset> {
    checkBounds(batch, claim);
    return this.#enqueue(batch);
  }

  #enqueue(batch: Batch): Promise<Offset> {
    return new Promise((resolve, reject) => {
      if (this.#refusal !== null) return reject(this.#refusal);
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
    const names = new Set<string>();
    let bytes = 0;
    let taken = 0;
    for (const append of this.#queue) {
      const { batch, resolve, reject } = append;
      const { partition, term, id } = batch;
      const name = `${partition} ${id}`;
      // A repeated batch waits for what becomes of the first.
      if (bytes >= MAX_GROUP_BYTES || (names.has(name) && !isClaim(batch))) break;
      taken++;
      const written = this.#claims.offsetOf(batch);
      if (!this.#claims.stands(batch) && !isClaim(batch)) reject(new Fenced(partition, term));
      else if (written !== undefined) resolve(written);
      else {
        group.push(append);
        names.add(name);
        bytes += batch.events.byteLength;
      }
    }
    this.#queue.splice(0, taken);
    return group;
  }

  async #commit(appends: readonly Append[]): Promise<void> {
    let group: Group;
    try {
      group = await this.#tail.write(appends.map(({ batch }) => batch));
    } catch (cause) {
      return this.#fail(appends, cause);
    }
    const written = [...batchesIn(group)].slice(-appends.length);
    const committed = written.filter((batch) => !isClaim(batch));
    for (const batch of committed) this.#claims.wrote(batch, batch.offset);
    const offset = committed.at(-1)?.offset;
    if (offset !== undefined) this.#feed.publish(writtenIn(group, offset));
    for (const [index, { resolve }] of appends.entries()) resolve(written[index]?.offset ?? 0);
  }

  #fail(group: readonly Append[], cause: unknown): void {
    const failure =
      cause instanceof JournalBroken
        ? cause
        : new JournalFailed('the journal could not be written', { cause });
    for (const { reject } of group) reject(failure);
    if (!(failure instanceof JournalBroken)) return;
    this.#refusal = failure;
    for (const { reject } of this.#queue.splice(0)) reject(failure);
    this.#feed.fail(failure);
  }

  async *#read(after: Offset): AsyncGenerator<CommittedBatch, void, void> {
    const batches = replay(this.#segments, { after, upTo: this.#tail.position });
    for await (const batch of batches) if (!isClaim(batch)) yield batch;
  }
}

function claimBatch({ partition, term }: Claim): Batch {
  return { partition, term, id: CLAIM_ID, count: 0, events: new Uint8Array() };
}

function writtenIn(group: Group, offset: Offset): Written {
  return { offset, bytes: group.bytes.length, batches: () => eventsIn(group) };
}

function* eventsIn(group: Group): Iterable<CommittedBatch> {
  for (const batch of batchesIn(group)) if (!isClaim(batch)) yield batch;
}

function isClaim({ count }: Batch): boolean {
  return count === 0;
}
