/** Agents who are not there: each on a real agent socket, changing status at a common rate. */
import { WebSocket } from 'ws';
import type { Category } from '../../api/contract/tile.ts';
import { AgentSocket } from '../sdk/agent-socket.ts';
import { createRollcallClient, type RollcallClient } from '../sdk/client.ts';
import { CommandRefused } from '../sdk/commands.ts';
import { Login } from '../sdk/login.ts';
import { pick, pickWeighted, seededRandom } from './random.ts';

export interface SimulatorOptions {
  /** `http://host:port` */
  readonly url: string;
  /** How many; they are agent0001… */
  readonly agents: number;
  readonly password: string;
  /** Status changes a second, of all together. */
  readonly rate: number;
  readonly seed: number;
}

export interface Tally {
  connected: number;
  changes: number;
  refused: number;
}

/** So many log in at once: checking a password costs the server milliseconds. */
const PARALLEL_LOGINS = 4;
/** What people at work turn to next: mostly to customers. */
const LIKELIHOOD: Readonly<Record<Category, number>> = {
  available: 8,
  busy: 9,
  wrap_up: 6,
  break: 1,
  away: 1,
  offline: 0,
};
/** Some agents work with a reason; the catalogue tells which statuses need one. */
const REASONS = ['team meeting', 'coaching with Alex', 'new product training', 'lunch with the team'];

export class Simulator implements AsyncDisposable {
  readonly tally: Tally = { connected: 0, changes: 0, refused: 0 };
  readonly #options: SimulatorOptions;
  readonly #random: () => number;
  readonly #client: RollcallClient;
  readonly #sockets: AgentSocket[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #underWay = new Set<Promise<void>>();
  #isPaused = false;
  #isOver = false;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#client = createRollcallClient({ url: options.url, token: () => null, WebSocket });
  }

  /** Logs everybody in and sets them going; resolves when the last one is in. */
  async start(): Promise<void> {
    const names = Array.from(
      { length: this.#options.agents },
      (_, index) => `agent${String(index + 1).padStart(4, '0')}`,
    );
    const next = names.values();
    await Promise.all(
      Array.from({ length: PARALLEL_LOGINS }, async () => {
        for (const name of next) if (!this.#isOver) await this.#begin(name);
      }),
    );
  }

  /** Everybody stays as they are; resolves when the last change is answered. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    await Promise.all(this.#underWay);
  }

  resume(): void {
    this.#isPaused = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets) socket.stop();
    this.#client.close();
    await Promise.resolve();
  }

  async #begin(username: string): Promise<void> {
    const login = await Login.open(this.#client, username, this.#options.password);
    const url = `${this.#options.url.replace(/^http/, 'ws')}/agent`;
    const socket = new AgentSocket({
      url,
      token: (wanted) => login.token(wanted),
      device: 'simulator',
      WebSocket,
      random: this.#random,
    });
    this.#sockets.push(socket);
    this.tally.connected += 1;
    this.#later(() => this.#takeTurn(socket));
  }

  /** Changes a status when its turn comes, and again after as long as the rate says, give or take. */
  async #takeTurn(socket: AgentSocket): Promise<void> {
    if (!this.#isPaused) {
      const change = this.#change(socket).finally(() => this.#underWay.delete(change));
      this.#underWay.add(change);
      await change;
    }
    this.#later(() => this.#takeTurn(socket));
  }

  async #change(socket: AgentSocket): Promise<void> {
    const { statuses, allowed, connection } = socket.state;
    const offered = statuses.filter((status) => allowed.includes(status.code));
    const status = pickWeighted(offered, ({ category }) => LIKELIHOOD[category], this.#random);
    if (connection !== 'live' || status === undefined) return;
    const reason = status.reasonRequired ? pick(REASONS, this.#random) : undefined;
    socket.active();
    try {
      await socket.setStatus(status.code, reason === undefined ? {} : { reason });
      this.tally.changes += 1;
    } catch (error) {
      if (!(error instanceof CommandRefused)) throw error;
      this.tally.refused += 1;
    }
  }

  #later(run: () => Promise<void>): void {
    if (this.#isOver) return;
    const meanMs = (this.#options.agents / this.#options.rate) * 1000;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        void run();
      },
      meanMs * 2 * this.#random(),
    );
    this.#timers.add(timer);
  }
}
