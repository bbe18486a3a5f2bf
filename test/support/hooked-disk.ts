import type { Disk, DiskFile } from '../../engine/journal/disk.ts';

/** What is about to be done to a disk. */
export interface DiskCall {
  readonly does:
    | 'makeFolder'
    | 'list'
    | 'tree'
    | 'open'
    | 'create'
    | 'rename'
    | 'remove'
    | 'removeFolder'
    | 'syncFolder'
    | 'room'
    | keyof DiskFile;
  readonly path: string;
}

/** A disk that asks before it does anything: what `before` throws is that call's error, and what it awaits delays it. */
export function hookedDisk(disk: Disk, before: (call: DiskCall) => Promise<void> | void): Disk {
  return {
    async makeFolder(path) {
      await before({ does: 'makeFolder', path });
      await disk.makeFolder(path);
    },
    async list(path) {
      await before({ does: 'list', path });
      return disk.list(path);
    },
    async tree(path) {
      await before({ does: 'tree', path });
      return disk.tree(path);
    },
    async open(path, mode) {
      await before({ does: mode === 'create' ? 'create' : 'open', path });
      const file = await disk.open(path, mode);
      return hookedFile(file, (does) => before({ does, path }));
    },
    async rename(path, to) {
      await before({ does: 'rename', path });
      await disk.rename(path, to);
    },
    async remove(path) {
      await before({ does: 'remove', path });
      await disk.remove(path);
    },
    async removeFolder(path) {
      await before({ does: 'removeFolder', path });
      await disk.removeFolder(path);
    },
    async syncFolder(path) {
      await before({ does: 'syncFolder', path });
      await disk.syncFolder(path);
    },
    async room(path) {
      await before({ does: 'room', path });
      return disk.room(path);
    },
  };
}

function hookedFile(file: DiskFile, before: (does: keyof DiskFile) => Promise<void> | void): DiskFile {
  return {
    async size() {
      await before('size');
      return file.size();
    },
    async read(into, position) {
      await before('read');
      return file.read(into, position);
    },
    async write(bytes, position) {
      await before('write');
      await file.write(bytes, position);
    },
    async datasync() {
      await before('datasync');
      await file.datasync();
    },
    async close() {
      await before('close');
      await file.close();
    },
  };
}
