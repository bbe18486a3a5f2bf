import { type Journal, JournalCorrupt, type Offset } from '../journal/port.ts';
import type { Partition } from '../partition.ts';
import type { Population } from '../population.ts';
import { readAhead } from '../read-ahead.ts';
import type { SnapshotOptions } from './keeper.ts';

/**
 * Reads what stands for the log's beginning; resolves to where the log goes on.
 * @throws JournalCorrupt where something is in neither
 */
export async function restore({ journal, population, snapshots }: Restored): Promise<Offset> {
  const read = async ([id, partition]: readonly [number, Partition]) => ({
    partition,
    image: await snapshots?.store.newest(id, journal.epoch),
  });
  for await (const { partition, image } of readAhead(population.partitions.entries(), read))
    if (image) partition.load(image);
  const from = Math.min(...population.partitions.map(({ loaded }) => loaded));
  const floor = await journal.floor();
  if (from < floor)
    throw new JournalCorrupt(
      `the journal begins at ${floor}, and what went before is in no snapshot that can be read: ` +
        'restore a backup, or move the journal folder away to start without its history.',
    );
  return from;
}

interface Restored {
  readonly journal: Journal;
  readonly population: Population;
  readonly snapshots?: SnapshotOptions;
}
