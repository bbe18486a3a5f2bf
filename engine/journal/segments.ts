/**
 * The log's files: each holds a stretch of positions, is filled with zeros before it is used (so that a write needs
 * no change of the file's size to be durable), and is named after the position that it begins with.
 */
import { join } from 'node:path';
import type { Disk, DiskFile } from './disk.ts';

const NAME = /^(\d{16})\.log$/;
const UNFINISHED = /^\d{16}\.log\.new$/;
const FILL_BYTES = 1 << 20;

export interface Segment {
  /** Position of its first byte in the log. */
  readonly base: number;
  readonly size: number;
  readonly file: DiskFile;
}

export class Segments {
  readonly #disk: Disk;
  readonly #folder: string;

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  /** The positions at which the segments begin, rising. */
  async bases(): Promise<readonly number[]> {
    const names = await this.#disk.list(this.#folder);
    return names
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  async open(base: number, mode: 'existing' | 'read' = 'existing'): Promise<Segment> {
    const file = await this.#disk.open(this.#path(base), mode);
    return { base, size: await file.size(), file };
  }

  /** A segment of zeros, durable with its name. */
  async create(base: number, size: number): Promise<Segment> {
    const unfinished = `${this.#path(base)}.new`;
    const file = await this.#disk.open(unfinished, 'create');
    try {
      const zeros = Buffer.alloc(Math.min(FILL_BYTES, size));
      for (let at = 0; at < size; at += zeros.length)
        await file.write(zeros.subarray(0, Math.min(zeros.length, size - at)), at);
      await file.datasync();
      await this.#disk.rename(unfinished, this.#path(base));
      await this.sync();
    } catch (error) {
      await file.close().catch(() => undefined);
      await this.#disk.remove(unfinished).catch(() => undefined);
      throw error;
    }
    return { base, size, file };
  }

  /** To be read; null when it was removed. */
  openIfThere(base: number): Promise<Segment | null> {
    return this.open(base, 'read').catch(nullIfMissing);
  }

  async remove(base: number): Promise<void> {
    await this.#disk.remove(this.#path(base));
    await this.sync();
  }

  /** Removes what interrupted preparations left. */
  async removeUnfinished(): Promise<void> {
    for (const name of await this.#disk.list(this.#folder))
      if (UNFINISHED.test(name)) await this.#disk.remove(join(this.#folder, name));
  }

  /** Makes the names durable. */
  sync(): Promise<void> {
    return this.#disk.syncFolder(this.#folder);
  }

  #path(base: number): string {
    return join(this.#folder, `${String(base).padStart(16, '0')}.log`);
  }
}

/** Where in a segment, counted from its beginning, there are zeros alone from then on. */
export async function endOfBytes({ file, size }: Segment): Promise<number> {
  const [stretch, zeros] = [Buffer.alloc(FILL_BYTES), Buffer.alloc(FILL_BYTES)];
  for (let end = size; end > 0; end -= FILL_BYTES) {
    const start = Math.max(0, end - FILL_BYTES);
    const bytes = stretch.subarray(0, await file.read(stretch.subarray(0, end - start), start));
    if (bytes.equals(zeros.subarray(0, bytes.length))) continue;
    let last = bytes.length;
    while (bytes[last - 1] === 0) last--;
    return start + last;
  }
  return 0;
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}
