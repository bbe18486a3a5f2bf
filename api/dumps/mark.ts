/**
 * What is known of the embedded database while nobody runs it: `database.mark` in the data folder, written durably
 * before the database is opened and after it was closed.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { Disk } from '../../engine/journal/disk.ts';

const instant = z.int();
/** Numbers of the dumps that could not be read. */
const damaged = z.array(z.int()).readonly();

const unsettledSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('put back'),
    /** Why the database that was there, or should have been, was given up. */
    why: z.enum(['power', 'unmarked', 'missing']),
    /** Number of the dump that it was put back to, and when that was taken. */
    dump: z.int(),
    takenAt: instant,
    /** Name of the folder in which the files are that were given up; null where there were none. */
    aside: z.string().nullable(),
    damaged,
  }),
  z.object({ kind: z.literal('unproven'), why: z.enum(['power', 'unmarked']), damaged }),
  z.object({ kind: z.literal('new') }),
]);

const markSchema = z.object({
  /** In which the database was last opened. */
  boot: z.object({ id: z.string(), since: z.number() }),
  openedAt: instant,
  /** Closed in order, and all of it durable. */
  stopped: z.boolean(),
  /** Tokens of another era are of log-in sessions that have ended. */
  era: z.string(),
  /** What became of the database, until all that follows from it is done; null for nothing. */
  unsettled: unsettledSchema.nullable(),
});

export type Mark = Readonly<z.infer<typeof markSchema>>;
export type Unsettled = Readonly<z.infer<typeof unsettledSchema>>;

const NAME = 'database.mark';

/** Null where there is none, or none that can be read. */
export async function readMark(disk: Disk, dataFolder: string): Promise<Mark | null> {
  if (!(await disk.list(dataFolder)).includes(NAME)) return null;
  const file = await disk.open(join(dataFolder, NAME), 'read');
  try {
    const bytes = Buffer.alloc(await file.size());
    await file.read(bytes, 0);
    return markSchema.safeParse(parsed(bytes.toString('utf8'))).data ?? null;
  } finally {
    await file.close();
  }
}

/** Durable when it resolves: this mark, or in a failure the one before. */
export async function writeMark(disk: Disk, dataFolder: string, mark: Mark): Promise<void> {
  const path = join(dataFolder, NAME);
  const file = await disk.open(`${path}.new`, 'create');
  try {
    await file.write(Buffer.from(`${JSON.stringify(mark)}\n`), 0);
    await file.datasync();
  } finally {
    await file.close();
  }
  await disk.rename(`${path}.new`, path);
  await disk.syncFolder(dataFolder);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
