/** What is known of a database that lives on a crashing disk, by whoever judges what it is found to be. */
import { join } from 'node:path';
import { decodeManifest } from '../../api/dumps/manifest.ts';
import { DatabaseLost } from '../../api/dumps/reclaim.ts';
import type { Disk, DiskFile } from '../../engine/journal/disk.ts';
import { Breached } from './ledger.ts';
import type { Seeded } from './seeded.ts';

export const DATA = '/data';
const DUMPS = join(DATA, 'dumps');

/** How often what happened. */
export interface DumpTally {
  whole: number;
  new: number;
  'put back': number;
  unproven: number;
  dumps: number;
  failedDumps: number;
  cleanStops: number;
  damages: number;
}

export const NO_TALLY: DumpTally = {
  whole: 0,
  new: 0,
  'put back': 0,
  unproven: 0,
  dumps: 0,
  failedDumps: 0,
  cleanStops: 0,
  damages: 0,
};

export class World {
  readonly tally: DumpTally = { ...NO_TALLY };
  boot = 1;
  /** The last version that was written whole; null while there is no database. */
  version: number | null = null;
  /** One that may have been written in part. */
  writing: number | null = null;
  /** A version at least as new must be found, whatever happens; null while there is no dump. */
  dumped: number | null = null;
  /** Power was lost and the database was not closed in order, for sure. */
  isLost = false;
  isClosed = false;
  /** Numbers of dumps of which a chunk, and of those of which the manifest was damaged. */
  readonly #damaged = new Set<number>();
  readonly #unreadable = new Set<number>();

  /** It is gone, and each of its dumps was damaged: that has to be told. */
  mayEndWith(error: unknown): boolean {
    if (!(error instanceof DatabaseLost)) throw error;
    if (this.dumped !== null) breached('is given up, and was dumped', this.dumped);
    return true;
  }

  losePower(): void {
    this.boot += 1;
    if (!this.isClosed && this.version !== null) this.isLost = true;
  }

  /** A byte of the newest dump, or of its manifest, changes; where there is one before it, that is as good as it was. */
  async damageNewest(disk: Disk, random: Seeded): Promise<void> {
    const names = await disk.list(DUMPS);
    const isWhole = (name: string) => name.endsWith('.json') && names.includes(name.replace('json', 'tar'));
    const numbers = names.filter(isWhole).map((name) => Number.parseInt(name, 10));
    const [before, newest] = numbers
      .filter((number) => !this.#unreadable.has(number))
      .sort((a, b) => a - b)
      .slice(-2);
    if (before === undefined || newest === undefined) return;
    const kind = random.pick(['tar', 'json'] as const);
    await damage(await disk.open(pathOf(newest, kind), 'existing'), random);
    (kind === 'tar' ? this.#damaged : this.#unreadable).add(newest);
    this.dumped = this.#damaged.has(before) ? null : await versionIn(disk, before);
    this.tally.damages++;
  }
}

function pathOf(number: number, kind: 'tar' | 'json'): string {
  return join(DUMPS, `${String(number).padStart(10, '0')}.${kind}`);
}

async function damage(file: DiskFile, random: Seeded): Promise<void> {
  const at = random.below(await file.size());
  const byte = Buffer.alloc(1);
  await file.read(byte, at);
  await file.write(Buffer.of(byte.readUInt8(0) ^ 0xff), at);
  await file.datasync();
}

/** That the dump of that number holds, as its manifest tells: it was taken at the time of its version. */
async function versionIn(disk: Disk, number: number): Promise<number | null> {
  const file = await disk.open(pathOf(number, 'json'), 'read');
  const bytes = Buffer.alloc(await file.size());
  await file.read(bytes, 0);
  return decodeManifest(bytes)?.takenAt ?? null;
}

export function breached(what: string, found: unknown): never {
  throw new Breached('lost', `the database ${what}: ${JSON.stringify(found)}`);
}
