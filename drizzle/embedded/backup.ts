/**
 * PostgreSQL's own online backup, of the embedded database: statements go on while its files are copied. What is copied
 * is a database in the middle of its work; started, it replays the log that was copied last, and stands where the
 * backup ended, or behind. Others wait for a checkpoint at the beginning, and not for the copying.
 */
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Pool } from 'pg';

export interface Backup {
  /** Of all files, about. */
  readonly bytes: number;
  /** In the order in which they MUST be copied. A file may be read until the next entry is asked for. */
  readonly entries: AsyncIterable<BackupEntry>;
}

export type BackupEntry =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'file';
      /** From the database's folder on, with slashes. */
      readonly path: string;
      readonly size: number;
      /** Fills `into` from `position`; fewer bytes where the file has become shorter: the copy has zeros there. */
      read(into: Uint8Array, position: number): Promise<number>;
    };

interface Found {
  readonly path: string;
  readonly size: number;
}

const LOG_FOLDER = 'pg_wal/';
const LOG_FILE = /^pg_wal\/[0-9A-F]{24}$/;
/** What PostgreSQL makes anew when it starts, or what would mislead it. */
const LEFT_OUT =
  /^(?:postmaster\.(?:pid|opts)|backup_label(?:\.old)?|tablespace_map(?:\.old)?|(?:pg_dynshmem|pg_notify|pg_replslot|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\/.*|(?:.*\/)?(?:pgsql_tmp|pg_internal\.init)[^/]*(?:\/.*)?)$/;

/**
 * Has `take` copy the database. Nothing else may make a checkpoint meanwhile: it would throw away the log that is copied
 * last.
 * @throws whatever `take` throws, or the database
 */
export async function backUp<Result>(
  { pool, folder }: { readonly pool: Pool; readonly folder: string },
  take: (backup: Backup) => Promise<Result>,
): Promise<Result> {
  const { rows } = await pool.query<{ first: string }>(
    "SELECT pg_walfile_name(pg_backup_start('rollcall', true)) AS first",
  );
  const first = rows[0]?.first ?? '';
  let isOver = false;
  const stop = async (): Promise<Stopped> => {
    isOver = true;
    const stopped = await pool.query<Stopped>(
      'SELECT labelfile AS label, pg_walfile_name(lsn) AS last FROM pg_backup_stop(false)',
    );
    return stopped.rows[0] ?? { label: '', last: '' };
  };
  try {
    // Whatever is made from here on, the log tells of.
    const { folders, files } = await treeOf(folder);
    const kept = files.filter(({ path }) => !path.startsWith(LOG_FOLDER) && !LEFT_OUT.test(path));
    const entries = async function* (): AsyncGenerator<BackupEntry> {
      for (const path of folders) if (!LEFT_OUT.test(path)) yield { kind: 'folder', path };
      yield* contents(folder, kept);
      const { label, last } = await stop();
      yield* contents(folder, await logFiles(folder, first, last));
      yield fileOf('backup_label', Buffer.from(label));
    };
    const bytes = kept.reduce((sum, { size }) => sum + size, 0);
    return await take({ bytes, entries: entries() });
  } finally {
    // Else the session could begin no other one. If that fails, it was the database that did before.
    if (!isOver) await stop().catch(() => undefined);
  }
}

interface Stopped {
  readonly label: string;
  /** Name of the file in which the log of the backup ends. */
  readonly last: string;
}

async function* contents(folder: string, files: readonly Found[]): AsyncGenerator<BackupEntry> {
  for (const { path } of files) {
    const file = await open(join(folder, path), 'r').catch(nullIfMissing);
    // Dropped meanwhile, as the log tells.
    if (file === null) continue;
    try {
      // As long as it is now: what comes behind, the log tells, too.
      const { size } = await file.stat();
      yield { kind: 'file', path, size, read: (into, position) => fill(file, into, position) };
    } finally {
      await file.close();
    }
  }
}

/** @throws Error where one is missing: nothing could be made of the copy. */
async function logFiles(folder: string, first: string, last: string): Promise<readonly Found[]> {
  const isOfBackup = ({ path }: Found): boolean => {
    const name = path.slice(LOG_FOLDER.length);
    return LOG_FILE.test(path) && name >= first && name <= last;
  };
  const files = (await treeOf(folder)).files.filter(isOfBackup);
  const names = files.map(({ path }) => path.slice(LOG_FOLDER.length));
  const segments = files[0]?.size ?? 0;
  if (names[0] !== first || names.at(-1) !== last || names.length !== distance(first, last, segments) + 1)
    throw new Error(
      `the log of the backup, ${first} to ${last}, is not whole: there are ${names.join(', ')}`,
    );
  return files;
}

/** From one file of the log to another: their names are numbers, the last 8 digits rising within 4 GB. */
function distance(first: string, last: string, segmentBytes: number): number {
  const perHighPart = 2 ** 32 / segmentBytes;
  const numberOf = (name: string): number =>
    Number.parseInt(name.slice(8, 16), 16) * perHighPart + Number.parseInt(name.slice(16), 16);
  return numberOf(last) - numberOf(first);
}

function fileOf(path: string, bytes: Buffer): BackupEntry {
  return {
    kind: 'file',
    path,
    size: bytes.length,
    read: (into, position) =>
      Promise.resolve(bytes.copy(into, 0, position, Math.min(bytes.length, position + into.length))),
  };
}

async function treeOf(
  folder: string,
): Promise<{ readonly folders: readonly string[]; readonly files: readonly Found[] }> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const pathOf = ({ parentPath, name }: (typeof found)[number]): string =>
    relative(folder, join(parentPath, name)).replaceAll(sep, '/');
  const files = await Promise.all(
    found.filter((entry) => entry.isFile()).map((entry) => sized(folder, pathOf(entry))),
  );
  return {
    folders: found
      .filter((entry) => entry.isDirectory())
      .map(pathOf)
      .toSorted(),
    files: files.flatMap((file) => file ?? []).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

async function sized(folder: string, path: string): Promise<Found | null> {
  const told = await stat(join(folder, path)).catch(nullIfMissing);
  return told === null ? null : { path, size: told.size };
}

async function fill(file: FileHandle, into: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}
