import { once, setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve as absolute } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FrameReader, messageType } from './frames.ts';
import type { Reply, Request, ThreadData } from './messages.ts';

/** The embedded database ended by itself, or was closed; whatever it was asked has no answer. */
export class BackendStopped extends Error {
  override readonly name = 'BackendStopped';
}

/** Takes the next whole messages of an answer. */
export type Receive = (messages: readonly Buffer[]) => void;

/** Whole messages of the wire protocol. */
export interface Question {
  readonly bytes: Uint8Array;
  /** Whether it ends in Query or Sync, so that the answer must end in ReadyForQuery; else in Flush. */
  readonly endsReady: boolean;
}

interface Exchange {
  readonly endsReady: boolean;
  readonly receive: Receive;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * The one session of a PGlite that runs in a thread of its own, so that no query blocks the event loop.
 *
 * An exchange ends in an answer or in BackendStopped; none is left hanging when the thread dies. Callers MUST NOT
 * start an exchange while one is under way (session.ts sees to that).
 */
export class Backend implements AsyncDisposable {
  /** The answer to a start-up message, as every new connection expects it. */
  greeting: Buffer = Buffer.alloc(0);
  readonly #worker: Worker;
  readonly #stop = new AbortController();
  readonly #frames = new FrameReader();
  #exchange: Exchange | null = null;
  /** Of the answer's messages so far. */
  #lastType: number | undefined;
  #closing = false;

  /**
   * Opens the data folder, or makes it. The caller MUST hold the folder's lock: two processes on one folder spoil it
   * without notice. A folder half made is no folder: it is made under another name and then renamed.
   *
   * @throws BackendStopped when the database doesn't start.
   */
  static async start(dataFolder: string): Promise<Backend> {
    const folder = absolute(dataFolder);
    if (!existsSync(join(folder, 'PG_VERSION'))) await Backend.#make(folder);
    return Backend.#open(folder);
  }

  static async #make(folder: string): Promise<void> {
    const there = existsSync(folder) ? await readdir(folder) : [];
    if (there.length > 0) throw new BackendStopped(`the folder holds something else, such as ${there[0]}`);
    const unfinished = `${folder}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(dirname(folder), { recursive: true });
    // In a thread that ends: making a database takes 300 MB that PGlite doesn't give back.
    const made = await Backend.#open(unfinished);
    await made[Symbol.asyncDispose]();
    await rename(unfinished, folder);
  }

  static async #open(folder: string): Promise<Backend> {
    const backend = new Backend(folder);
    const greeting: Buffer[] = [];
    await backend.#answer(true, (messages) => greeting.push(...messages));
    backend.greeting = Buffer.concat(greeting);
    return backend;
  }

  private constructor(folder: string) {
    // Every connection that waits listens; that is no leak.
    setMaxListeners(0, this.stopped);
    const workerData: ThreadData = { folder };
    // Without the options of this process: the thread has its own loader.
    this.#worker = new Worker(new URL('./thread.mjs', import.meta.url), { workerData, execArgv: [] });
    this.#worker.on('message', (reply: Reply) => this.#hear(reply));
    this.#worker.on('error', (error) => this.#die(error.message, error));
    this.#worker.on('messageerror', (error) => this.#die(error.message, error));
    this.#worker.on('exit', (code) => this.#die(this.#closing ? 'closed' : `its thread exited with ${code}`));
  }

  /** Aborted, with a BackendStopped for a reason, when nothing more can be asked. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /**
   * Asks, and hands over the messages of the answer.
   *
   * @throws BackendStopped
   */
  async exchange({ bytes, endsReady }: Question, receive: Receive): Promise<void> {
    this.stopped.throwIfAborted();
    const answered = this.#answer(endsReady, receive);
    // A copy of its own, so that the thread can be given the memory.
    this.#post({ type: 'exchange', bytes: new Uint8Array(bytes) });
    await answered;
  }

  /** Ends the database with a checkpoint. The exchange under way is waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing || this.stopped.aborted) return;
    this.#closing = true;
    const exited = once(this.#worker, 'exit');
    this.#post({ type: 'close' });
    await exited;
  }

  #answer(endsReady: boolean, receive: Receive): Promise<void> {
    this.#lastType = undefined;
    return new Promise((resolve, reject) => {
      this.#exchange = { endsReady, receive, resolve, reject };
    });
  }

  #post(request: Request): void {
    this.#worker.postMessage(request, request.type === 'exchange' ? [request.bytes.buffer] : []);
  }

  #hear(reply: Reply): void {
    const exchange = this.#exchange;
    switch (reply.type) {
      case 'data': {
        const messages = this.#frames.read(reply.bytes);
        this.#lastType = messages.at(-1)?.[0] ?? this.#lastType;
        exchange?.receive(messages);
        return;
      }
      case 'done':
        if (exchange?.endsReady === true && this.#lastType !== messageType.readyForQuery) {
          this.#fail('it broke off an answer');
          return;
        }
        this.#exchange = null;
        exchange?.resolve();
        return;
      case 'failed':
        this.#fail(reply.reason);
        return;
    }
  }

  /** What is left of the database can't be trusted. */
  #fail(why: string): void {
    this.#die(why);
    void this.#worker.terminate();
  }

  #die(why: string, cause?: Error): void {
    if (this.stopped.aborted) return;
    const error = new BackendStopped(`the embedded database stopped: ${why}`, { cause });
    this.#stop.abort(error);
    this.#exchange?.reject(error);
    this.#exchange = null;
  }
}
