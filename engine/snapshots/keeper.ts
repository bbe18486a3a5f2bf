/**
 * Takes images of all partitions from time to time, and gives up the log behind them — behind what is older than the
 * image before the newest, and nothing that somebody else still has to read (SPEC F3, F4).
 *
 * One partition after another, so that others have their turn in between. Whatever goes wrong is told, and tried again
 * when the next images are due: the log keeps what no image has.
 */
import { ByteWriter } from '../bytes.ts';
import type { Clock } from '../clock.ts';
import type { Journal, Offset } from '../journal/port.ts';
import { ImageWriter } from './image.ts';
import type { SnapshotStore } from './port.ts';

export interface SnapshotOptions {
  readonly store: SnapshotStore;
  /** Others read the log behind this offset: it is not given up. When absent, all of the log is kept. */
  readonly heldBack?: () => Offset;
  /** After how much of the log new images are taken, in its offsets: bytes of a file journal. 32 MB when absent. */
  readonly afterOffsets?: number;
  /** How often to look whether they are due, milliseconds. */
  readonly lookMs?: number;
  readonly onTrouble?: (error: Error) => void;
}

/** What images are taken of. */
export interface Pictured {
  save(image: ImageWriter): void;
}

export interface KeeperOptions extends SnapshotOptions {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly partitions: readonly Pictured[];
  /** Everything up to here is folded in. */
  readonly offset: () => Offset;
}

const AFTER_OFFSETS = 32 << 20;
const LOOK_MS = 1_000;

export class SnapshotKeeper implements AsyncDisposable {
  readonly #options: KeeperOptions;
  readonly #looking: Disposable;
  /** As of which offset the last images were taken. */
  #takenAt: Offset;
  #taking: Promise<void> | null = null;

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { clock, lookMs = LOOK_MS } = options;
    this.#takenAt = options.offset();
    this.#looking = clock.every(lookMs, () => this.#look());
  }

  /** Takes images now. Never rejects. */
  async take(): Promise<void> {
    this.#taking ??= this.#take()
      .catch((error: unknown) => this.#tell(error))
      .finally(() => (this.#taking = null));
    await this.#taking;
  }

  /** What is being taken is waited for; and once more, so that the next start has nothing to read. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#looking[Symbol.dispose]();
    await this.#taking;
    if (this.#options.offset() > this.#takenAt) await this.take();
  }

  #look(): void {
    const { afterOffsets = AFTER_OFFSETS, offset } = this.#options;
    if (offset() - this.#takenAt >= afterOffsets) void this.take();
  }

  async #take(): Promise<void> {
    const { journal, store, partitions, offset, heldBack } = this.#options;
    const takenAt = offset();
    // One after another, all in the room that the largest takes.
    const writer = new ByteWriter();
    for (const [id, partition] of partitions.entries()) {
      const image = new ImageWriter({ epoch: journal.epoch, offset: offset() }, writer);
      partition.save(image);
      await store.save(id, image.taken());
    }
    this.#takenAt = takenAt;
    const covered = store.covered(partitions.map((_, id) => id));
    await journal.trim(Math.min(covered, heldBack?.() ?? 0));
  }

  #tell(error: unknown): void {
    this.#options.onTrouble?.(error instanceof Error ? error : new Error(String(error)));
  }
}
