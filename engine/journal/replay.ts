import { setImmediate } from 'node:timers/promises';
import { batchesIn } from './groups.ts';
import { type CommittedBatch, JournalCorrupt, type Offset } from './port.ts';
import { groupsOf, startOf } from './segment-groups.ts';
import type { Segments } from './segments.ts';

export interface ReplayOptions {
  readonly after: Offset;
  /** Position in the log up to which everything is durable. */
  readonly upTo: number;
}

/** After as much that is only passed over, others have their turn: a follower who is far behind holds nobody up. */
const BREATH_BYTES = 1 << 20;

/**
 * The batches of the log behind an offset, claims among them. Each group must follow the one before; only what is
 * trimmed meanwhile is passed over.
 * @throws JournalCorrupt
 */
export async function* replay(
  segments: Segments,
  { after, upTo }: ReplayOptions,
): AsyncGenerator<CommittedBatch, void, void> {
  if (after >= upTo) return;
  const bases = await segments.bases();
  const wanted = bases.filter((base, index) => base < upTo && (bases[index + 1] ?? Infinity) > after);
  /** Where the group before ended; null where there is none to follow. */
  let end: number | null = null;
  let passed = 0;
  for (const base of wanted) {
    const segment = await segments.openIfThere(base);
    if (segment === null) {
      end = null;
      continue;
    }
    try {
      const from = await startOf(segment, after);
      if (from > base) end = from;
      for await (const groups of groupsOf(segment, { from, upTo }))
        for (const group of groups) {
          if (group.follows !== (end ?? group.follows)) throw corrupt(end ?? base);
          end = group.end;
          if (end > after) {
            for (const batch of batchesIn(group)) if (batch.offset > after) yield batch;
          } else if ((passed += group.bytes.length) >= BREATH_BYTES) {
            passed = 0;
            await setImmediate();
          }
        }
    } finally {
      await segment.file.close();
    }
    end ??= base;
  }
  if (end !== null && end !== upTo) throw corrupt(end);
}

export function corrupt(position: number): JournalCorrupt {
  return new JournalCorrupt(
    `the journal is damaged at position ${position}: what was durable there doesn't read as written. ` +
      'Restore a backup, or move the journal folder away to start without its history.',
  );
}
