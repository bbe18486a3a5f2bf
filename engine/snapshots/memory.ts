import type { Offset } from '../journal/port.ts';
import { type Image, readImage } from './image.ts';
import type { SnapshotStore } from './port.ts';

const KEPT = 2;

/** Images in memory, for tests: they outlive an engine, not the process. */
export class MemorySnapshots implements SnapshotStore {
  readonly #images = new Map<number, readonly Buffer[]>();

  newest(partition: number, epoch: string): Promise<Image | null> {
    const newest = this.#of(partition).findLast((image) => image.epoch === epoch);
    return Promise.resolve(newest ?? null);
  }

  save(partition: number, image: Buffer): Promise<void> {
    this.#images.set(partition, [...(this.#images.get(partition) ?? []), Buffer.from(image)].slice(-KEPT));
    return Promise.resolve();
  }

  covered(partitions: readonly number[]): Offset {
    return Math.min(...partitions.map((partition) => this.#of(partition).at(-KEPT)?.offset ?? 0));
  }

  #of(partition: number): readonly Image[] {
    return (this.#images.get(partition) ?? []).flatMap((bytes) => readImage(bytes) ?? []);
  }
}
