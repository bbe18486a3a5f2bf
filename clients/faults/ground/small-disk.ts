import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NotHere } from '../scenario.ts';
import type { Folder } from './seeded-folder.ts';

const FILLER = 'filler';
const CHUNK = Buffer.alloc(1 << 20);
/** Mounts so many bytes on a folder, puts a copy of another one there, and becomes the rest. */
const MOUNT = 'mount -t tmpfs -o "size=$1" tmpfs "$2" && cp -a "$3/." "$2" && shift 3 && exec "$@"';

/**
 * A small file system in memory, which exists for one process alone and goes with it: in a mount namespace of its own.
 * Where this process isn't root, a user namespace allows it. What is full here is as full as a disk: ENOSPC.
 */
export class SmallDisk {
  /** What a process is started under that has it (Launch). */
  readonly under: readonly string[];
  readonly #folder: string;

  private constructor(folder: string, under: readonly string[]) {
    this.#folder = folder;
    this.under = under;
  }

  /** To be mounted on a folder, with a copy of what another one holds. @throws NotHere */
  static async on(
    { path }: Folder,
    { bytes, holding }: { bytes: number; holding: Folder },
  ): Promise<SmallDisk> {
    const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
    const namespace = ['unshare', '--mount', ...user, '--'];
    const under = [...namespace, 'sh', '-c', MOUNT, 'sh', String(bytes), path, holding.path];
    const tried = spawn(under[0] ?? '', [...under.slice(1), 'true'], { stdio: 'ignore' });
    const code = await Promise.race([
      once(tried, 'exit').then(([exit]: unknown[]) => exit),
      once(tried, 'error').then(([error]) => String(error)),
    ]);
    if (code !== 0)
      throw new NotHere(`no small file system can be mounted here (unshare --mount, tmpfs): ${String(code)}`);
    return new SmallDisk(path, under);
  }

  /** Fills it to the last byte, as seen by that process. */
  async fill(pid: number): Promise<void> {
    await using file = await open(this.#filler(pid), 'a');
    // In the end by the byte: a megabyte that doesn't fit may still leave room for a page.
    for (let chunk = CHUNK; chunk.length > 0;) {
      try {
        await file.appendFile(chunk);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        chunk = chunk.subarray(0, Math.floor(chunk.length / 2));
      }
    }
  }

  /** Gives back what `fill` took. */
  async free(pid: number): Promise<void> {
    await rm(this.#filler(pid));
  }

  #filler(pid: number): string {
    return join(`/proc/${pid}/root`, this.#folder, FILLER);
  }
}
