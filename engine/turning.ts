import type { Clock } from './clock.ts';
import type { Partition } from './partition.ts';

/** After so long others have their turn. */
const LONGEST_MS = 2;
/** So many of each partition are told in one go that the engine began anew. */
const TOLD_AT_ONCE = 64;

/**
 * Fires what is due in each partition, from that one on; where it takes long, others have their turn in between. Then
 * gives back some memory of who is gone.
 */
export function turn(partitions: readonly Partition[], clock: Clock, from = 0): void {
  const until = clock.monotonic() + LONGEST_MS;
  const hasTime = () => clock.monotonic() < until;
  for (const [id, partition] of partitions.entries())
    if (id >= from && !partition.turn(hasTime)) return void setImmediate(() => turn(partitions, clock, id));
  for (const partition of partitions) partition.tend();
}

/** What partitions have to tell everybody at the beginning, some at a time. */
export function tellNext(partitions: readonly Partition[], signal: AbortSignal): void {
  const isMore = partitions.map((partition) => partition.beginNext(TOLD_AT_ONCE)).includes(true);
  if (isMore && !signal.aborted) setImmediate(() => tellNext(partitions, signal));
}
