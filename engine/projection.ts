import type { JournalEntry } from './entries.ts';
import type { Offset } from './journal/port.ts';

/** A stretch of the journal on its way to a target: everything that happened behind `after`, up to `upTo`. */
export interface Projection {
  /** Identity of the journal. */
  readonly epoch: string;
  readonly after: Offset;
  readonly upTo: Offset;
  /** In the order of the journal; those of one batch share its offset. */
  readonly entries: readonly Entry[];
}

export type Entry = JournalEntry & { readonly offset: Offset };

/**
 * What follows the journal, and remembers with its data how far.
 *
 * A target MUST:
 * - take in what of a projection lies behind its position and advance to `upTo`, both or neither where the store can;
 *   where it can't, the data first, so that repeating the projection completes it;
 * - take in nothing that it has already, so that the same stretch again, an overlapping one, or two projectors at once
 *   change nothing;
 * - take in nothing of a projection that begins behind its position: something would be missing in between.
 */
export interface ProjectionTarget {
  readonly name: string;
  /**
   * How far it has followed the journal of that identity. A journal that it has never followed is followed from here
   * on, from 0, and the one before it no more.
   * @throws TargetRefused it has followed another journal since.
   */
  position(epoch: string): Promise<Offset>;
  /**
   * Resolves to its position afterwards.
   * @throws TargetRefused the same projection will never be taken.
   * @throws TargetUnavailable it may be taken later.
   */
  apply(projection: Projection): Promise<Applied>;
}

export interface Applied {
  /** Another than `upTo` where the target stood elsewhere: it has to be followed from there. */
  readonly position: Offset;
  /** How many events of agents are missing before those that were taken in: the journal had given them up. */
  readonly missing: number;
}

/** The store is away, or too busy. */
export class TargetUnavailable extends Error {
  override readonly name = 'TargetUnavailable';
}

/** The store is there, and will never take this. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';
}
