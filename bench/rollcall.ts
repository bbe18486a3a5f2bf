/** A Rollcall server in a process of its own, and the people who use it. */
import { WebSocket } from 'ws';
import { AgentSocket } from '../clients/sdk/agent-socket.ts';
import { createRollcallClient, type RollcallClient } from '../clients/sdk/client.ts';
import { Login } from '../clients/sdk/login.ts';
import type { Processes, Subprocess } from './processes.ts';

const PASSWORD = 'Rollcall1';

export interface RollcallOptions {
  /** A new data folder. */
  readonly folder: string;
  /** How many agents there are; they are agent0001… */
  readonly agents: number;
  readonly node?: readonly string[];
}

export class Rollcall implements AsyncDisposable {
  readonly url: string;
  readonly process: Subprocess;
  readonly #client: RollcallClient;
  readonly #agents: AgentSocket[] = [];

  private constructor(process: Subprocess, url: string) {
    this.process = process;
    this.url = url;
    this.#client = createRollcallClient({ url, token: () => null, WebSocket });
  }

  static async start(
    processes: Processes,
    { folder, agents, node = [] }: RollcallOptions,
  ): Promise<Rollcall> {
    const process = await processes.start(new URL('rollcall-process.ts', import.meta.url), {
      node,
      variables: {
        DATA_DIR: folder,
        PORT: '0',
        LOG_LEVEL: 'warn',
        JWT_SECRET: 'only-for-the-length-of-a-bench',
        ADMIN_PASSWORD: PASSWORD,
        BENCH_AGENTS: String(agents),
        BENCH_PASSWORD: PASSWORD,
      },
    });
    return new Rollcall(process, await process.ask<string>('url'));
  }

  /** Where tRPC's and the agents' sockets are. */
  socketUrl(path: '/trpc' | '/agent'): string {
    return `${this.url.replace(/^http/, 'ws')}${path}`;
  }

  logIn(username: string): Promise<Login> {
    return Login.open(this.#client, username, PASSWORD);
  }

  /** Opens `sockets` agent sockets for each of the agents; resolves when all are live. */
  async connectAgents(usernames: readonly string[], sockets = 1): Promise<readonly AgentSocket[]> {
    const opened: AgentSocket[] = [];
    for (const username of usernames) {
      const login = await this.logIn(username);
      opened.push(...(await Promise.all(Array.from({ length: sockets }, () => this.#connect(login)))));
    }
    this.#agents.push(...opened);
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents) agent.stop();
    this.#client.close();
    await this.process[Symbol.asyncDispose]();
  }

  #connect(login: Login): Promise<AgentSocket> {
    return new Promise((resolve) => {
      const socket: AgentSocket = new AgentSocket({
        url: this.socketUrl('/agent'),
        token: (wanted) => login.token(wanted),
        device: 'bench',
        WebSocket,
        onChange: ({ connection }) => {
          if (connection === 'live') resolve(socket);
        },
      });
    });
  }
}

export function agentNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `agent${String(index + 1).padStart(4, '0')}`);
}
