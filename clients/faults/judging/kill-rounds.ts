import { WebSocket } from 'ws';
import { createRollcallClient } from '../../sdk/client.ts';
import { Login } from '../../sdk/login.ts';
import { Entrance } from '../../simulator/entrance.ts';
import { usernameOf } from '../../simulator/roster.ts';
import type { ServerProcess } from '../ground/server-process.ts';
import { JudgedAgent } from './judged-agent.ts';
import { judge, type Verdict } from './verdict.ts';

export interface KillRoundsOptions {
  /** Starts the server, each time on the same folder and port. Its access tokens must hold for all rounds. */
  readonly start: () => Promise<ServerProcess>;
  readonly agents: number;
  readonly password: string;
  /** Status changes a second, of all agents together. */
  readonly rate: number;
}

export interface Round extends Verdict {
  /** How long the server lived, and how long the next one took to listen, milliseconds. */
  readonly livedMs: number;
  readonly restartMs: number;
}

/**
 * kill -9 under load, round after round. The judge is this process; the server is another. Agents change status over
 * real sockets; every acknowledgement is noted; the server is killed; a new one must show, through its public API
 * alone, every acknowledged change with its seq, none half, none that nobody asked for.
 */
export class KillRounds implements AsyncDisposable {
  readonly #options: KillRoundsOptions;
  readonly #agents: readonly JudgedAgent[];
  readonly #token: string;
  #server: ServerProcess;

  private constructor(
    options: KillRoundsOptions,
    parts: { server: ServerProcess; agents: readonly JudgedAgent[]; token: string },
  ) {
    this.#options = options;
    this.#agents = parts.agents;
    this.#token = parts.token;
    this.#server = parts.server;
  }

  /** Resolves when all agents are connected. */
  static async begin(options: KillRoundsOptions): Promise<KillRounds> {
    const server = await options.start();
    const client = createRollcallClient({ url: server.url, token: () => null, WebSocket });
    const { password } = options;
    const entrance = new Entrance(client, password);
    const names = Array.from({ length: options.agents }, (_, index) => usernameOf(index));
    const agents = await Promise.all(
      names.map(async (name) => new JudgedAgent(name, await (await entrance.logIn(name)).token())),
    );
    const token = await (await Login.open(client, 'manager', password)).token();
    client.close();
    for (const agent of agents) {
      const { seq } = await agent.connect(server.url);
      agent.certain = { ...agent.certain, seq };
    }
    return new KillRounds(options, { server, agents, token });
  }

  /** How long a server may live: each answer must still be remembered when it is asked for again (the last 64). */
  get longestMs(): number {
    const { agents, rate } = this.#options;
    return Math.min(3_000, (60 * 1000 * agents) / rate);
  }

  /** Lets the server live for so long under load, kills it, starts another, and judges that. */
  async play(aliveMs: number): Promise<Round> {
    const { start, agents, rate } = this.#options;
    const working = this.#agents.map((agent) => agent.change((agents / rate) * 1000));
    const begun = performance.now();
    await new Promise((resolve) => setTimeout(resolve, aliveMs));
    await this.#server.end('SIGKILL');
    const livedMs = performance.now() - begun;
    await Promise.all(working);
    const killed = performance.now();
    this.#server = await start();
    const restartMs = performance.now() - killed;
    const verdict = await judge(this.#server.url, this.#agents, this.#token);
    return { ...verdict, livedMs, restartMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents) agent.close();
    await this.#server[Symbol.asyncDispose]();
  }
}
