/**
 * Dumps of the embedded database, the newest two, each a tar and a manifest beside it: `dumps/0000000007.tar` and
 * `.json`. A dump is there when its manifest is: that is written last, when the tar is durable and was read back.
 */
import { basename, join } from 'node:path';
import type { Backup } from '../../drizzle/embedded/backup.ts';
import { type Disk, type DiskFile, disk as realDisk } from '../../engine/journal/disk.ts';
import type { Offset } from '../../engine/journal/port.ts';
import { pack, unpack } from './archive.ts';
import { CHUNK_BYTES, ChunkDamaged, ChunkReader } from './chunks.ts';
import { decodeManifest, encodeManifest, type Manifest } from './manifest.ts';

export interface Dump {
  /** Rises from dump to dump. */
  readonly number: number;
  readonly manifest: Manifest;
}

/** What is known of a dump before it is made. */
export type DumpHead = Pick<Manifest, 'takenAt' | 'positions'>;

export interface DumpStoreOptions {
  readonly disk?: Disk;
  /** 4 MB when absent. */
  readonly chunkBytes?: number;
}

/** The disk has no room for what is to be written: somebody must make some. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom';
}

/** One is being made already. */
export class DumpUnderWay extends Error {
  override readonly name = 'DumpUnderWay';
}

/** So many are kept, in case the newest can't be read some day. */
const KEPT = 2;
const NAME = /^(\d{10})\.(tar|json)$/;
/** A dump must not be what fills up the disk: so much is left to the journal. */
const SPARE_BYTES = 256 << 20;

export class DumpStore {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #chunkBytes: number;
  /** Oldest first. */
  #dumps: readonly Dump[] = [];
  #damaged: readonly number[] = [];
  #lastNumber = 0;
  #isSaving = false;

  private constructor(folder: string, { disk = realDisk, chunkBytes = CHUNK_BYTES }: DumpStoreOptions) {
    this.#folder = folder;
    this.#disk = disk;
    this.#chunkBytes = chunkBytes;
  }

  /** Removes what an interrupted dump left. */
  static async open(dataFolder: string, options: DumpStoreOptions = {}): Promise<DumpStore> {
    const { disk = realDisk } = options;
    const folder = join(dataFolder, 'dumps');
    await disk.makeFolder(folder);
    const store = new DumpStore(folder, options);
    await store.#look();
    return store;
  }

  /** Oldest first. */
  get dumps(): readonly Dump[] {
    return this.#dumps;
  }

  get newest(): Dump | null {
    return this.#dumps.at(-1) ?? null;
  }

  /** Numbers of those that were found unreadable when this was opened; they are not among `dumps`. */
  get damaged(): readonly number[] {
    return this.#damaged;
  }

