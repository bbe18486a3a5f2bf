import { decodeEvents } from '../../engine/entries.ts';
import type { AgentEvent } from '../../engine/events.ts';
import { openFileJournal } from '../../engine/journal/file.ts';
import { read } from './batches.ts';

/** Everything that the journal of a data folder holds, in order, while no server uses it. */
export async function storedEvents(folder: string): Promise<readonly AgentEvent[]> {
  await using journal = await openFileJournal({ lock: { folder } });
  return (await read(journal)).flatMap(({ events }) => decodeEvents(events));
}
