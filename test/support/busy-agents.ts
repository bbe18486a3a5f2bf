import { logIn, sayHello } from './people.ts';
import type { RawSocket } from './raw-socket.ts';

export interface BusyTally {
  readonly acknowledged: number;
  /** What was answered to those that were not. */
  readonly refused: readonly unknown[];
}

/** Agents who change their status all the time, each waiting for the answer before it goes on. */
export class BusyAgents implements Disposable {
  readonly #sockets: readonly RawSocket[];
  #acknowledged = 0;
  readonly #refused: unknown[] = [];
  #isOver = false;
  #working: Promise<unknown> = Promise.resolve();

  private constructor(sockets: readonly RawSocket[]) {
    this.#sockets = sockets;
  }

  /** agent0001 and on, so many. */
  static async logIn(url: string, count: number): Promise<BusyAgents> {
    const names = Array.from({ length: count }, (_, index) => `agent${String(index + 1).padStart(4, '0')}`);
    const sockets = names.map(async (name) => {
      using person = await logIn(url, name);
      return (await sayHello(url, person.token)).socket;
    });
    return new BusyAgents(await Promise.all(sockets));
  }

  get tally(): BusyTally {
    return { acknowledged: this.#acknowledged, refused: this.#refused };
  }

  /** Each one a change every so many milliseconds, at most. */
  begin(everyMs: number): void {
    this.#isOver = false;
    this.#working = Promise.all(this.#sockets.map((socket, index) => this.#work(socket, index, everyMs)));
  }

  async rest(): Promise<void> {
    this.#isOver = true;
    await this.#working;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const socket of this.#sockets) socket[Symbol.dispose]();
  }

  async #work(socket: RawSocket, agent: number, everyMs: number): Promise<void> {
    for (let turn = 0; !this.#isOver; turn++) {
      const status = turn % 2 === 0 ? 'busy' : 'available';
      const asked = socket.ask({ op: 'status', id: `${agent}-${everyMs}-${turn}`, status });
      const answer = await Promise.race([asked, socket.closed]);
      if ('code' in answer && !('op' in answer)) return;
      if ('op' in answer && answer.op === 'ok') this.#acknowledged += 1;
      else this.#refused.push(answer);
      socket.frames.length = 0;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
