/** A journal that lives several lives on a disk that crashes between them; a ledger judges what it says in each. */
import type { Disk } from '../../engine/journal/disk.ts';
import { type FileJournal, openFileJournal } from '../../engine/journal/file.ts';
import {
  type Batch,
  Fenced,
  JournalBroken,
  JournalCorrupt,
  JournalFailed,
  type Offset,
  type Writer,
} from '../../engine/journal/port.ts';
import { read } from './batches.ts';
import type { Carelessness } from './careless-disks.ts';
import { CrashingDisk, type Faults, NO_FAULTS } from './crashing-disk.ts';
import { Breached, Ledger } from './ledger.ts';
import { Seeded } from './seeded.ts';

const FOLDER = '/data';
const PARTITIONS = 3;
const FAULTS: readonly Faults[] = [
  { write: 0, datasync: 0.3, syncFolder: 0, create: 0 },
  { write: 0.3, datasync: 0, syncFolder: 0, create: 0 },
  { write: 0.1, datasync: 0.2, syncFolder: 0.2, create: 0.3 },
];

/** How often what happened. */
export interface Tally {
  starts: number;
  cuts: number;
  acknowledged: number;
  fenced: number;
  failed: number;
  broken: number;
}

/** @throws Breached */
export async function liveAndCrash(seed: number, careless: Carelessness = (disk) => disk): Promise<Tally> {
  const random = new Seeded(seed);
  const disk = new CrashingDisk(random);
  const ledger = new Ledger();
  const tally: Tally = { starts: 0, cuts: 0, acknowledged: 0, fenced: 0, failed: 0, broken: 0 };
  for (let lives = random.between(4, 9); lives > 0; lives--) {
    const attached = disk.attach(random.pick([random.between(1, 15), random.between(1, 60), Infinity]));
    const life = new Life({ random, disk, ledger, tally });
    await Promise.race([life.live(careless(attached.disk)), attached.stalled]);
    await turn();
    ledger.processEnded();
    disk.faults = NO_FAULTS;
    disk.capacity = Infinity;
    if (random.chance(0.5)) disk.crash();
    else disk.kill();
  }
  const last = await open(disk.attach().disk, 4096).catch(unlessUnreadable);
  if (last === null) throw new Error('the journal does not open on a disk without faults');
  ledger.check(last.epoch, (await read(last).catch(unlessUnreadable)) ?? []);
  return tally;
}

interface World {
  readonly random: Seeded;
  readonly disk: CrashingDisk;
  readonly ledger: Ledger;
  readonly tally: Tally;
}

