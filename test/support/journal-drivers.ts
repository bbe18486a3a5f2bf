/** How the contract suite drives each sibling of the journal. */
import { disk } from '../../engine/journal/disk.ts';
import { openFileJournal } from '../../engine/journal/file.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import type { Journal } from '../../engine/journal/port.ts';
import { Deferred } from './deferred.ts';
import { hookedDisk } from './hooked-disk.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface JournalDriver {
  readonly name: string;
  /** A new log. */
  readonly begin: () => Promise<DrivenJournal>;
}

export interface DrivenJournal extends AsyncDisposable {
  readonly journal: Journal;
  /** Lets the next write fail. */
  failNext(): void;
  /** Holds back whatever would become durable, until the result is called. */
  hold(): () => void;
  /** Closes the journal and opens its log again; absent where the log ends with the journal. */
  readonly reopen?: () => Promise<Journal>;
}

const KEEP_BYTES = 4096;
const SEGMENT_BYTES = 1 << 16;

export const memoryDriver: JournalDriver = {
  name: 'memory',
  begin() {
    const gate = new Gate();
    let isToFail = false;
    const journal = new MemoryJournal({
      keepBytes: KEEP_BYTES,
      delay: () => gate.passed(),
      fails() {
        const fails = isToFail;
        isToFail = false;
        return fails;
      },
    });
    return Promise.resolve({
      journal,
      failNext: () => (isToFail = true),
      hold: () => gate.close(),
      [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
    });
  },
};

export const fileDriver: JournalDriver = {
  name: 'file',
  async begin() {
    const folder = await temporaryFolder();
    const gate = new Gate();
    let isToFail = false;
    const hooked = hookedDisk(disk, async ({ does, path }) => {
      if (!path.endsWith('.log') && !path.endsWith('.log.new')) return;
      if (does === 'datasync') await gate.passed();
      if (does === 'write' && isToFail) {
        isToFail = false;
        throw new Error('the disk failed, as it was told to');
      }
    });
    const open = () =>
      openFileJournal({
        lock: { folder: folder.path },
        disk: hooked,
        segmentBytes: SEGMENT_BYTES,
        keepBytes: KEEP_BYTES,
      });
    let journal = await open();
    return {
      journal,
      failNext: () => (isToFail = true),
      hold: () => gate.close(),
      async reopen() {
        await journal[Symbol.asyncDispose]();
        journal = await open();
        return journal;
      },
      async [Symbol.asyncDispose]() {
        await journal[Symbol.asyncDispose]();
        await folder[Symbol.asyncDispose]();
      },
    };
  },
};

class Gate {
  #opened: Promise<void> = Promise.resolve();

  passed(): Promise<void> {
    return this.#opened;
  }

  /** Returns what opens it. */
  close(): () => void {
    const opened = new Deferred();
    this.#opened = opened.promise;
    return opened.resolve;
  }
}
