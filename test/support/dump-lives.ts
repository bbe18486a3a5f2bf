/**
 * A database that never syncs what it writes lives several lives on a disk that crashes between them, with its dumps
 * and its mark; what it is found to be in each is judged.
 */
import { join } from 'node:path';
import { syncTree } from '../../api/dumps/folders.ts';
import { type Mark, readMark, writeMark } from '../../api/dumps/mark.ts';
import { DATABASE, reclaim, type Standing, standingOf } from '../../api/dumps/reclaim.ts';
import { DumpStore } from '../../api/dumps/store.ts';
import type { Boot } from '../../engine/journal/boot.ts';
import type { Disk } from '../../engine/journal/disk.ts';
import { backupOf } from './backups.ts';
import type { Carelessness } from './careless-disks.ts';
import { CrashingDisk, type Faults, NO_FAULTS } from './crashing-disk.ts';
import { breached, DATA, type DumpTally, World } from './dump-world.ts';
import { Seeded } from './seeded.ts';

const FOLDER = join(DATA, DATABASE);
const FILES = ['PG_VERSION', 'base/1/table', 'base/1/index', 'base/2/table', 'global/control'];
const FAULTS: readonly Faults[] = [
  { write: 0.2, datasync: 0, syncFolder: 0, create: 0 },
  { write: 0, datasync: 0.2, syncFolder: 0, create: 0 },
  { write: 0, datasync: 0, syncFolder: 0.5, create: 0.3 },
];

/** @throws Breached */
export async function dumpAndCrash(
  seed: number,
  careless: Carelessness = (disk) => disk,
): Promise<DumpTally> {
  const random = new Seeded(seed);
  const device = new CrashingDisk(random);
  const world = new World();
  for (let lives = random.between(4, 9); lives > 0; lives--) {
    const changes = random.pick([random.between(1, 60), random.between(1, 300), Infinity]);
    const { disk, stalled } = device.attach(changes);
    const isOver = await Promise.race([
      new Life({ random, device, world, disk: careless(disk) }).live().then(
        () => false,
        (error: unknown) => world.mayEndWith(error),
      ),
      stalled.then(() => false),
    ]);
    if (isOver) return world.tally;
    await new Promise((resolve) => setImmediate(resolve));
    device.faults = NO_FAULTS;
    if (random.chance(0.6)) {
      device.crash();
      world.losePower();
    } else device.kill();
    if (random.chance(0.15)) await world.damageNewest(device.attach().disk, random);
  }
  await new Life({ random, device, world, disk: careless(device.attach().disk) })
    .begin()
    .catch((error: unknown) => world.mayEndWith(error));
  return world.tally;
}

interface LifeOptions {
  readonly random: Seeded;
  readonly device: CrashingDisk;
  readonly world: World;
  readonly disk: Disk;
}

/** From the start of a process to its end. */
class Life {
  readonly #random: Seeded;
  readonly #device: CrashingDisk;
  readonly #world: World;
  readonly #disk: Disk;

  constructor({ random, device, world, disk }: LifeOptions) {
    this.#random = random;
    this.#device = device;
    this.#world = world;
    this.#disk = disk;
  }

