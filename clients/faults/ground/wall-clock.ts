import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pause } from '../waiting.ts';
import type { Folder } from './seeded-folder.ts';
import type { Launch } from './server-process.ts';

/** The server's process looks as often as 50 times a second. */
const SEEN_MS = 500;

/** The wall clock of one server process, which can be set. */
export class WallClock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Kept in a file of that folder. */
  static async in(folder: Folder): Promise<WallClock> {
    const clock = new WallClock(join(folder.path, 'wall-clock'));
    await clock.#write(0);
    return clock;
  }

  /** What a server is started with whose clock this is. */
  get launch(): Launch {
    return {
      preload: new URL('wall-clock-preload.ts', import.meta.url).href,
      variables: { ROLLCALL_WALL_CLOCK: this.#path },
    };
  }

  /** Lets the clock go wrong by so much; resolves when it does. */
  async goWrongBy(shiftMs: number): Promise<void> {
    await this.#write(shiftMs);
    await pause(SEEN_MS);
  }

  /** Nobody may read half of it. */
  async #write(shiftMs: number): Promise<void> {
    await writeFile(`${this.#path}.new`, String(shiftMs));
    await rename(`${this.#path}.new`, this.#path);
  }
}
