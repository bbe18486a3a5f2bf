/** Images in files: `snapshots/<partition>-<offset>.image`, the newest two of each partition. */
import { join } from 'node:path';
import { type Disk, disk as realDisk } from '../journal/disk.ts';
import type { Offset } from '../journal/port.ts';
import { type Image, readImage } from './image.ts';
import type { SnapshotStore } from './port.ts';

const NAME = /^(\d{2})-(\d{16})\.image$/;
const UNFINISHED = /\.image\.new$/;
/** Of each partition. */
const KEPT = 2;

interface Kept {
  readonly name: string;
  readonly offset: Offset;
}

export async function openFileSnapshots(dataFolder: string, disk: Disk = realDisk): Promise<FileSnapshots> {
  const folder = join(dataFolder, 'snapshots');
  await disk.makeFolder(folder);
  await disk.syncFolder(dataFolder);
  const kept = new Map<number, readonly Kept[]>();
  for (const name of (await disk.list(folder)).toSorted()) {
    if (UNFINISHED.test(name)) await disk.remove(join(folder, name));
    const [, partition, offset] = NAME.exec(name) ?? [];
    if (partition === undefined) continue;
    const images = kept.get(Number(partition)) ?? [];
    kept.set(Number(partition), [...images, { name, offset: Number(offset) }]);
  }
  return new FileSnapshots({ disk, folder, kept });
}

export class FileSnapshots implements SnapshotStore {
  readonly #disk: Disk;
  readonly #folder: string;
  /** Oldest first. */
  readonly #kept: Map<number, readonly Kept[]>;

  /** Use openFileSnapshots. */
  constructor({ disk, folder, kept }: { disk: Disk; folder: string; kept: Map<number, readonly Kept[]> }) {
    this.#disk = disk;
    this.#folder = folder;
    this.#kept = kept;
  }

  /** What can't be read, or is of another log, is of no use to anybody and is removed. */
  async newest(partition: number, epoch: string): Promise<Image | null> {
    for (const kept of this.#of(partition).toReversed()) {
      const image = readImage(await this.#read(kept.name));
      if (image?.epoch === epoch) return image;
      await this.#remove(partition, kept);
    }
    return null;
  }

  async save(partition: number, image: Buffer): Promise<void> {
    const offset = readImage(image)?.offset;
    if (offset === undefined) throw new TypeError('what is to be saved is no image');
    const name = `${String(partition).padStart(2, '0')}-${String(offset).padStart(16, '0')}.image`;
    await this.#write(name, image);
    const others = this.#of(partition).filter((kept) => kept.name !== name);
    this.#kept.set(partition, [...others, { name, offset }]);
    for (const old of this.#of(partition).slice(0, -KEPT)) await this.#remove(partition, old);
  }

  covered(partitions: readonly number[]): Offset {
    const offsets = partitions.map((partition) => this.#of(partition).at(-KEPT)?.offset ?? 0);
    return Math.min(...offsets);
  }

  #of(partition: number): readonly Kept[] {
    return this.#kept.get(partition) ?? [];
  }

  async #read(name: string): Promise<Buffer> {
    const file = await this.#disk.open(join(this.#folder, name), 'read');
    try {
      const bytes = Buffer.allocUnsafe(await file.size());
      return bytes.subarray(0, await file.read(bytes, 0));
    } finally {
      await file.close();
    }
  }

  async #write(name: string, bytes: Buffer): Promise<void> {
    const path = join(this.#folder, name);
    const unfinished = `${path}.new`;
    const file = await this.#disk.open(unfinished, 'create');
    try {
      await file.write(bytes, 0);
      await file.datasync();
    } catch (error) {
      await file.close().catch(() => undefined);
      await this.#disk.remove(unfinished).catch(() => undefined);
      throw error;
    }
    await file.close();
    await this.#disk.rename(unfinished, path);
    await this.#disk.syncFolder(this.#folder);
  }

  async #remove(partition: number, { name }: Kept): Promise<void> {
    this.#kept.set(
      partition,
      this.#of(partition).filter((kept) => kept.name !== name),
    );
    await this.#disk.remove(join(this.#folder, name));
  }
}
