import { join } from 'node:path';
import type { Disk } from '../../engine/journal/disk.ts';

/** Makes everything that is in a folder durable, whoever wrote it. */
export async function syncTree(disk: Disk, folder: string): Promise<void> {
  const { folders, files } = await disk.tree(folder);
  for (const path of files) {
    const file = await disk.open(join(folder, path), 'existing');
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  }
  for (const path of folders) await disk.syncFolder(join(folder, path));
  await disk.syncFolder(folder);
}
