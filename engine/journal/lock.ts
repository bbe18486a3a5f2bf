/**
 * One process per data folder. The lock is a file that names its holder; a holder who died (kill -9, power) leaves it
 * behind, and the next start sees that it is dead and takes over at once. A holder whose process can't be asked after
 * (another machine, another container) must have been silent for a while first.
 */
import { randomUUID } from 'node:crypto';
import { link, open, readFile, readlink, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { bootId } from './boot.ts';
import { disk } from './disk.ts';
import { FolderLocked } from './port.ts';

export interface FolderLock extends AsyncDisposable {
  readonly folder: string;
}

interface Holder {
  readonly token: string;
  readonly pid: number;
  /** When that process started, in the system's own unit: tells it from another that got the same pid. */
  readonly started: string;
  /** Since when that machine runs; '' where the system doesn't tell. */
  readonly boot: string;
  /** Within which the pid means something. */
  readonly namespace: string;
  readonly host: string;
}

interface Candidate {
  readonly folder: string;
  readonly own: Holder;
  /** A file that holds `own`, ready to be put into a lock's place. */
  readonly draft: string;
}

const BEAT_MS = 5_000;
/** A holder of whom we can't ask whether it lives counts as dead after this silence. */
const SILENCE_MS = 20_000;
const TRIES = 3;

/** @throws FolderLocked when another process, or this one, holds the folder. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await disk.makeFolder(folder);
  const path = join(folder, 'lock');
  const own = await describeSelf();
  const content = JSON.stringify(own);
  const draft = `${path}.${own.token}`;
  const file = await open(draft, 'wx');
  try {
    await file.write(content, 0);
    await take(path, { folder, own, draft });
  } catch (error) {
    await file.close();
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  // Written through the file, not the path: a lock that was taken away meanwhile is not touched.
  const beat = setInterval(() => void file.write(content, 0).catch(() => undefined), BEAT_MS);
  beat.unref();
  return {
    folder,
    async [Symbol.asyncDispose]() {
      clearInterval(beat);
      await file.close();
      if (holderIn(await contentOf(path))?.token === own.token) await rm(path, { force: true });
    },
  };
}

async function take(path: string, candidate: Candidate): Promise<void> {
  for (let left = TRIES; left > 0; left--) {
    if (await linked(candidate.draft, path)) return;
    const content = await contentOf(path);
    if (content === null) continue;
    // Half a lock is what a power cut left of one: nobody lives behind it.
    const holder = holderIn(content);
    if (holder !== null && (await lives(holder, path, candidate))) {
      throw new FolderLocked(`${candidate.folder} is in use by process ${holder.pid} on ${holder.host}`);
    }
    if (await replaced(path, content, candidate)) return;
  }
  throw new FolderLocked(`${candidate.folder} is being taken by several processes at once; try again`);
}

/**
 * Puts the candidate in the place of a dead holder. The right to do so is itself a lock: of several who found the
 * holder dead one goes on, and sees whether it is still there. So the place is never empty, and no fresh lock is lost.
 */
async function replaced(path: string, dead: string, candidate: Candidate): Promise<boolean> {
  const right = `${path}.dead`;
  await take(right, candidate);
  try {
    if ((await contentOf(path)) !== dead) return false;
    const copy = `${candidate.draft}.copy`;
    await link(candidate.draft, copy);
    await rename(copy, path);
    return true;
  } finally {
    await rm(right, { force: true });
  }
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

async function lives(holder: Holder, path: string, { own, draft }: Candidate): Promise<boolean> {
  if (holder.boot === own.boot && holder.namespace === own.namespace) return isRunning(holder);
  // The same machine before it was started again.
  if (holder.boot !== own.boot && holder.host === own.host) return false;
  const [lock, fresh] = await Promise.all([lastBeat(path), lastBeat(draft)]);
  return fresh - lock < SILENCE_MS;
}

async function isRunning({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!isErrno(error, 'EPERM')) return false;
  }
  const now = await processStat(pid);
  if (now === null) return true;
  return now.state !== 'Z' && now.state !== 'X' && now.started === started;
}

async function describeSelf(): Promise<Holder> {
  return {
    token: randomUUID(),
    pid: process.pid,
    started: (await processStat(process.pid))?.started ?? '',
    boot: await bootId(),
    namespace: await readlink('/proc/self/ns/pid').catch(() => hostname()),
    host: hostname(),
  };
}

/** What the system tells about a process; null where it doesn't. */
async function processStat(pid: number): Promise<{ state: string; started: string } | null> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (line === null) return null;
  // The command's name, the second field, may hold spaces and brackets; the fields behind it don't.
  const [state = '', ...fields] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return { state, started: fields[18] ?? '' };
}

async function contentOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Who a lock's content names; null where it names nobody. */
function holderIn(content: string | null): Holder | null {
  try {
    const { token, pid, started, boot, namespace, host } = JSON.parse(content ?? '') as Partial<Holder>;
    if (!token || !pid || !Number.isSafeInteger(pid) || pid < 0 || !host) return null;
    return {
      token,
      pid,
      started: started ?? '',
      boot: boot ?? '',
      namespace: namespace ?? '',
      host,
    };
  } catch {
    return null;
  }
}

/** When a lock was last touched, epoch milliseconds; 0 when it is gone. */
async function lastBeat(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 0;
    throw error;
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
