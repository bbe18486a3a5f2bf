import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Disk } from './disk.ts';

const NAME = 'epoch';

/** The identity that a log was given when it began; null when there is none. */
export async function readEpoch(disk: Disk, folder: string): Promise<string | null> {
  if (!(await disk.list(folder)).includes(NAME)) return null;
  const file = await disk.open(join(folder, NAME), 'existing');
  try {
    const bytes = Buffer.alloc(await file.size());
    await file.read(bytes, 0);
    return bytes.toString('utf8');
  } finally {
    await file.close();
  }
}

/** A new identity, durable: for a log that begins. */
export async function beginEpoch(disk: Disk, folder: string): Promise<string> {
  const epoch = randomUUID();
  const path = join(folder, NAME);
  const file = await disk.open(`${path}.new`, 'create');
  try {
    await file.write(Buffer.from(epoch), 0);
    await file.datasync();
  } finally {
    await file.close();
  }
  await disk.rename(`${path}.new`, path);
  await disk.syncFolder(folder);
  return epoch;
}
