/**
 * A disk that can lose power. What a file or a folder holds is two things: what the system shows, and what is on the
 * platter. Until a datasync each sector written since may have reached the platter in any form that it had, or not at
 * all; until a folder's sync each change of a name likewise. A failed datasync leaves any of it behind, and what it
 * left counts as written. A seed decides.
 */
import { dirname } from 'node:path';
import type { Disk, DiskFile, Tree } from '../../engine/journal/disk.ts';
import { Deferred } from './deferred.ts';
import { Inode } from './inode.ts';
import type { Seeded } from './seeded.ts';

/** How often a call fails, 0 to 1 each. */
export interface Faults {
  readonly write: number;
  readonly datasync: number;
  readonly syncFolder: number;
  readonly create: number;
}

export const NO_FAULTS: Faults = { write: 0, datasync: 0, syncFolder: 0, create: 0 };

type Names = Map<string, Inode>;

interface NameChange {
  readonly folder: string;
  readonly apply: (names: Names) => void;
}

export class CrashingDisk {
  faults: Faults = NO_FAULTS;
  /** How many bytes fit. */
  capacity = Infinity;
  readonly #random: Seeded;
  #names: Names = new Map();
  readonly #durableNames: Names = new Map();
  #changes: NameChange[] = [];
  #process = new Process(0);

  constructor(random: Seeded) {
    this.#random = random;
  }

