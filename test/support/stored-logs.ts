/** File journals on a disk in memory, and what is stored of them, to be looked at and to be damaged. */
import { join } from 'node:path';
import type { Disk } from '../../engine/journal/disk.ts';
import { type FileJournal, type FileJournalOptions, openFileJournal } from '../../engine/journal/file.ts';
import { type Group, groupsIn } from '../../engine/journal/groups.ts';
import { CrashingDisk } from './crashing-disk.ts';
import { Seeded } from './seeded.ts';

const FOLDER = '/data';
const JOURNAL = join(FOLDER, 'journal');

export class StoredLog {
  readonly device: CrashingDisk;
  #process: ReturnType<CrashingDisk['attach']>;

  constructor(seed = 1) {
    this.device = new CrashingDisk(new Seeded(seed));
    this.#process = this.device.attach();
  }

  /** As the present process sees it. */
  get disk(): Disk {
    return this.#process.disk;
  }

  /** The present process is killed; resolves when the next one stalls, at its change number `changes`. */
  kill(changes?: number): Promise<void> {
    this.device.kill();
    this.#process = this.device.attach(changes);
    return this.#process.stalled;
  }

  crash(): void {
    this.device.crash();
    this.#process = this.device.attach();
  }

  open(options: Partial<FileJournalOptions> = {}): Promise<FileJournal> {
    return openFileJournal({ lock: { folder: FOLDER }, disk: this.disk, segmentBytes: 4096, ...options });
  }

  /** The names of the segments, first to last. */
  async segments(): Promise<readonly string[]> {
    return (await this.names()).filter((name) => name.endsWith('.log'));
  }

  async names(): Promise<readonly string[]> {
    return (await this.disk.list(JOURNAL)).toSorted();
  }

  async bytes(segment: string): Promise<Buffer> {
    const file = await this.disk.open(join(JOURNAL, segment), 'existing');
    const bytes = Buffer.alloc(await file.size());
    await file.read(bytes, 0);
    return bytes;
  }

  async groups(segment: string): Promise<readonly Group[]> {
    return [...groupsIn(await this.bytes(segment), baseOf(segment))];
  }

  /** Writes into a file of the log, past the journal; makes the file where it is missing. */
  async overwrite(name: string, bytes: Uint8Array, at = 0): Promise<void> {
    const isThere = (await this.names()).includes(name);
    const file = await this.disk.open(join(JOURNAL, name), isThere ? 'existing' : 'create');
    await file.write(bytes, at);
  }

  remove(name: string): Promise<void> {
    return this.disk.remove(join(JOURNAL, name));
  }
}

export function baseOf(segment: string): number {
  return Number.parseInt(segment, 10);
}
