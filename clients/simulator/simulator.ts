/** Agents who are not there, each on real agent sockets, doing what a script says. */
import { WebSocket } from 'ws';
import { createRollcallClient, type RollcallClient } from '../sdk/client.ts';
import { Agenda } from './agenda.ts';
import { SimulatedAgent } from './agent.ts';
import { Entrance } from './entrance.ts';
import type { Deed, Script } from './plan/script.ts';
import { type Roster, teamOf, usernameOf } from './roster.ts';
import { Tally } from './tally.ts';
import type { Acknowledged } from './world.ts';

export interface SimulatorOptions {
  /** `http://host:port` */
  readonly url: string;
  /** How many; they are agent0001… */
  readonly agents: number;
  readonly password: string;
  readonly script: Script;
  /** Who belongs to which team; fifties where absent. */
  readonly roster?: Roster;
  /** Hears each acknowledged change, those on the way to others too. */
  readonly onAcknowledged?: (acknowledged: Acknowledged) => void;
}

interface Next {
  readonly agent: SimulatedAgent;
  readonly deed: Deed;
  readonly deeds: Iterator<Deed, void, void>;
}

/** How often somebody who isn't idle shows it, real time. */
const STIR_SECONDS = 60;

export class Simulator implements AsyncDisposable {
  readonly tally = new Tally();
  readonly agents: readonly SimulatedAgent[];
  readonly #options: SimulatorOptions;
  readonly #client: RollcallClient;
  readonly #agenda: Agenda<Next>;
  #stirring: ReturnType<typeof setInterval> | null = null;
  #seconds = 0;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    const { url, password, script, onAcknowledged } = options;
    this.#client = createRollcallClient({ url, token: () => null, WebSocket });
    const entrance = new Entrance(this.#client, password);
    const world = {
      socketUrl: `${url.replace(/^http/, 'ws')}/agent`,
      tally: this.tally,
      logIn: (username: string) => entrance.logIn(username),
      acknowledged: (acknowledged: Acknowledged) => onAcknowledged?.(acknowledged),
    };
    this.#agenda = new Agenda({
      speed: script.speed,
      beginsAt: script.beginsAt,
      onDue: (next) => this.#do(next),
    });
    this.agents = Array.from(
      { length: options.agents },
      (_, index) => new SimulatedAgent(usernameOf(index), world, index),
    );
  }

  /** How many should be there now, and how many are. */
  get attendance(): { readonly present: number; readonly connected: number } {
    return {
      present: this.agents.filter(({ isPresent }) => isPresent).length,
      connected: this.agents.filter(({ isConnected }) => isConnected).length,
    };
  }

  /**
   * Logs in whoever is there when the script begins and sets everybody going; resolves when the last one is in.
   * @throws TRPCClientError where somebody can't log in.
   */
  async start(): Promise<void> {
    for (const [index, agent] of this.agents.entries()) this.#plan(agent, index);
    this.#agenda.start();
    this.#stirring = setInterval(() => this.#stir(), 1000);
    const [first, ...others] = this.agents.filter(({ isPresent }) => isPresent);
    // Where the password is wrong, one try tells.
    await first?.begin();
    await Promise.all(others.map((agent) => agent.begin()));
  }

  /** Everybody stays as they are, and all networks work; resolves when the last change is answered. */
  async pause(): Promise<void> {
    this.#agenda.stop();
    await Promise.all(this.agents.map((agent) => agent.quiet()));
  }

  resume(): void {
    this.#agenda.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agenda[Symbol.dispose]();
    if (this.#stirring !== null) clearInterval(this.#stirring);
    for (const agent of this.agents) agent.stop();
    this.#client.close();
    await Promise.resolve();
  }

  /** What lies before the beginning is taken as done; the first deed after it is planned. */
  #plan(agent: SimulatedAgent, index: number): void {
    const { script, roster = null } = this.#options;
    const deeds = script.deedsOf({ index, team: teamOf(index, roster) });
    for (let next = deeds.next(); next.done !== true; next = deeds.next()) {
      const deed = next.value;
      if (deed.at > script.beginsAt) return this.#agenda.add(deed.at, { agent, deed, deeds });
      agent.recall(deed);
    }
  }

  #do({ agent, deed, deeds }: Next): void {
    const next = deeds.next();
    if (next.done !== true) this.#agenda.add(next.value.at, { agent, deed: next.value, deeds });
    agent.do(deed);
  }

  /** A part of the people each second. */
  #stir(): void {
    this.#seconds += 1;
    for (let place = this.#seconds % STIR_SECONDS; place < this.agents.length; place += STIR_SECONDS)
      this.agents[place]?.stir();
  }
}
