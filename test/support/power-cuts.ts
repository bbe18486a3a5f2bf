/** What a power cut leaves of a data folder whose process is gone, and what age may do to its dumps. */
import { open, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { readMark, writeMark } from '../../api/dumps/mark.ts';
import { DATABASE } from '../../api/dumps/reclaim.ts';
import { disk } from '../../engine/journal/disk.ts';

/** Bytes of a file that reached the platter, when nobody has synced it. */
const KEPT_BYTES = 8192;

/**
 * The system's memory is gone, with what was in it alone: of a database that was not closed in order, about everything.
 * The journal is synced.
 */
export async function cutPower(dataFolder: string): Promise<void> {
  const mark = await readMark(disk, dataFolder);
  if (mark === null) throw new Error(`nobody has opened a database in ${dataFolder}`);
  await writeMark(disk, dataFolder, { ...mark, boot: { id: 'the one before', since: 0 } });
  if (mark.stopped) return;
  const folder = join(dataFolder, DATABASE);
  for (const path of (await disk.tree(folder)).files) {
    const { size } = await stat(join(folder, path));
    if (size > KEPT_BYTES) await truncate(join(folder, path), KEPT_BYTES);
  }
}

/** Names of the dumps, oldest first. */
export async function dumpsIn(dataFolder: string): Promise<readonly string[]> {
  const names = await readdir(join(dataFolder, 'dumps'));
  return names.filter((name) => name.endsWith('.tar')).toSorted();
}

/** A byte in the middle of it changes. */
export async function damageDump(dataFolder: string, name: string): Promise<void> {
  await using file = await open(join(dataFolder, 'dumps', name), 'r+');
  const at = Math.floor((await file.stat()).size / 2);
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  await file.write(Buffer.of(byte.readUInt8(0) ^ 0xff), 0, 1, at);
}