  /**
   * The journal of that identity is needed behind this offset alone for that copy's sake, whichever of the dumps is
   * fallen back to. 0 while there is but one.
   */
  heldSafely(copy: string, epoch: string): Offset {
    if (this.#dumps.length < KEPT) return 0;
    const positions = this.#dumps.map(({ manifest }) => {
      const standing = manifest.positions[copy];
      return standing?.epoch === epoch ? standing.position : 0;
    });
    return Math.min(...positions);
  }

  /**
   * Writes a dump: durable, and read back, when this resolves; else the dumps are what they were.
   * @throws NoRoom, DumpUnderWay, the signal's reason
   */
  async save(head: DumpHead, backup: Backup, signal?: AbortSignal): Promise<Dump> {
    if (this.#isSaving) throw new DumpUnderWay(`a dump is being written to ${this.#folder} already`);
    this.#isSaving = true;
    try {
      await this.#needRoom(backup.bytes + SPARE_BYTES);
      return await this.#write(head, backup, signal);
    } finally {
      this.#isSaving = false;
    }
  }

  async #write(head: DumpHead, backup: Backup, signal: AbortSignal | undefined): Promise<Dump> {
    // Never the number of one that failed: what a crash leaves of that would be taken for a part of this.
    const number = ++this.#lastNumber;
    const [tar, json] = [this.#path(number, 'tar'), this.#path(number, 'json')];
    try {
      const options = { chunkBytes: this.#chunkBytes, signal };
      const packed = await this.#in(tar, 'create', (file) => pack(backup.entries, file, options));
      const dump: Dump = { number, manifest: { format: 1, ...head, ...packed } };
      await this.#in(tar, 'read', (file) => new ChunkReader(file, packed, { signal }).finish());
      await this.#create(`${json}.new`, encodeManifest(dump.manifest));
      await this.#disk.rename(`${json}.new`, json);
      await this.#disk.syncFolder(this.#folder);
      this.#keep(dump);
      // What can't be removed now is in nobody's way, and removed after the next one.
      await this.#removeOlder().catch(() => undefined);
      return dump;
    } catch (error) {
      for (const path of [`${json}.new`, json, tar]) await this.#disk.remove(path).catch(() => undefined);
      throw error;
    }
  }

  /** Makes that folder out of a dump; not durable. @throws ChunkDamaged, NoRoom */
  async unpack(dump: Dump, folder: string): Promise<void> {
    await this.#needRoom(dump.manifest.bytes);
    await this.#read(dump, (reader) => unpack(reader, this.#disk, folder));
  }

  /** Removes a dump that can't be read. */
  async discard({ number }: Dump): Promise<void> {
    this.#dumps = this.#dumps.filter((dump) => dump.number !== number);
    for (const kind of ['json', 'tar'] as const) await this.#disk.remove(this.#path(number, kind));
    await this.#disk.syncFolder(this.#folder);
  }

  async #look(): Promise<void> {
    const names = (await this.#disk.list(this.#folder)).toSorted();
    for (const name of names) {
      const [, digits, kind] = NAME.exec(name) ?? [];
      const number = Number(digits ?? 0);
      const isUnfinished = name.endsWith('.new') || (kind === 'tar' && !names.includes(`${digits}.json`));
      if (isUnfinished) await this.#disk.remove(join(this.#folder, name));
      else if (kind === 'json') {
        this.#lastNumber = number;
        // Without its tar: one that was being removed.
        if (!names.includes(`${digits}.tar`)) continue;
        const manifest = decodeManifest(await this.#contentOf(this.#path(number, 'json')));
        if (manifest === null) this.#damaged = [...this.#damaged, number];
        else this.#keep({ number, manifest });
      }
    }
  }

  #keep(dump: Dump): void {
    this.#dumps = [...this.#dumps, dump].slice(-KEPT);
  }

  /** All of lower numbers than those that are kept. A dump without its manifest is none: that goes first. */
  async #removeOlder(): Promise<void> {
    const oldest = this.#dumps[0]?.number ?? 0;
    for (const name of (await this.#disk.list(this.#folder)).toSorted()) {
      const number = Number(NAME.exec(name)?.[1] ?? oldest);
      if (number < oldest) await this.#disk.remove(join(this.#folder, name));
    }
    await this.#disk.syncFolder(this.#folder);
  }

  async #read({ number, manifest }: Dump, read: (reader: ChunkReader) => Promise<void>): Promise<void> {
    const path = this.#path(number, 'tar');
    if (!(await this.#disk.list(this.#folder)).includes(basename(path)))
      throw new ChunkDamaged(`there is no ${path}`);
    await this.#in(path, 'read', (file) => read(new ChunkReader(file, manifest)));
  }

  #contentOf(path: string): Promise<Buffer> {
    return this.#in(path, 'read', async (file) => {
      const bytes = Buffer.alloc(await file.size());
      return bytes.subarray(0, await file.read(bytes, 0));
    });
  }

  #create(path: string, bytes: Buffer): Promise<void> {
    return this.#in(path, 'create', async (file) => {
      await file.write(bytes, 0);
      await file.datasync();
    });
  }

  async #in<Result>(
    path: string,
    mode: 'create' | 'read',
    work: (file: DiskFile) => Promise<Result>,
  ): Promise<Result> {
    const file = await this.#disk.open(path, mode);
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  }

  async #needRoom(bytes: number): Promise<void> {
    const room = await this.#disk.room(this.#folder);
    if (room < bytes)
      throw new NoRoom(`${this.#folder} needs ${inMb(bytes)} of room, and there are ${inMb(room)}`);
  }

  #path(number: number, kind: 'tar' | 'json'): string {
    return join(this.#folder, `${String(number).padStart(10, '0')}.${kind}`);
  }
}

function inMb(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MB`;
}
