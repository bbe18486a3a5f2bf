import { encodeGroup, type Group, groupBytes } from './groups.ts';
import { type Batch, JournalBroken } from './port.ts';
import type { Segment, Segments } from './segments.ts';

export interface TailOptions {
  readonly segments: Segments;
  /** Size of the segments to come. */
  readonly segmentBytes: number;
  /** The one that holds the last group. */
  readonly segment: Segment;
  /** Where the last group ends. */
  readonly position: number;
  /** What a segment begins with, so that it can be understood without those before it. */
  readonly preamble: () => readonly Batch[];
}

/**
 * The end of the log, where groups are written, one at a time. A group that doesn't fit goes to the next segment,
 * which counts from when that group is durable.
 */
export class Tail {
  readonly #segments: Segments;
  readonly #segmentBytes: number;
  readonly #preamble: () => readonly Batch[];
  #segment: Segment;
  #position: number;
  /** The segment behind this one: prepared, or on its way. */
  #next: Promise<Segment> | null = null;

  constructor({ segments, segmentBytes, segment, position, preamble }: TailOptions) {
    this.#segments = segments;
    this.#segmentBytes = segmentBytes;
    this.#segment = segment;
    this.#position = position;
    this.#preamble = preamble;
  }

  /** Where the last group ends. Everything before it is durable. */
  get position(): number {
    return this.#position;
  }

  /** Where the segment begins that is written to. */
  get base(): number {
    return this.#segment.base;
  }

  /**
   * One group, durable when it resolves, to what was written: these batches, and maybe others before them; where it rejects, no replay will show it.
   * @throws JournalBroken where a replay may show it.
   */
  async write(batches: readonly Batch[]): Promise<Group> {
    const follows = this.#position;
    if (follows + groupBytes(batches) > endOf(this.#segment)) return this.#writeToNext(batches);
    const group = encodeGroup(batches, { position: follows, follows });
    await writeDurably(this.#segment, group.bytes, follows);
    this.#position = group.end;
    if (this.#position > this.#segment.base + this.#segment.size / 2) this.#prepareNext();
    return group;
  }

  /** After the last write. */
  async close(): Promise<void> {
    const next = await this.#next?.catch(() => null);
    await next?.file.close();
    await this.#segment.file.close();
  }

  async #writeToNext(batches: readonly Batch[]): Promise<Group> {
    const all = [...this.#preamble(), ...batches];
    const next = await this.#takeNext(groupBytes(all));
    const group = encodeGroup(all, { position: next.base, follows: this.#position });
    await writeDurably(next, group.bytes, next.base);
    const { file } = this.#segment;
    this.#segment = next;
    this.#position = group.end;
    this.#next = null;
    await file.close().catch(() => undefined);
    return group;
  }

  #prepareNext(): void {
    this.#next ??= this.#segments.create(endOf(this.#segment), this.#segmentBytes);
    this.#next.catch(() => undefined);
  }

  /** The next segment: as prepared, or made now where that failed (a full disk) or it is too small. */
  async #takeNext(bytes: number): Promise<Segment> {
    const prepared = await this.#next?.catch(() => null);
    if (prepared && prepared.size >= bytes) return prepared;
    this.#next = null;
    await prepared?.file.close();
    this.#next = this.#segments.create(endOf(this.#segment), Math.max(bytes, this.#segmentBytes));
    return this.#next;
  }
}

async function writeDurably({ file, base }: Segment, bytes: Buffer, position: number): Promise<void> {
  const write = async (written: Buffer) => {
    await file.write(written, position - base);
    await file.datasync();
  };
  try {
    await write(bytes);
  } catch (cause) {
    await write(Buffer.alloc(bytes.length)).catch((error: unknown) => {
      const both = new AggregateError([cause, error]);
      throw new JournalBroken('a failed write could not be cut back', { cause: both });
    });
    throw cause;
  }
}

function endOf({ base, size }: Segment): number {
  return base + size;
}
