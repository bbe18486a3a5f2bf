/**
 * Before the embedded database is opened: whether it is what it was when it was last used, and if nobody can say so,
 * what is put in its place. Until the mark says that it is there, the next start does all of it again, whatever has
 * interrupted this one; so nothing but the mark has to be durable.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Boot, isSameBoot } from '../../engine/journal/boot.ts';
import type { Disk } from '../../engine/journal/disk.ts';
import { ChunkDamaged } from './chunks.ts';
import { type Mark, readMark, type Unsettled, writeMark } from './mark.ts';
import type { Dump, DumpStore } from './store.ts';

/** Of the embedded database, within the data folder. */
export const DATABASE = 'database';
/** A dump on its way to being the database. */
const UNPACKED = 'database.unpacked';
const ASIDE = 'database.lost';

/** In which nobody has ever run: whatever is opened in it can't be relied on. */
const NO_BOOT: Boot = { id: 'none', since: 0 };

/** There is no database any more, and nothing that could take its place: somebody must decide. */
export class DatabaseLost extends Error {
  override readonly name = 'DatabaseLost';
}

export interface ReclaimOptions {
  readonly disk: Disk;
  readonly dataFolder: string;
  readonly dumps: DumpStore;
  readonly boot: Boot;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What is there of it. */
export interface Traces {
  readonly mark: Mark | null;
  readonly hasDatabase: boolean;
  readonly hasDump: boolean;
}

/** `whole`: as it was left. Everything else but `new` means that it can't be relied on. */
export type Standing = 'whole' | 'new' | 'power' | 'unmarked' | 'missing';

export function standingOf({ mark, hasDatabase, hasDump }: Traces, boot: Boot): Standing {
  if (!hasDatabase) return hasDump ? 'missing' : 'new';
  if (mark === null) return 'unmarked';
  return mark.stopped || isSameBoot(mark.boot, boot) ? 'whole' : 'power';
}

/**
 * Resolves when the database may be opened, to its mark, which is durable and says that it is open.
 * @throws DatabaseLost, NoRoom
 */
export async function reclaim(options: ReclaimOptions): Promise<Mark> {
  const { disk, dataFolder, dumps, boot, now } = options;
  const mark = await readMark(disk, dataFolder);
  const hasDatabase = (await disk.list(dataFolder)).includes(DATABASE);
  const standing = standingOf(
    { mark, hasDatabase, hasDump: dumps.newest !== null || dumps.damaged.length > 0 },
    boot,
  );
  // Else a dump that was put in place, and nothing more, would pass for the database that is missing.
  if (standing === 'missing' && mark !== null)
    await writeMark(disk, dataFolder, { ...mark, boot: NO_BOOT, stopped: false });
  const opened = { boot, openedAt: now, stopped: false };
  const renewed =
    standing === 'whole' && mark !== null
      ? { ...mark, ...opened }
      : { ...opened, era: randomUUID(), unsettled: await become(standing, mark, options) };
  await writeMark(disk, dataFolder, renewed);
  return renewed;
}

async function become(standing: Standing, mark: Mark | null, options: ReclaimOptions): Promise<Unsettled> {
  if (standing === 'new' || standing === 'whole') return { kind: 'new' };
  const { dump, damaged } = await unpackNewest(options);
  if (dump !== null) return putInPlace({ dump, damaged }, { ...options, why: standing, mark });
  if (standing !== 'missing')
    return { kind: 'unproven', why: standing, damaged: numbersOf(damaged, options) };
  const { dataFolder } = options;
  throw new DatabaseLost(
    `the database in ${dataFolder} is gone, and no dump of it can be read: restore a backup, ` +
      'or move the folder dumps away to start with a new one.',
  );
}

/** The newest dump that is whole, null where none is; and the newer ones, which are not. */
interface Unpacked {
  readonly dump: Dump | null;
  readonly damaged: readonly Dump[];
}

async function unpackNewest({ disk, dataFolder, dumps }: ReclaimOptions): Promise<Unpacked> {
  const folder = join(dataFolder, UNPACKED);
  const damaged: Dump[] = [];
  for (const dump of dumps.dumps.toReversed()) {
    await disk.removeFolder(folder);
    try {
      await dumps.unpack(dump, folder);
      return { dump, damaged };
    } catch (error) {
      if (!(error instanceof ChunkDamaged)) throw error;
      damaged.push(dump);
    }
  }
  await disk.removeFolder(folder);
  return { dump: null, damaged };
}

function numbersOf(damaged: readonly Dump[], { dumps }: ReclaimOptions): readonly number[] {
  return [...dumps.damaged, ...damaged.map(({ number }) => number)].toSorted((a, b) => a - b);
}

interface Place extends ReclaimOptions {
  readonly why: 'power' | 'unmarked' | 'missing';
  readonly mark: Mark | null;
}

/** What was there is kept aside. */
async function putInPlace(
  { dump, damaged }: { readonly dump: Dump; readonly damaged: readonly Dump[] },
  place: Place,
): Promise<Unsettled> {
  const { disk, dataFolder, dumps, why, mark } = place;
  const path = (name: string) => join(dataFolder, name);
  const aside = mark === null ? ASIDE : `${ASIDE}-${stampOf(mark.openedAt)}-${mark.era.slice(0, 4)}`;
  const names = await disk.list(dataFolder);
  const isAside = names.includes(aside);
  if (names.includes(DATABASE)) {
    // What is there beside the lost one is a dump that was put in place, and nobody has used.
    if (isAside) await disk.removeFolder(path(DATABASE));
    else await disk.rename(path(DATABASE), path(aside));
  }
  await disk.rename(path(UNPACKED), path(DATABASE));
  // Of an earlier time.
  for (const name of names) if (name.startsWith(ASIDE) && name !== aside) await disk.removeFolder(path(name));
  for (const each of damaged) await dumps.discard(each);
  const isKept = isAside || names.includes(DATABASE);
  return {
    kind: 'put back',
    why,
    dump: dump.number,
    takenAt: dump.manifest.takenAt,
    aside: isKept ? aside : null,
    damaged: numbersOf(damaged, place),
  };
}

/** As a part of a file's name: `20261127T213253Z`. */
function stampOf(at: number): string {
  return new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}
