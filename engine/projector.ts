/**
 * Copies the journal to a target: in order, nothing twice, nothing left out (SPEC F3).
 *
 * It follows from where the target stands, and holds one group at a time: while the target is away, the rest stays in
 * the journal, which must not be trimmed behind `safe`. Commands never wait for it. Whatever goes wrong is told, shown
 * by `status`, and tried again until it goes well.
 */
import type { Clock } from './clock.ts';
import { decodeEntries, timeOf } from './entries.ts';
import { Gatherer, type GathererOptions } from './gatherer.ts';
import { type CommittedBatch, type Journal, JournalBroken, type Offset } from './journal/port.ts';
import { type Entry, type ProjectionTarget, TargetRefused } from './projection.ts';

export interface ProjectorOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly target: ProjectionTarget;
  /**
   * Up to where the target would still have what it took in after a power cut; that position itself when absent, as of
   * a server that keeps what it acknowledged.
   */
  readonly heldSafely?: (position: Offset) => Offset;
  readonly gathering?: Partial<Omit<GathererOptions, 'clock'>>;
  /** Told of each thing that goes wrong. */
  readonly onTrouble?: (error: Error) => void;
  /** From 0 (included) to 1 (excluded). */
  readonly random?: () => number;
}

export type ProjectorState =
  | 'running'
  /** The target is away: it is asked again and again. */
  | 'away'
  /** The target is there and refuses what comes next, or what it holds is of another journal: somebody must look. */
  | 'refused'
  | 'stopped';

export interface ProjectorStatus {
  readonly state: ProjectorState;
  /** How far the target has followed; null until it has told. */
  readonly position: Offset | null;
  readonly lag: {
    /** Distance to the journal's head, in its offsets: bytes of a file journal. */
    readonly offsets: number;
    /** Age of the oldest event that waits, milliseconds; 0 when none does. */
    readonly ageMs: number;
  };
  /** Events that the journal had given up before the target took them in. */
  readonly missing: number;
  /** What went wrong, while it does. */
  readonly trouble: string | null;
}

