import type { Image } from './image.ts';
import type { Offset } from '../journal/port.ts';

/**
 * Keeps images of partitions, so that a start need not read the log from its beginning (SPEC F4).
 *
 * A store MUST:
 * - make an image durable before `save` resolves, all of it or nothing, and lose none before it that it still needs;
 * - keep the image before the newest one, in case the newest can't be read some day;
 * - give back whole images only, and of the log of that epoch only.
 */
export interface SnapshotStore {
  /** The newest image of a partition that can be read; null where there is none. */
  newest(partition: number, epoch: string): Promise<Image | null>;
  /** The bytes are the caller's again when it has settled. */
  save(partition: number, image: Buffer): Promise<void>;
  /**
   * The log is needed behind this offset alone: up to it, every one of these partitions has two images. 0 while one of
   * them has fewer.
   */
  covered(partitions: readonly number[]): Offset;
}
