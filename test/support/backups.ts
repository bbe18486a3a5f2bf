import type { Backup, BackupEntry } from '../../drizzle/embedded/backup.ts';

/** A backup of files by their paths, in that order; their folders come first. */
export function backupOf(files: ReadonlyMap<string, Uint8Array>): Backup {
  return {
    bytes: [...files.values()].reduce((sum, { length }) => sum + length, 0),
    entries: entriesOf(files),
  };
}

export function fileEntry(path: string, bytes: Uint8Array, size = bytes.length): BackupEntry {
  return {
    kind: 'file',
    path,
    size,
    async read(into, position) {
      const part = bytes.subarray(position, position + into.length);
      into.set(part);
      return part.length;
    },
  };
}

async function* entriesOf(files: ReadonlyMap<string, Uint8Array>): AsyncGenerator<BackupEntry> {
  const parts = [...files.keys()].map((path) => path.split('/').slice(0, -1));
  const folders = parts.flatMap((names) => names.map((_, index) => names.slice(0, index + 1).join('/')));
  for (const path of new Set(folders)) yield { kind: 'folder', path };
  for (const [path, bytes] of files) yield fileEntry(path, bytes);
}
