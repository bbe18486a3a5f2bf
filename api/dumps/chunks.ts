/**
 * A long file in chunks, each with its checksum, which is made off the event loop. Each chunk is synced before the next
 * one: so the journal, on the same disk, waits behind one of them at most.
 */
import { webcrypto } from 'node:crypto';
import type { DiskFile } from '../../engine/journal/disk.ts';

export const CHUNK_BYTES = 4 << 20;

export interface ChunkOptions {
  /** 4 MB when absent. */
  readonly chunkBytes?: number;
  /** Breaks it off before the next chunk: its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** Fills `into` from `position`; returns how many bytes there were. */
export type Read = (into: Uint8Array, position: number) => Promise<number>;

export class ChunkWriter {
  readonly checksums: string[] = [];
  readonly #file: DiskFile;
  readonly #chunk: Buffer<ArrayBuffer>;
  readonly #signal: AbortSignal | undefined;
  #filled = 0;
  /** What was written before this chunk. */
  #written = 0;

  constructor(file: DiskFile, { chunkBytes = CHUNK_BYTES, signal }: ChunkOptions = {}) {
    this.#file = file;
    this.#chunk = Buffer.alloc(chunkBytes);
    this.#signal = signal;
  }

  get length(): number {
    return this.#written + this.#filled;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.fill(bytes.length, (into, position) => {
      into.set(bytes.subarray(position, position + into.length));
      return Promise.resolve(into.length);
    });
  }

  /** Writes so many bytes as they are read; zeros where there are fewer. */
  async fill(length: number, read: Read): Promise<void> {
    for (let done = 0; done < length;) {
      const into = this.#chunk.subarray(this.#filled, this.#filled + length - done);
      into.fill(0, await read(into, done));
      done += into.length;
      this.#filled += into.length;
      if (this.#filled === this.#chunk.length) await this.#flush();
    }
  }

  /** Everything is durable then. */
  async finish(): Promise<void> {
    if (this.#filled > 0) await this.#flush();
  }

  async #flush(): Promise<void> {
    this.#signal?.throwIfAborted();
    const bytes = this.#chunk.subarray(0, this.#filled);
    this.checksums.push(await checksumOf(bytes));
    await this.#file.write(bytes, this.#written);
    this.#written += bytes.length;
    this.#filled = 0;
    await this.#file.datasync();
  }
}

export interface Chunked {
  readonly bytes: number;
  readonly chunkBytes: number;
  readonly checksums: readonly string[];
}

/** Reads what was written. Nothing is handed out before its chunk was found to be as it was written. */
export class ChunkReader {
  readonly #file: DiskFile;
  readonly #of: Chunked;
  readonly #signal: AbortSignal | undefined;
  #chunk = Buffer.alloc(0);
  #at = 0;
  #next = 0;

  constructor(file: DiskFile, of: Chunked, { signal }: Pick<ChunkOptions, 'signal'> = {}) {
    this.#file = file;
    this.#of = of;
    this.#signal = signal;
  }

  /** The next bytes, at most so many and at least one; they hold until more is read. @throws ChunkDamaged */
  async read(atMost: number): Promise<Buffer> {
    if (this.#at === this.#chunk.length) await this.#readChunk();
    const bytes = this.#chunk.subarray(this.#at, this.#at + atMost);
    this.#at += bytes.length;
    return bytes;
  }

  /** As `read`, not fewer. @throws ChunkDamaged where there are not so many */
  async exactly(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = count; left > 0;) {
      const part = await this.read(left);
      parts.push(part);
      left -= part.length;
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  }

  /** Looks at all that was not read yet. @throws ChunkDamaged */
  async finish(): Promise<void> {
    while (this.#next < this.#of.checksums.length) await this.#readChunk();
  }

  async #readChunk(): Promise<void> {
    this.#signal?.throwIfAborted();
    const { bytes, chunkBytes, checksums } = this.#of;
    const start = this.#next * chunkBytes;
    const chunk = Buffer.alloc(Math.max(0, Math.min(chunkBytes, bytes - start)));
    const length = await this.#file.read(chunk, start).catch((cause: unknown) => {
      throw new ChunkDamaged(`what was written at ${start} can not be read`, { cause });
    });
    if (chunk.length === 0 || length < chunk.length || (await checksumOf(chunk)) !== checksums[this.#next])
      throw new ChunkDamaged(`what was written at ${start} is not there any more`);
    this.#chunk = chunk;
    this.#at = 0;
    this.#next++;
  }
}

/** What is read is not what was written. */
export class ChunkDamaged extends Error {
  override readonly name = 'ChunkDamaged';
}

/** In another thread: a chunk takes some milliseconds. */
async function checksumOf(bytes: Buffer<ArrayBuffer>): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}
