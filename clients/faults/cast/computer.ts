import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Tile } from '../../../api/contract/tile.ts';
import { killAtExit } from '../ground/children.ts';
import { until, type Wait } from '../waiting.ts';
import type { Credentials } from './person.ts';

/** What the tab on a computer knows, each time it changes. */
export interface Told {
  readonly connection: 'connecting' | 'live' | 'waiting' | 'stopped';
  readonly session: string | null;
  readonly seq: number;
  readonly tile: Tile | null;
  /** Connections that were welcomed so far. */
  readonly connections: number;
}

/** What a computer is asked to do: the tab chooses a status. */
export interface Wish {
  readonly status: string;
  readonly reason: string;
}

export interface ComputerOptions extends Credentials {
  /** Timers run only once in so long, as in a tab that nobody looks at. */
  readonly timersEveryMs?: number;
}

const PROCESS = fileURLToPath(new URL('computer-process.ts', import.meta.url));
const BEGIN_MS = 30_000;

/**
 * A process of its own with one tab of an agent. Put to sleep (SIGSTOP) it does nothing at all, while its socket stays
 * open: as far as its server can tell, somebody closed the lid.
 */
export class Computer implements AsyncDisposable {
  #told: Told = { connection: 'connecting', session: null, seq: 0, tile: null, connections: 0 };
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, 'exit');
    child.on('message', (told) => (this.#told = told as Told));
  }

  /** Resolves when its tab is connected. @throws Fault */
  static async start(options: ComputerOptions): Promise<Computer> {
    const { PATH = '', HOME = '' } = process.env;
    const child = fork(PROCESS, [JSON.stringify(options)], {
      execArgv: ['--import', 'tsx'],
      env: { PATH, HOME },
    });
    killAtExit(child);
    const computer = new Computer(child);
    await computer.until(({ connection }) => connection === 'live', {
      what: `${options.username}'s computer is connected`,
      withinMs: BEGIN_MS,
    });
    return computer;
  }

  /** What its tab told last. */
  get told(): Told {
    return this.#told;
  }

  /** @throws Fault when it takes longer than it may */
  async until(isSo: (told: Told) => boolean, wait: Wait): Promise<void> {
    await until(() => isSo(this.#told), wait);
  }

  choose(wish: Wish): void {
    this.#child.send(wish);
  }

  sleep(): void {
    this.#child.kill('SIGSTOP');
  }

  wake(): void {
    this.#child.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
