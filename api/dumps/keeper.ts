/**
 * Has the embedded database dumped: hourly, and after so much of the journal, which is kept behind the dumps. Whatever
 * goes wrong is told, shown by `status`, and tried again; nothing else waits for it.
 */
import type { Clock } from '../../engine/clock.ts';
import type { Journal, Offset } from '../../engine/journal/port.ts';
import type { Dump, DumpStore } from './store.ts';

export interface DumpKeeperOptions {
  readonly clock: Clock;
  readonly journal: Pick<Journal, 'epoch' | 'head'>;
  readonly dumps: Pick<DumpStore, 'newest' | 'heldSafely'>;
  /** Makes one; the signal breaks it off. */
  readonly dump: (signal: AbortSignal) => Promise<Dump>;
  /** How often a dump is made, milliseconds; an hour when absent. */
  readonly everyMs?: number;
  /** After how much of the journal one is made before its time, in its offsets: bytes. 256 MB when absent. */
  readonly afterOffsets?: number;
  /** Told of each dump that could not be made. */
  readonly onTrouble: (error: Error) => void;
}

export interface DumpStatus {
  /** Epoch milliseconds; null while there is no dump. */
  readonly takenAt: number | null;
  readonly ageMs: number | null;
  readonly bytes: number | null;
  /** Whether there is one, and none is overdue. */
  readonly isFresh: boolean;
  /** Why the last one could not be made; null where it could. */
  readonly trouble: string | null;
}

const EVERY_MS = 3_600_000;
const AFTER_OFFSETS = 256 << 20;
const LOOK_MS = 10_000;
const RETRY_MS = 60_000;
/** Older than so many times its interval, a dump is overdue. */
const OVERDUE = 3;

export class DumpKeeper implements AsyncDisposable {
  readonly #options: DumpKeeperOptions;
  readonly #looking: Disposable;
  readonly #stopping = new AbortController();
  #trouble: Error | null = null;
  /** On the monotonic clock; null before this keeper has tried. */
  #triedAt: number | null = null;
  /** Where the journal stood when the last dump was made. */
  #dumpedAt: Offset;
  #taking: Promise<void> | null = null;

  private constructor(options: DumpKeeperOptions) {
    this.#options = options;
    this.#dumpedAt = positionIn(options);
    this.#looking = options.clock.every(LOOK_MS, () => void this.#look());
  }

  /** Where there is no dump yet, it is made first: what is acknowledged from here on is safe. */
  static async start(options: DumpKeeperOptions): Promise<DumpKeeper> {
    const keeper = new DumpKeeper(options);
    if (options.dumps.newest === null) await keeper.take();
    return keeper;
  }

  /** Up to where the journal may be trimmed for the sake of that copy. */
  heldSafely(copy: string): Offset {
    const { dumps, journal } = this.#options;
    return dumps.heldSafely(copy, journal.epoch);
  }

  status(): DumpStatus {
    const { clock, dumps, everyMs = EVERY_MS } = this.#options;
    const manifest = dumps.newest?.manifest ?? null;
    const ageMs = manifest === null ? null : Math.max(0, clock.now() - manifest.takenAt);
    return {
      takenAt: manifest?.takenAt ?? null,
      ageMs,
      bytes: manifest?.bytes ?? null,
      isFresh: ageMs !== null && ageMs <= everyMs * OVERDUE,
      trouble: this.#trouble?.message ?? null,
    };
  }

  /** Makes a dump now; one that is being made is waited for instead. Never rejects. */
  async take(): Promise<void> {
    this.#taking ??= this.#take().finally(() => (this.#taking = null));
    await this.#taking;
  }

  /** A dump that is being made is broken off: whoever stops makes another one, and waits for one only. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#looking[Symbol.dispose]();
    this.#stopping.abort(new Error('the server stops'));
    await this.#taking;
  }

  async #take(): Promise<void> {
    const { clock, dump, journal, onTrouble } = this.#options;
    try {
      const head = await journal.head();
      await dump(this.#stopping.signal);
      this.#dumpedAt = head;
      this.#trouble = null;
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#trouble = error instanceof Error ? error : new Error(String(error));
      onTrouble(this.#trouble);
    } finally {
      this.#triedAt = clock.monotonic();
    }
  }

  async #look(): Promise<void> {
    if (this.#taking === null && (await this.#isDue())) await this.take();
  }

  async #isDue(): Promise<boolean> {
    const { clock, journal, everyMs = EVERY_MS, afterOffsets = AFTER_OFFSETS } = this.#options;
    const sinceTried = this.#triedAt === null ? Infinity : clock.monotonic() - this.#triedAt;
    if (this.#trouble !== null) return sinceTried >= RETRY_MS;
    const { ageMs } = this.status();
    // By the clock that never jumps, but for the dump of an earlier run.
    if (this.#triedAt === null ? ageMs === null || ageMs >= everyMs : sinceTried >= everyMs) return true;
    return (await journal.head()) - this.#dumpedAt >= afterOffsets;
  }
}

/** Of the journal, in the newest dump: about where it stood when that was made in an earlier run. */
function positionIn({ dumps, journal }: DumpKeeperOptions): Offset {
  const positions = Object.values(dumps.newest?.manifest.positions ?? {});
  return Math.min(
    ...positions.map(({ epoch, position }) => (epoch === journal.epoch ? position : 0)),
    positions.length === 0 ? 0 : Infinity,
  );
}
