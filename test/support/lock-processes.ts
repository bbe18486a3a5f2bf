import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LockAnswer, LockRequest } from './lock-process.ts';

const SCRIPT = fileURLToPath(new URL('./lock-process.ts', import.meta.url));

/** Another process that may hold a folder's lock. Disposing kills it. */
export class LockProcess implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static start(): Promise<LockProcess> {
    return LockProcess.#ready(fork(SCRIPT, { execArgv: ['--import', 'tsx'] }));
  }

  /** One whose parent, which stands for it here, never asks what became of it. */
  static startUnburied(): Promise<LockProcess> {
    const command = '"$0" --import tsx "$1" & exec sleep 60';
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
    return LockProcess.#ready(spawn('sh', ['-c', command, process.execPath, SCRIPT], { stdio: [...stdio] }));
  }

  static async #ready(child: ChildProcess): Promise<LockProcess> {
    await once(child, 'message');
    return new LockProcess(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async ask(request: LockRequest): Promise<LockAnswer> {
    const answer = once(this.#child, 'message');
    this.#child.send(request);
    const [given] = (await answer) as [LockAnswer];
    return given;
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
  }
}
