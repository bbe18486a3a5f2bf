/** The files of a database in one: a tar, in chunks with a checksum each. */
import { isAbsolute, join } from 'node:path';
import type { BackupEntry } from '../../drizzle/embedded/backup.ts';
import type { Disk, DiskFile } from '../../engine/journal/disk.ts';
import { type Chunked, ChunkDamaged, type ChunkOptions, type ChunkReader, ChunkWriter } from './chunks.ts';
import { BLOCK_BYTES, padding, readTarHeader, tarHeader } from './tar.ts';

/** Copies the entries into a file, which is durable then. */
export async function pack(
  entries: AsyncIterable<BackupEntry>,
  file: DiskFile,
  options: ChunkOptions & Pick<Chunked, 'chunkBytes'>,
): Promise<Chunked> {
  const writer = new ChunkWriter(file, options);
  for await (const entry of entries) {
    const size = entry.kind === 'file' ? entry.size : 0;
    await writer.write(tarHeader({ ...entry, size }));
    if (entry.kind === 'file') await writer.fill(size, (into, position) => entry.read(into, position));
    await writer.write(Buffer.alloc(padding(size)));
  }
  await writer.write(Buffer.alloc(2 * BLOCK_BYTES));
  await writer.finish();
  return { bytes: writer.length, chunkBytes: options.chunkBytes, checksums: writer.checksums };
}

/** Makes a folder of it; not durable. @throws ChunkDamaged */
export async function unpack(reader: ChunkReader, disk: Disk, folder: string): Promise<void> {
  await disk.makeFolder(folder);
  for (;;) {
    const head = readTarHeader(await reader.exactly(BLOCK_BYTES));
    if (head === null) break;
    const path = join(folder, within(head.path));
    if (head.kind === 'folder') {
      await disk.makeFolder(path);
    } else {
      await unpackFile(reader, disk, { path, size: head.size });
      await reader.exactly(padding(head.size));
    }
  }
  await reader.finish();
}

async function unpackFile(
  reader: ChunkReader,
  disk: Disk,
  { path, size }: { readonly path: string; readonly size: number },
): Promise<void> {
  const file = await disk.open(path, 'create');
  try {
    for (let position = 0; position < size;) {
      const bytes = await reader.read(size - position);
      await file.write(bytes, position);
      position += bytes.length;
    }
  } finally {
    await file.close();
  }
}

/** @throws ChunkDamaged for a path that leads out of the folder */
function within(path: string): string {
  if (path === '' || isAbsolute(path) || path.split(/[/\\]/).includes('..'))
    throw new ChunkDamaged(`it holds a file of the name ${path}`);
  return path;
}
