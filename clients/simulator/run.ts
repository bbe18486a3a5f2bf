import { WebSocket } from 'ws';
import { createRollcallClient, type RollcallClient } from '../sdk/client.ts';
import { Login } from '../sdk/login.ts';
import type { Arguments } from './arguments.ts';
import { Audience } from './audience/audience.ts';
import { readRoster } from './roster.ts';
import { Simulator } from './simulator.ts';
import { judge } from './verdict.ts';

/** Who sees everybody; made by `npm run seed` and in the demo. */
const OVERSEER = 'manager';

/** One run of `npm run simulate`: the agents, and those who watch. */
export class Run implements AsyncDisposable {
  readonly #simulator: Simulator;
  readonly #audience: Audience;
  readonly #client: RollcallClient;
  readonly #begun = performance.now();

  private constructor(parts: RunParts) {
    this.#simulator = parts.simulator;
    this.#audience = parts.audience;
    this.#client = parts.client;
  }

  /** @throws Error where somebody is needed who sees everybody, and can't log in. */
  static async open({ url, agents, password, script, watchers, minutes }: Arguments): Promise<Run> {
    let login: Login | null = null;
    const token = async () => (await login?.token()) ?? '';
    const client = createRollcallClient({ url, token: async () => (await token()) || null, WebSocket });
    login = await Login.open(client, OVERSEER, password).catch((cause: unknown) => {
      if (watchers === 0 && minutes === null) return null;
      throw new Error(`--watchers and --minutes need the user ${OVERSEER}: ${String(cause)}`, { cause });
    });
    const roster = login === null ? {} : { roster: await readRoster(client) };
    const simulator = new Simulator({ url, agents, password, script, ...roster });
    return new Run({ simulator, audience: new Audience({ url, token, watchers }), client });
  }

  /** Resolves when everybody is there. @throws TRPCClientError where somebody can't log in. */
  async start(): Promise<void> {
    await Promise.all([this.#simulator.start(), this.#audience.start()]);
  }

  /** How it goes, for a line of JSON. Latencies are of the time since the last one. */
  report(): object {
    const { tally, attendance } = this.#simulator;
    const { changes, refused, skipped, extended, dismissed, troubled } = tally;
    const { events, bytes, snapshots, gaps, closes, errors } = this.#audience.reception;
    return {
      seconds: Math.round((performance.now() - this.#begun) / 1000),
      ...attendance,
      changes,
      refused,
      skipped,
      extended,
      dismissed,
      troubled,
      ...tally.takeLatencies(),
      watchers: this.#audience.size,
      events,
      bytes,
      snapshots,
      gaps,
      closes,
      errors,
    };
  }

  /** Stands still and compares. Answers what was wrong from the beginning to now. */
  async judge(): Promise<readonly string[]> {
    const board = () => this.#client.api.presence.board.query({ scope: { all: true } });
    const wrong = await judge({ simulator: this.#simulator, audience: this.#audience, board });
    const { gaps, closes, errors } = this.#audience.reception;
    const { troubled, troubles } = this.#simulator.tally;
    const counted = {
      gaps,
      'closes of watchers': closes,
      'errors of watchers': errors,
      'troubles of agents': troubled,
    };
    return [
      ...Object.entries(counted).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : [])),
      ...wrong,
      ...troubles,
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#audience[Symbol.dispose]();
    await this.#simulator[Symbol.asyncDispose]();
    this.#client.close();
  }
}

interface RunParts {
  readonly simulator: Simulator;
  readonly audience: Audience;
  readonly client: RollcallClient;
}