  async live(): Promise<void> {
    const { mark, dumps } = await this.begin();
    for (let deeds = this.#random.between(1, 10); deeds > 0; deeds--) {
      if (this.#random.chance(0.3)) await this.#dump(dumps);
      else await this.#write((this.#world.version ?? 0) + 1);
    }
    if (this.#random.chance(0.4)) await this.#stop(mark);
  }

  /** What a start does, and what must be true of what it finds. */
  async begin(): Promise<{ readonly mark: Mark; readonly dumps: DumpStore }> {
    const world = this.#world;
    const disk = this.#disk;
    const dumps = await DumpStore.open(DATA, { disk, chunkBytes: 1024 });
    const boot = { id: `boot ${world.boot}`, since: 0 };
    const standing = await this.#standing(dumps, boot);
    const mark = await reclaim({ disk, dataFolder: DATA, dumps, boot, now: world.boot });
    // Until all is done that follows from it, the mark says what became of it in an earlier life.
    const became = mark.unsettled?.kind ?? 'whole';
    world.tally[became]++;
    const found = became === 'new' ? null : await this.#found();
    // Killed in the middle of a write: the database's own log completes it, or takes it back.
    const isTorn = standing === 'whole' && world.writing !== world.version;
    switch (became) {
      case 'whole':
        if (world.isLost) breached('passes for whole', found);
        if (found !== world.version && !isTorn) breached('is not what it was', found);
        break;
      case 'new':
        if (world.dumped !== null) breached('is gone, and was dumped', world.dumped);
        break;
      case 'put back':
        if (found === null && !isTorn) breached('was put back in parts', found);
        if (found !== null && found < (world.dumped ?? 0)) breached('was put back too far', found);
        break;
      case 'unproven':
        if (world.dumped !== null) breached('was not put back, and was dumped', world.dumped);
        break;
    }
    world.isLost = false;
    world.isClosed = false;
    world.version = found;
    await this.#write((found ?? world.writing ?? 0) + 1);
    const settled = { ...mark, unsettled: null };
    await writeMark(disk, DATA, settled);
    return { mark: settled, dumps };
  }

  async #standing(dumps: DumpStore, boot: Boot): Promise<Standing> {
    const mark = await readMark(this.#disk, DATA);
    const hasDatabase = (await this.#disk.list(DATA)).includes(DATABASE);
    return standingOf(
      { mark, hasDatabase, hasDump: dumps.newest !== null || dumps.damaged.length > 0 },
      boot,
    );
  }

  /** The version that all of the database is of; null where it isn't of one. */
  async #found(): Promise<number | null> {
    const contents = await Promise.all(FILES.map((path) => this.#read(join(FOLDER, path))));
    const [version = NaN, ...others] = contents.map((content) => versionOf(content));
    return others.every((other) => other === version) ? version : null;
  }

  async #read(path: string): Promise<Buffer | null> {
    const file = await this.#disk.open(path, 'read').catch(() => null);
    if (file === null) return null;
    const bytes = Buffer.alloc(await file.size());
    await file.read(bytes, 0);
    return bytes;
  }

  async #write(version: number): Promise<void> {
    this.#world.writing = version;
    for (const path of FILES) {
      const target = join(FOLDER, path);
      const file = await this.#disk.open(target, 'existing').catch(() => this.#disk.open(target, 'create'));
      await file.write(contentOf(path, version), 0);
    }
    this.#world.version = version;
  }

  async #dump(dumps: DumpStore): Promise<void> {
    const { version, tally } = this.#world;
    if (version === null) return;
    const files = new Map(FILES.map((path) => [path, contentOf(path, version)]));
    if (this.#random.chance(0.3)) this.#device.faults = this.#random.pick(FAULTS);
    try {
      await dumps.save({ takenAt: version, positions: {} }, backupOf(files));
      this.#world.dumped = version;
      tally.dumps++;
    } catch {
      tally.failedDumps++;
    } finally {
      this.#device.faults = NO_FAULTS;
    }
  }

  async #stop(mark: Mark): Promise<void> {
    await syncTree(this.#disk, FOLDER);
    await this.#disk.syncFolder(DATA);
    // It may be there from here on, whether it was told or not.
    this.#world.isClosed = true;
    await writeMark(this.#disk, DATA, { ...mark, stopped: true });
    this.#world.tally.cleanStops++;
  }
}

function contentOf(path: string, version: number): Buffer {
  return Buffer.from(`${version} ${path} `.repeat(10 + path.length * 4));
}

/** NaN for what is of no version. */
function versionOf(content: Buffer | null): number {
  if (content === null) return NaN;
  const version = Number.parseInt(content.toString(), 10);
  const is = FILES.some((path) => contentOf(path, version).equals(content));
  return is ? version : NaN;
}
