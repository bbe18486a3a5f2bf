import type { Batch, Writer } from './port.ts';

const MAX_PARTITION = 0xffff;
const MAX_ID_BYTES = 0xff;

/**
 * Keeps a batch that no log can hold away from those that it would share a write with.
 * @throws RangeError
 */
export function checkBounds(batch: Batch, writer: Pick<Writer, 'partition' | 'term'>): void {
  if (batch.partition !== writer.partition || batch.term !== writer.term) {
    throw new RangeError(
      `a batch of partition ${batch.partition}, term ${batch.term} came to the writer of partition ${writer.partition}, term ${writer.term}`,
    );
  }
  if (!Number.isInteger(batch.count) || batch.count < 1) {
    throw new RangeError(`a batch holds at least one event; this one says ${batch.count}`);
  }
  const idBytes = Buffer.byteLength(batch.id);
  if (idBytes > MAX_ID_BYTES) {
    throw new RangeError(`a batch's id takes at most ${MAX_ID_BYTES} bytes; this one takes ${idBytes}`);
  }
}

/** @throws RangeError */
export function checkPartition(partition: number): void {
  if (Number.isInteger(partition) && partition >= 0 && partition <= MAX_PARTITION) return;
  throw new RangeError(`a partition is a whole number from 0 to ${MAX_PARTITION}, not ${partition}`);
}
