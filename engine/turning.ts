import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import type { Partition } from './partition.ts';

/** After so long others have their turn. */
const LONGEST_MS = 2;

/**
 * Fires what is due in each partition, from that one on; where it takes long, others have their turn in between. Then
 * gives back some memory of who is gone.
 */
export function turn(partitions: readonly Partition[], clock: Clock, from = 0): void {
  const hasTime = timeFrom(clock);
  for (const [id, partition] of partitions.entries())
    if (id >= from && !partition.turn(hasTime)) return void setImmediate(() => turn(partitions, clock, id));
  for (const partition of partitions) partition.tend();
}

export interface Beginner {
  /** Goes on with what is to be done at the beginning, while there is time for it; whether more is left. */
  beginNext(hasTime: () => boolean): boolean;
}

/** What all of them have to do at the beginning, one after another; likewise with others having their turn in between. */
export async function beginNext(
  beginners: readonly Beginner[],
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (let isMore = true; isMore && !signal.aborted;) {
    await nextTurn();
    const hasTime = timeFrom(clock);
    isMore = !signal.aborted && beginners.some((beginner) => beginner.beginNext(hasTime));
  }
}

function timeFrom(clock: Clock): () => boolean {
  const until = clock.monotonic() + LONGEST_MS;
  return () => clock.monotonic() < until;
}
