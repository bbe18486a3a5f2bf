/** Processes that a bench starts: each answers questions (answering.ts), and none outlives the bench. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answered, Question } from './answering.ts';

export interface ProcessOptions {
  /** Options of Node itself, besides those that run TypeScript. */
  readonly node?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

export class Processes implements AsyncDisposable {
  readonly #running = new Set<Subprocess>();
  #isOver = false;

  /** Starts a script that answers questions; resolves when it is ready to. */
  async start(script: URL, options: ProcessOptions = {}): Promise<Subprocess> {
    if (this.#isOver) throw new Error('the bench has ended');
    const { PATH = '', HOME = '' } = process.env;
    const child = fork(fileURLToPath(script), [], {
      execArgv: ['--import', 'tsx', ...(options.node ?? [])],
      env: { PATH, HOME, NODE_ENV: 'production', ...options.variables },
    });
    const started = new Subprocess(child);
    this.#running.add(started);
    child.once('exit', () => this.#running.delete(started));
    await started.ask('ready');
    return started;
  }

  /** Ends every process that still runs; whoever waits for one hears of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#running].map((running) => running[Symbol.asyncDispose]()));
  }
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One process, while it runs. */
export class Subprocess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<unknown>;
  #questions = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, 'exit');
    child.on('message', (answered) => this.#hear(answered as Answered));
    child.once('exit', (code, signal) => this.#end(new Error(`a process ended (${code ?? signal})`)));
  }

  /** @throws Error with the process's own message, or when it ends instead. */
  ask<Answer>(name: string, about: unknown = null): Promise<Answer> {
    const question: Question = { id: ++this.#questions, name, about };
    return new Promise((resolve, reject) => {
      this.#waiting.set(question.id, { resolve: resolve as (value: unknown) => void, reject });
      if (!this.#child.connected) return this.#end(new Error('the process has ended'));
      this.#child.send(question);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #hear({ id, value, error }: Answered): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  }

  #end(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
