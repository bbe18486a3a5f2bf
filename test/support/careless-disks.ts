/** Disks that leave out one sync each on which a durable log depends: whoever judges a log must notice every one. */
import type { Disk, DiskFile } from '../../engine/journal/disk.ts';

export type Carelessness = (disk: Disk) => Disk;

const DONE = Promise.resolve();

export const carelessDisks: Readonly<Record<string, Carelessness>> = {
  'no file is synced': withFiles((file) => ({ ...file, datasync: () => DONE })),

  'no folder is synced': (disk) => ({ ...disk, syncFolder: () => DONE }),

  'the zeros of a cut-back are not synced': withFiles((file, { isNew }) => {
    let holdsData = !isNew;
    let isCut = false;
    return {
      ...file,
      write(bytes, position) {
        isCut = holdsData && bytes.every((byte) => byte === 0);
        holdsData = true;
        return file.write(bytes, position);
      },
      datasync: () => (isCut ? DONE : file.datasync()),
    };
  }),

  'what a killed process wrote last is not synced at the start': withFiles((file, { isNew }) => {
    let syncs = 0;
    return { ...file, datasync: () => (!isNew && syncs++ === 0 ? DONE : file.datasync()) };
  }),

  'the names that a killed process gave last are not synced at the start': (disk) => {
    const synced = new Set<string>();
    return {
      ...disk,
      syncFolder: (path) => (synced.has(path) ? disk.syncFolder(path) : (synced.add(path), DONE)),
    };
  },
};

function withFiles(careless: (file: DiskFile, opened: { isNew: boolean }) => DiskFile): Carelessness {
  return (disk) => ({
    ...disk,
    open: async (path, mode) => careless(await disk.open(path, mode), { isNew: mode === 'create' }),
  });
}