const GATHERING = { waitMs: 200, maxEvents: 1000, maxBytes: 1 << 20 };
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export class Projector implements AsyncDisposable {
  readonly #options: ProjectorOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #state: ProjectorState = 'running';
  #trouble: Error | null = null;
  #position: Offset | null = null;
  #missing = 0;
  /** Since when something waits, epoch milliseconds; null while nothing is known to. */
  #waitsSince: number | null;
  /** Up to here batches go one by one, because one of them was refused. */
  #singlyUpTo: Offset = 0;
  #gatherer: Gatherer | null = null;
  readonly #waiters = new Set<Waiter>();

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#waitsSince = options.clock.now();
    this.#running = this.#run();
  }

  async status(): Promise<ProjectorStatus> {
    const { journal, clock } = this.#options;
    const offsets = Math.max(0, (await journal.head()) - (this.#position ?? 0));
    return {
      state: this.#state,
      position: this.#position,
      lag: {
        offsets,
        ageMs: offsets === 0 ? 0 : Math.max(0, clock.now() - (this.#waitsSince ?? clock.now())),
      },
      missing: this.#missing,
      trouble: this.#trouble?.message ?? null,
    };
  }

  /** The journal may be trimmed up to here for this target's sake. */
  readonly safe = (): Offset => {
    const { heldSafely = (position: Offset) => position } = this.#options;
    return this.#position === null ? 0 : heldSafely(this.#position);
  };

  /** Resolves to whether the target has taken in everything up to that offset within that time. */
  async reached(offset: Offset, withinMs: number): Promise<boolean> {
    if ((this.#position ?? -1) >= offset) return true;
    if (this.#closing.signal.aborted) return false;
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(withinMs, () => this.#settle(waiter, false));
      const waiter: Waiter = { offset, timer, resolve };
      this.#waiters.add(waiter);
      this.#gatherer?.hurry(offset);
    });
  }

  /** What the target is taking in is waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#running;
    this.#state = 'stopped';
    for (const waiter of this.#waiters) this.#settle(waiter, false);
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#project(() => (failures = 0));
        // The target stood elsewhere, or the journal was closed.
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(error);
        if (error instanceof JournalBroken) return;
        await this.#pause(failures);
      }
    }
  }

  /** From where the target stands, for as long as it takes what comes. */
  async #project(onDone: () => void): Promise<void> {
    const { journal, clock, target, gathering } = this.#options;
    const position = await target.position(journal.epoch);
    const head = await journal.head();
    // A journal whose events were all trimmed has no head either.
    if (head > 0 && position > head) throw ahead(target, position, head);
    this.#advance(position);
    const reading = new AbortController();
    const signal = AbortSignal.any([reading.signal, this.#closing.signal]);
    try {
      const gatherer = new Gatherer(journal.follow(position, signal), {
        clock,
        ...GATHERING,
        ...gathering,
      });
      this.#gatherer = gatherer;
      for (const { offset } of this.#waiters) gatherer.hurry(offset);
      if (head <= position) this.#recovered();
      for (let after = position; ;) {
        const group = await gatherer.next();
        if (group === null || this.#closing.signal.aborted) return await this.#ended();
        const upTo = await this.#write(group, after);
        if (upTo === null) return;
        onDone();
        this.#recovered();
        after = upTo;
      }
    } finally {
      this.#gatherer = null;
      reading.abort();
    }
  }

  /** Resolves to where the target stands now; null if that is not behind the group. */
  async #write(group: readonly CommittedBatch[], after: Offset): Promise<Offset | null> {
    const { target, journal } = this.#options;
    const isSingly = after < this.#singlyUpTo;
    let from = after;
    for (const batches of isSingly ? group.map((batch) => [batch]) : [group]) {
      const upTo = batches.at(-1)?.offset ?? from;
      const entries = batches.flatMap(entriesOf);
      this.#waitsSince = entries[0] === undefined ? this.#options.clock.now() : timeOf(entries[0]);
      try {
        const applied = await target.apply({ epoch: journal.epoch, after: from, upTo, entries });
        this.#advance(applied.position);
        this.#report(applied.missing, upTo);
        if (applied.position !== upTo) return null;
      } catch (error) {
        if (error instanceof TargetRefused) this.#singlyUpTo = Math.max(this.#singlyUpTo, upTo);
        throw error;
      }
      from = upTo;
    }
    this.#waitsSince = null;
    return from;
  }

  #advance(position: Offset): void {
    this.#position = position;
    for (const waiter of this.#waiters) if (waiter.offset <= position) this.#settle(waiter, true);
  }

  #report(missing: number, upTo: Offset): void {
    if (missing === 0) return;
    const { target, onTrouble } = this.#options;
    this.#missing += missing;
    onTrouble?.(
      new Error(
        `${missing} events up to ${upTo} are missing in ${target.name}: the journal had given them up before`,
      ),
    );
  }

  #failed(error: unknown): void {
    const trouble = error instanceof Error ? error : new Error(String(error));
    this.#state = error instanceof TargetRefused ? 'refused' : 'away';
    this.#trouble = trouble;
    this.#waitsSince ??= this.#options.clock.now();
    this.#options.onTrouble?.(trouble);
  }

  #recovered(): void {
    this.#state = 'running';
    this.#trouble = null;
  }

  /** The journal yields no more: until it is closed there is nothing to do. */
  #ended(): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  /** The longer, the more often it has failed; at random, so that several don't come back together. */
  #pause(failures: number): Promise<void> {
    const { clock, random = Math.random } = this.#options;
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
    const { signal } = this.#closing;
    return new Promise((resolve) => {
      const timer = clock.after(longest * (0.5 + random() / 2), end);
      function end(): void {
        timer[Symbol.dispose]();
        signal.removeEventListener('abort', end);
        resolve();
      }
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
    });
  }

  #settle(waiter: Waiter, isReached: boolean): void {
    waiter.timer[Symbol.dispose]();
    this.#waiters.delete(waiter);
    waiter.resolve(isReached);
  }
}

interface Waiter {
  readonly offset: Offset;
  readonly timer: Disposable;
  readonly resolve: (isReached: boolean) => void;
}

function entriesOf({ offset, events }: CommittedBatch): readonly Entry[] {
  return decodeEntries(events).map((entry) => ({ offset, ...entry }));
}

function ahead({ name }: ProjectionTarget, position: Offset, head: Offset): TargetRefused {
  return new TargetRefused(
    `${name} holds the journal up to ${position}, and the journal ends at ${head}: an older copy of it was put in place`,
  );
}
