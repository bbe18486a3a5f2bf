/**
 * One process per data folder. The lock is a file that names its holder; a holder who died (kill -9, power) leaves it
 * behind, and the next start sees that it is dead and takes over at once.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FolderLocked } from './port.ts';

export interface FolderLock extends AsyncDisposable {
  readonly folder: string;
}

interface Holder {
  readonly token: string;
  readonly pid: number;
  /** When that process started, in the system's own unit: tells it from another that got the same pid. */
  readonly started: string;
  /** Which machine, boot and process namespace the pid belongs to. */
  readonly machine: string;
  readonly host: string;
}

const BEAT_MS = 5_000;
/** A holder on another machine, of whom we can't ask whether it lives, counts as dead after this silence. */
const SILENCE_MS = 20_000;
const TRIES = 3;

/** @throws FolderLocked when another process, or this one, holds the folder. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'lock');
  const own = await describeSelf();
  const draft = `${path}.${own.token}`;
  await writeFile(draft, JSON.stringify(own));
  try {
    for (let left = TRIES; left > 0; left--) {
      if (await linked(draft, path)) return hold(folder, path, own);
      await clearIfDead(path, draft);
    }
    throw new FolderLocked(`${folder} is being taken by several processes at once; try again`);
  } finally {
    await rm(draft, { force: true });
  }
}

function hold(folder: string, path: string, own: Holder): FolderLock {
  const beat = setInterval(() => void touch(path), BEAT_MS);
  beat.unref();
  return {
    folder,
    async [Symbol.asyncDispose]() {
      clearInterval(beat);
      if ((await readHolder(path))?.token === own.token) await rm(path, { force: true });
    },
  };
}

async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Removes the lock of a dead holder; throws when it lives. */
async function clearIfDead(path: string, draft: string): Promise<void> {
  const holder = await readHolder(path);
  if (holder === null) return;
  if (await lives(holder, path, draft)) {
    throw new FolderLocked(
      `${path.slice(0, -'/lock'.length)} is in use by process ${holder.pid} on ${holder.host}`,
    );
  }
  // Renamed first, so that of two who found it dead only one removes it, and never the other's fresh lock.
  const dead = `${path}.dead.${randomUUID()}`;
  try {
    await rename(path, dead);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  if ((await readHolder(dead))?.token === holder.token) await rm(dead, { force: true });
  else await rename(dead, path);
}

async function lives(holder: Holder, path: string, draft: string): Promise<boolean> {
  const own = await describeSelf();
  if (holder.machine === own.machine) return holder.started === (await startOf(holder.pid));
  if (holder.host === own.host && holder.machine !== '' && own.machine !== '') return false;
  const [lock, fresh] = await Promise.all([stat(path), stat(draft)]);
  return fresh.mtimeMs - lock.mtimeMs < SILENCE_MS;
}

async function describeSelf(): Promise<Holder> {
  return {
    token: randomUUID(),
    pid: process.pid,
    started: await startOf(process.pid),
    machine: await machineIdentity(),
    host: hostname(),
  };
}

/** When a process started; '' when there is none. Where the system doesn't tell, that it runs. */
async function startOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // The command's name may hold spaces and brackets; the fields behind it don't. The 22nd of all is the start.
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  }
  try {
    process.kill(pid, 0);
    return 'running';
  } catch (error) {
    return isErrno(error, 'EPERM') ? 'running' : '';
  }
}

async function machineIdentity(): Promise<string> {
  if (process.platform !== 'linux') return hostname();
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${boot.trim()} ${namespace}`;
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
