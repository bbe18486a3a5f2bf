import type { Processes, Subprocess } from '../processes.ts';

/** Which watchers to open. */
export interface Opening {
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  /** What each sends once it is open; the watchers take them in turn. */
  readonly framesOf: readonly (readonly string[])[];
  readonly count: number;
}

/** Watchers in a process of their own. */
export class Watchers implements AsyncDisposable {
  readonly #process: Subprocess;

  private constructor(process: Subprocess) {
    this.#process = process;
  }

  static async start(processes: Processes): Promise<Watchers> {
    return new Watchers(await processes.start(new URL('watchers-process.ts', import.meta.url)));
  }

  /** Opens more of them. */
  open(opening: Opening): Promise<void> {
    return this.#process.ask('open', opening);
  }

  /** Resolves when they have got so many tiles, together, since the last `reset`. @throws Error for too few, or more. */
  heard(tiles: number): Promise<void> {
    return this.#process.ask('heard', tiles);
  }

  /** Begins to count anew; answers what was counted. */
  reset(): Promise<{ readonly tiles: number; readonly bytes: number }> {
    return this.#process.ask('reset');
  }

  close(): Promise<void> {
    return this.#process.ask('close');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process[Symbol.asyncDispose]();
  }
}

/** What an unmodified tRPC client sends to watch a whole board. Ids of requests differ from client to client. */
export function subscriptions(token: string): readonly (readonly string[])[] {
  return [1, 2, 3, 4].map((id) => [
    JSON.stringify({ method: 'connectionParams', data: { token } }),
    JSON.stringify({
      id,
      method: 'subscription',
      params: { path: 'presence.watch', input: { json: { scope: { all: true } } } },
    }),
  ]);
}

export const SUBSCRIPTION_PATH = '/trpc?connectionParams=1';
