import { setImmediate } from 'node:timers/promises';
import { readAhead } from '../read-ahead.ts';
import { batchesIn, groupsIn } from './groups.ts';
import { type CommittedBatch, JournalCorrupt, type Offset } from './port.ts';
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
  const bases = await segments.bases();
  const wanted = bases.filter((base, index) => base < upTo && (bases[index + 1] ?? Infinity) > after);
  /** Where the group before ended; null where there is none to follow. */
  let end: number | null = null;
  let passed = 0;
  const read = async (base: number) => ({ base, bytes: await segments.read(base, upTo) });
  for await (const { base, bytes } of readAhead(wanted, read)) {
    if (bytes === null) {
      end = null;
      continue;
    }
    for (const group of groupsIn(bytes, base)) {
      if (group.position >= upTo) break;
      if (group.follows !== (end ?? group.follows)) throw corrupt(end ?? base);
      end = group.end;
      if (end > after) {
        for (const batch of batchesIn(group)) if (batch.offset > after) yield batch;
      } else if ((passed += group.bytes.length) >= BREATH_BYTES) {
        passed = 0;
        await setImmediate();
      }
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
