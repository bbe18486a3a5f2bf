import type { Batch, CommittedBatch, Journal, Offset, Writer } from '../../engine/journal/port.ts';

/** A batch of that writer with one event in it. */
export function batchOf(
  { partition, term }: Pick<Writer, 'partition' | 'term'>,
  id: string,
  events: Uint8Array = Buffer.from(`{"event":"${id}"}`),
): Batch {
  return { partition, term, id, count: 1, events };
}

/** The batches behind `after`, up to the journal's present head. */
export async function read(journal: Journal, after: Offset = 0): Promise<readonly CommittedBatch[]> {
  const head = await journal.head();
  return head <= after ? [] : readUntil(journal, after, (batch) => batch.offset >= head);
}

/** The batches behind `after`, up to and including the first that is the last one. */
export async function readUntil(
  journal: Journal,
  after: Offset,
  isLast: (batch: CommittedBatch) => boolean,
): Promise<readonly CommittedBatch[]> {
  const batches: CommittedBatch[] = [];
  for await (const batch of journal.follow(after, new AbortController().signal)) {
    batches.push(batch);
    if (isLast(batch)) break;
  }
  return batches;
}

export function idsOf(batches: readonly Batch[]): readonly string[] {
  return batches.map(({ id }) => id);
}
