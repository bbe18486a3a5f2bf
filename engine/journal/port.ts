/**
 * The log of everything that happened, and the lock on who may write it.
 *
 * A journal MUST:
 * - make a batch durable before `append` resolves, and all of it or nothing;
 * - fence: from the moment a claim of a partition resolves, no earlier writer of it ever succeeds again;
 * - take a batch once: appended again under the same id by the same writer, it resolves to the same offset (a writer
 *   who is in doubt may repeat any of its last 64 batches);
 * - yield from `follow` committed batches only, in the order of their offsets, each exactly once.
 * It MUST NOT show a batch to any follower before it is durable.
 */
export interface Journal extends AsyncDisposable {
  /** Identity of this log, never of a process. */
  readonly epoch: string;
  /** Offset of the last committed batch; 0 while there is none. */
  head(): Promise<Offset>;
  /**
   * @throws JournalFailed the claim was not written. Earlier writers may be fenced all the same.
   * @throws JournalBroken
   */
  claim(partition: number, node: string): Promise<Writer>;
  /**
   * All committed batches behind `after`, then every further one as it commits. Ends when `signal` aborts, or, after
   * the last committed batch, when the journal is disposed of. Throws JournalBroken when the log can go on no more.
   */
  follow(after: Offset, signal: AbortSignal): AsyncIterable<CommittedBatch>;
  /** Gives up the batches up to and including that offset, or fewer. */
  trim(upTo: Offset): Promise<void>;
  /** All batches behind it are kept; 0 while none was given up. */
  floor(): Promise<Offset>;
}

/** Rises over the whole log; gaps are allowed. */
export type Offset = number;

export interface Batch {
  /** 0 to 65,535. */
  readonly partition: number;
  readonly term: number;
  /** Unique within the log; at most 255 bytes of UTF-8. */
  readonly id: string;
  /** How many event frames `events` holds, back to back; at least 1. */
  readonly count: number;
  /** MUST NOT change after it was handed to `append`: followers are given the same bytes. */
  readonly events: Uint8Array;
}

export type CommittedBatch = Batch & { readonly offset: Offset };

export interface Writer {
  readonly partition: number;
  /** Rises with every claim of the partition. */
  readonly term: number;
  /** Where in the log the claim stands: what earlier writers wrote lies before, what this one writes behind. */
  readonly claimedAt: Offset;
  /**
   * Durable when resolved.
   * @throws Fenced another writer has claimed the partition: final.
   * @throws JournalFailed nothing was written, and no replay will show it.
   * @throws JournalBroken whether it was written is not known before a restart.
   * @throws RangeError the batch is not this writer's, or not within the bounds of `Batch`.
   */
  append(batch: Batch): Promise<Offset>;
  release(): Promise<void>;
}

/** The writer's partition was claimed by another. Whatever it holds is history. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
  constructor(partition: number, term: number) {
    super(`partition ${partition} was claimed away from term ${term}`);
  }
}

/** The append did not happen. It may be tried again. */
export class JournalFailed extends Error {
  override readonly name = 'JournalFailed';
}

/** The log can neither be written nor be cut back to what is known: only a restart helps. Final, like Fenced. */
export class JournalBroken extends Error {
  override readonly name = 'JournalBroken';
}

/** The log holds damage that is no torn tail: bytes that were durable once don't read as written. */
export class JournalCorrupt extends Error {
  override readonly name = 'JournalCorrupt';
}

/** Somebody else holds the folder. */
export class FolderLocked extends Error {
  override readonly name = 'FolderLocked';
}