/** From the start of a process to its end. */
class Life {
  readonly #world: World;
  readonly #writers = new Map<number, Writer>();
  readonly #batches: Batch[] = [];
  readonly #closing = new AbortController();
  #hasFailed = false;
  #isBroken = false;
  #made = 0;
  #head: Offset = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async live(disk: Disk): Promise<void> {
    const { random, ledger, tally } = this.#world;
    if (random.chance(0.1)) this.#world.disk.faults = random.pick(FAULTS);
    const journal = await open(disk, random.pick([1024, 2048, 3000, 8192])).catch(unlessUnreadable);
    if (journal === null) return;
    tally.starts++;
    if (journal.cut !== null) tally.cuts++;
    const log = (await read(journal).catch(unlessUnreadable)) ?? [];
    ledger.check(journal.epoch, log);
    this.#head = log.at(-1)?.offset ?? 0;
    if (random.chance(0.25)) return;
    const froms = [0, random.below(this.#head + 1)];
    await Promise.all([this.#work(journal), ...froms.map((from) => this.#follow(journal, from))]);
  }

  async #work(journal: FileJournal): Promise<void> {
    const { random } = this.#world;
    for (let rounds = random.between(1, 12); rounds > 0; rounds--) {
      await this.#round(journal);
      const isOver = this.#isBroken || (this.#hasFailed && random.chance(0.3));
      if (isOver) return this.#closing.abort();
    }
    if (random.chance(0.5)) await journal[Symbol.asyncDispose]();
    else this.#closing.abort();
  }

  async #round(journal: FileJournal): Promise<void> {
    const { random, disk, ledger } = this.#world;
    disk.faults = random.chance(0.3) ? random.pick(FAULTS) : NO_FAULTS;
    disk.capacity = random.chance(0.15) ? disk.used + random.below(4000) : Infinity;
    const partition = random.below(PARTITIONS);
    if (random.chance(0.2) || !this.#writers.has(partition)) await this.#claim(journal, partition);
    const appends = Array.from({ length: random.between(1, 8) }, () => this.#appendSome());
    if (random.chance(0.1)) {
      ledger.trimmed(this.#head);
      await journal.trim(this.#head).catch(unlessUnreadable);
    }
    await Promise.all(appends);
  }

  async #claim(journal: FileJournal, partition: number): Promise<void> {
    const { random, ledger } = this.#world;
    const former = this.#writers.get(partition);
    const claimed = journal.claim(partition).catch(unlessUnreadable);
    const late =
      former !== undefined && random.chance(0.5) ? this.#append(former, this.#newBatch(former)) : null;
    const writer = await claimed;
    await late;
    if (writer === null) return;
    ledger.claimed(partition, writer.term);
    this.#writers.set(partition, writer);
    if (former === undefined) return;
    const isFenced = await former.append(this.#newBatch(former)).then(() => false, isExpected);
    if (!isFenced) throw new Breached('not fenced', `partition ${partition}, term ${former.term}`);
  }

  /** A new batch, or one of the last again, once or twice at the same time. */
  async #appendSome(): Promise<void> {
    const { random } = this.#world;
    const writer = random.pick([...this.#writers.values(), null]);
    if (writer === null) return;
    const mine = this.#batches.filter(
      ({ partition, term }) => partition === writer.partition && term === writer.term,
    );
    const repeated = random.chance(0.2) ? mine.at(-random.between(1, 4)) : undefined;
    const batch = repeated ?? this.#newBatch(writer);
    if (repeated === undefined) this.#batches.push(batch);
    await Promise.all(Array.from({ length: random.pick([1, 1, 1, 2]) }, () => this.#append(writer, batch)));
  }

  #newBatch({ partition, term }: Writer): Batch {
    const { random } = this.#world;
    const bytes = random.pick([0, 40, 200, 700, 700, 1500, random.chance(0.1) ? 12_000 : 300]);
    const id = `${partition}-${term}-${this.#made++}`;
    return { partition, term, id, count: random.between(1, 9), events: random.bytes(bytes) };
  }

  async #append(writer: Writer, batch: Batch): Promise<void> {
    const { ledger, tally } = this.#world;
    ledger.asked(batch);
    try {
      const offset = await writer.append(batch);
      ledger.acknowledged(batch, offset);
      tally.acknowledged++;
      this.#head = Math.max(this.#head, offset);
    } catch (error) {
      if (error instanceof JournalBroken) tally.broken++;
      else if (error instanceof JournalFailed) tally.failed++;
      else if (error instanceof Fenced) tally.fenced++;
      else throw error;
      this.#isBroken ||= error instanceof JournalBroken;
      this.#hasFailed ||= error instanceof JournalFailed;
      // What became of it when the journal broke is not known.
      if (!(error instanceof JournalBroken)) ledger.failed(batch);
    }
  }

  async #follow(journal: FileJournal, from: Offset): Promise<void> {
    const { ledger, random } = this.#world;
    const follower = ledger.follower(from);
    try {
      for await (const batch of journal.follow(from, this.#closing.signal)) {
        follower.push(batch);
        for (let turns = random.below(20); turns > 0; turns--) await Promise.resolve();
      }
    } catch (error) {
      if (!(error instanceof JournalBroken)) unlessUnreadable(error);
    }
  }
}

function open(disk: Disk, segmentBytes: number): Promise<FileJournal> {
  return openFileJournal({ lock: { folder: FOLDER }, disk, segmentBytes, keepBytes: 2000 });
}

/** A fault of the disk may show as any error; damage may not. */
function unlessUnreadable(error: unknown): null {
  if (error instanceof JournalCorrupt) throw new Breached('unreadable', error.message, { cause: error });
  if (error instanceof Breached) throw error;
  return null;
}

function isExpected(error: unknown): boolean {
  return error instanceof Fenced || error instanceof JournalBroken || error instanceof JournalFailed;
}

/** Lets everything that waits on nothing but promises come to rest. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
