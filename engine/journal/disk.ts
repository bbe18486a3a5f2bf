/**
 * What is asked of a file system by whoever must outlive a power cut: the journal, snapshots, dumps. A write is durable after `datasync` of its file, a name (made, renamed,
 * removed) after `syncFolder`; before that a crash may keep or lose any part of it, in any order.
 */
import { mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

export interface Disk {
  /** Makes a folder, and those above it that are missing; what is made is durable. */
  makeFolder(path: string): Promise<void>;
  /** Names of what is in a folder. */
  list(folder: string): Promise<readonly string[]>;
  /** All that is below a folder. */
  tree(folder: string): Promise<Tree>;
  /** Opens for reading and writing, or only to `read`; `create` makes a new, empty file or empties an old one. */
  open(path: string, mode: keyof typeof FLAGS): Promise<DiskFile>;
  /** Of a file or a folder. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** With all that is in it. */
  removeFolder(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
  /** How many bytes may still be written. */
  room(folder: string): Promise<number>;
}

/** Paths from a folder on, a folder before what is in it. */
export interface Tree {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

export interface DiskFile {
  size(): Promise<number>;
  /** Fills `into` from `position`; returns how many bytes there were. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Writes all of `bytes`. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

const FLAGS = { create: 'w+', existing: 'r+', read: 'r' } as const;

export const disk: Disk = {
  async makeFolder(path) {
    const highest = await mkdir(path, { recursive: true });
    if (highest === undefined) return;
    const above = dirname(resolve(highest));
    for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
      await syncFolder(folder);
      if (folder === above) break;
    }
  },
  list: (folder) => readdir(folder),
  async tree(folder) {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = (are: (typeof found)[number][]) =>
      are.map((entry) => relative(folder, join(entry.parentPath, entry.name))).toSorted();
    return {
      folders: paths(found.filter((entry) => entry.isDirectory())),
      files: paths(found.filter((entry) => entry.isFile())),
    };
  },
  async open(path, mode) {
    return new NodeFile(await open(path, FLAGS[mode]));
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  removeFolder: (path) => rm(path, { recursive: true, force: true }),
  syncFolder,
  async room(folder) {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
};

async function syncFolder(path: string): Promise<void> {
  // Windows can't open a folder, and needs no sync of it.
  if (process.platform === 'win32') return;
  await using folder = await open(path, 'r');
  await folder.sync();
}

class NodeFile implements DiskFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < into.length) {
      const { bytesRead } = await this.#handle.read(into, done, into.length - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      done += (await this.#handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    }
  }

  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
