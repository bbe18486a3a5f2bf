/**
 * Reads a journal's files beside whoever writes them: without the lock, and changing nothing. It sees what was written
 * when it came there. What is half written, or torn by a crash, is not there for it; a group whose datasync is just
 * failing may be.
 */
import { join } from 'node:path';
import { type Disk, disk as realDisk } from './disk.ts';
import { batchesIn } from './groups.ts';
import type { CommittedBatch } from './port.ts';
import { groupsOf } from './segment-groups.ts';
import { Segments } from './segments.ts';

export interface Onlooker {
  /** Where the kept log begins; more than 0 where earlier parts were given up. Null without a journal. */
  begin(): Promise<number | null>;
  /** From the beginning. `onDamage` is told where durable bytes don't read as written; what is whole behind is read. */
  batches(onDamage: (position: number) => void): AsyncIterable<CommittedBatch>;
}

export function lookAt(dataFolder: string, disk: Disk = realDisk): Onlooker {
  const folder = join(dataFolder, 'journal');
  const segments = new Segments(disk, folder);
  return {
    async begin() {
      const bases = await segments.bases().catch(noneIfMissing);
      return bases[0] ?? null;
    },
    async *batches(onDamage) {
      let end: number | null = null;
      for (const base of await segments.bases().catch(noneIfMissing)) {
        const segment = await segments.openIfThere(base);
        // Given up meanwhile.
        if (segment === null) continue;
        try {
          for await (const groups of groupsOf(segment))
            for (const group of groups) {
              if (group.follows !== (end ?? group.follows)) onDamage(end ?? base);
              for (const batch of batchesIn(group)) if (batch.count > 0) yield batch;
              end = group.end;
            }
        } finally {
          await segment.file.close();
        }
      }
    },
  };
}

function noneIfMissing(error: unknown): readonly number[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}