  /** How many bytes the files take. */
  get used(): number {
    return [...this.#names.values()].reduce((sum, { shown }) => sum + shown.length, 0);
  }

  /** The disk as a process sees it that starts now, and stalls for good at its change number `changes`. */
  attach(changes = Infinity): { readonly disk: Disk; readonly stalled: Promise<void> } {
    const process = new Process(changes);
    this.#process = process;
    return { disk: this.#diskOf(process), stalled: process.stalled };
  }

  /** Kills the process: its calls never return. What it wrote is in the system's memory still. */
  kill(): void {
    this.#process.stall();
  }

  /** Power is lost, and comes back. */
  crash(): void {
    this.kill();
    const kept = this.#random.pick([0, 0, 0.5, 1]);
    for (const { apply } of this.#changes) if (this.#random.chance(kept)) apply(this.#durableNames);
    this.#changes = [];
    this.#names = new Map(this.#durableNames);
    for (const inode of this.#names.values()) inode.crash(this.#random);
  }

  #diskOf(process: Process): Disk {
    const read = <Result>(work: () => Result) => this.#call(process.isAlive, work);
    const change = <Result>(work: () => Result) => this.#call(process.spend, work);
    return {
      makeFolder: () => read(() => undefined),
      list: (folder) => read(() => this.#childrenOf(folder)),
      tree: (folder) => read(() => this.#tree(folder)),
      open: (path, mode) =>
        mode === 'create'
          ? change(() => this.#fileOf(this.#create(path), process))
          : read(() => this.#fileOf(this.#find(path), process)),
      rename: (from, to) =>
        change(() => {
          const inode = this.#names.get(from);
          if (inode !== undefined) return this.#change(to, (names) => names.set(to, inode).delete(from));
          this.#forgetChangesIn(from);
          this.#change(to, (names) => moveFolder(names, from, to));
        }),
      remove: (path) => change(() => this.#change(path, (names) => names.delete(path))),
      removeFolder: (path) =>
        change(() => {
          const gone = this.#below(path).map((file) => [file, this.#find(file)] as const);
          this.#forgetChangesIn(path);
          // What is made there later is another folder's.
          this.#change(path, (names) => {
            for (const [file, inode] of gone) if (names.get(file) === inode) names.delete(file);
          });
        }),
      syncFolder: (folder) => change(() => this.#syncFolder(folder)),
      room: () => read(() => this.capacity - this.used),
    };
  }

  #fileOf(inode: Inode, process: Process): DiskFile {
    const read = <Result>(work: () => Result) => this.#call(process.isAlive, work);
    return {
      size: () => read(() => inode.shown.length),
      read: (into, position) => read(() => inode.shown.copy(into, 0, position)),
      write: async (bytes, position) => {
        const halfway = () => this.#writeSome(inode, bytes, position);
        await this.#call(
          () => process.spend(halfway),
          () => this.#write(inode, bytes, position),
        );
      },
      datasync: () => this.#call(process.spend, () => this.#datasync(inode)),
      close: () => read(() => undefined),
    };
  }

  /** Calls take turns; those of a process that stalled never return. */
  async #call<Result>(isAdmitted: () => boolean, work: () => Result): Promise<Result> {
    for (let turns = this.#random.below(3); turns > 0; turns--) await Promise.resolve();
    return isAdmitted() ? work() : new Promise(() => undefined);
  }

  #below(folder: string): readonly string[] {
    return [...this.#names.keys()].filter((path) => path.startsWith(`${folder}/`)).toSorted();
  }

  #childrenOf(folder: string): readonly string[] {
    const children = this.#below(folder).map((path) => path.slice(folder.length + 1).split('/')[0] ?? '');
    return [...new Set(children)];
  }

  /** Folders are there for as long as something is in them. */
  #tree(folder: string): Tree {
    const files = this.#below(folder).map((path) => path.slice(folder.length + 1));
    const parts = files.map((file) => file.split('/').slice(0, -1));
    const folders = parts.flatMap((names) => names.map((_, index) => names.slice(0, index + 1).join('/')));
    return { folders: [...new Set(folders)].toSorted(), files };
  }

  #datasync(inode: Inode): void {
    if (!this.#random.chance(this.faults.datasync)) return inode.datasync();
    inode.failDatasync(this.#random);
    throw errno('EIO', 'datasync');
  }

  #write(inode: Inode, bytes: Uint8Array, position: number): void {
    const free = Math.max(0, this.capacity - this.used);
    const growth = Math.max(0, position + bytes.length - inode.shown.length);
    if (growth > free) {
      inode.write(bytes.subarray(0, bytes.length - growth + free), position);
      throw errno('ENOSPC', 'write');
    }
    if (this.#random.chance(this.faults.write)) {
      this.#writeSome(inode, bytes, position);
      throw errno('EIO', 'write');
    }
    inode.write(bytes, position);
  }

  #writeSome(inode: Inode, bytes: Uint8Array, position: number): void {
    const done = this.#random.chance(0.3) ? 0 : this.#random.below(bytes.length + 1);
    inode.write(bytes.subarray(0, done), position);
  }

  #create(path: string): Inode {
    if (this.#random.chance(this.faults.create)) throw errno('ENOSPC', 'open');
    const inode = new Inode();
    this.#change(path, (names) => names.set(path, inode));
    return inode;
  }

  #find(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw errno('ENOENT', path);
    return inode;
  }

  #change(path: string, apply: (names: Names) => void): void {
    apply(this.#names);
    this.#changes.push({ folder: dirname(path), apply });
  }

  /** A folder goes elsewhere, or away: what was not synced in it may be lost for good. */
  #forgetChangesIn(folder: string): void {
    this.#changes = this.#changes.filter(
      (change) => change.folder !== folder && !change.folder.startsWith(`${folder}/`),
    );
  }

  #syncFolder(folder: string): void {
    if (this.#random.chance(this.faults.syncFolder)) throw errno('EIO', 'fsync');
    for (const change of this.#changes) if (change.folder === folder) change.apply(this.#durableNames);
    this.#changes = this.#changes.filter((change) => change.folder !== folder);
  }
}

function moveFolder(names: Names, from: string, to: string): void {
  for (const [path, inode] of names) {
    if (!path.startsWith(`${from}/`)) continue;
    names.delete(path);
    names.set(`${to}${path.slice(from.length)}`, inode);
  }
}

class Process {
  readonly #stalled = new Deferred();
  #changes: number;

  constructor(changes: number) {
    this.#changes = changes;
  }

  get stalled(): Promise<void> {
    return this.#stalled.promise;
  }

  readonly isAlive = (): boolean => this.#changes > 0;

  /** Whether another change may be made; the one at which the process stalls is made `halfway`. */
  readonly spend = (halfway?: () => void): boolean => {
    if (this.#changes === 1) halfway?.();
    this.#changes--;
    if (this.#changes <= 0) this.stall();
    return this.isAlive();
  };

  stall(): void {
    this.#changes = 0;
    this.#stalled.resolve();
  }
}

function errno(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}
