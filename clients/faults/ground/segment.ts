import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folder } from './seeded-folder.ts';

/** A file of a journal, looked at without its code. The server MUST be stopped. */
export interface Segment {
  /** Behind the last byte that is not zero: what was written may end in zeros, and somewhat later. */
  readonly used: number;
  /** Turns the bits of a byte; a second time, back. */
  flip(at: number): Promise<void>;
  write(at: number, bytes: Uint8Array): Promise<void>;
}

/** The file that was written to last. @throws TypeError where there is none */
export async function lastSegment(data: Folder): Promise<Segment> {
  const folder = join(data.path, 'journal');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.log')).sort();
  for (const name of names.toReversed()) {
    const path = join(folder, name);
    const used = (await readFile(path)).findLastIndex((byte) => byte !== 0) + 1;
    if (used > 0) return segmentIn(path, used);
  }
  throw new TypeError(`nothing was written in ${folder}`);
}

function segmentIn(path: string, used: number): Segment {
  const write = async (at: number, bytes: Uint8Array) => {
    await using file = await open(path, 'r+');
    await file.write(bytes, 0, bytes.length, at);
  };
  return {
    used,
    write,
    async flip(at) {
      const byte = (await readFile(path))[at] ?? 0;
      await write(at, Uint8Array.of(byte ^ 0xff));
    },
  };
}
