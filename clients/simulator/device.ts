import { AgentSocket } from '../sdk/agent-socket.ts';
import type { AgentSocketState } from '../sdk/agent-state.ts';
import type { Login } from '../sdk/login.ts';
import { Line } from './line.ts';

export interface DeviceOptions {
  /** `ws://host:port/agent` */
  readonly url: string;
  readonly name: string;
  readonly login: Pick<Login, 'token'>;
  /** From 0 up to 1: jitter of the reconnects. */
  readonly random: () => number;
  /** It is connected; `isFresh` where its session is not the one that it had. */
  readonly onLive: (isFresh: boolean) => void;
  /** The server logged the agent out. */
  readonly onDismissed: () => void;
  /** The time of the break, or of another duty with a limit, is nearly over. */
  readonly onTimeEnding: () => void;
  /** A connection ended, and nobody here ended it. */
  readonly onTrouble: (text: string) => void;
}

/** Closes that are part of presence: a log-out here, and one elsewhere. */
const BYE = 1000;
const DISMISSED = 4410;

/** One device of an agent: a socket on a line that may break. */
export class Device {
  readonly line = new Line();
  /** Resolves when its first connection is there, or has failed. */
  readonly tried: Promise<void>;
  readonly #options: DeviceOptions;
  readonly #socket: AgentSocket;
  #connection: AgentSocketState['connection'] = 'connecting';
  #session: string | null = null;
  /** The line was cut under a living connection that has not come back yet. */
  #wasCut = false;
  #connections = 0;
  #wake: () => void = () => undefined;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.tried = new Promise((resolve) => (this.#wake = resolve));
    const { url, name, login, random, onTimeEnding } = options;
    this.#socket = new AgentSocket({
      url,
      device: name,
      token: (wanted) => login.token(wanted),
      random,
      WebSocket: this.line.WebSocket,
      onChange: (state) => this.#changed(state),
      onNotice: ({ kind }) => {
        if (kind === 'break_ending') onTimeEnding();
      },
    });
  }

  get state(): AgentSocketState {
    return this.#socket.state;
  }

  get isLive(): boolean {
    return this.#connection === 'live';
  }

  /** Stopped for good, here or by the server. */
  get isOver(): boolean {
    return this.#connection === 'stopped';
  }

  /** How many connections there were: the same before and after, and none broke in between. */
  get connections(): number {
    return this.#connections;
  }

  cut(): void {
    this.#wasCut ||= this.isLive;
    this.line.cut();
  }

  active(): void {
    this.#socket.active();
  }

  /** @throws CommandRefused */
  choose(status: string, reason: string | undefined): Promise<number> {
    return this.#socket.setStatus(status, reason === undefined ? {} : { reason });
  }

  /** More time for the break at hand. @throws CommandRefused */
  extend(reason: string): Promise<number> {
    return this.#socket.extend(reason);
  }

  /** Logs out in every tab; resolves to the agent's seq. @throws CommandRefused */
  async bye(): Promise<number> {
    await this.#socket.bye();
    return this.state.seq;
  }

  /** Just ends. */
  stop(): void {
    this.#socket.stop();
  }

  #changed({ connection, session, stoppedBy }: AgentSocketState): void {
    const before = this.#connection;
    if (connection === before) return;
    this.#connection = connection;
    const { name, onLive, onDismissed, onTrouble } = this.#options;
    if (connection === 'live') {
      const isFresh = session !== this.#session;
      this.#session = session;
      this.#wasCut = false;
      this.#connections += 1;
      onLive(isFresh);
    } else if (connection === 'stopped') {
      if (stoppedBy?.code === DISMISSED) onDismissed();
      else if (stoppedBy?.code !== BYE)
        onTrouble(`${name} was closed with ${stoppedBy?.code} ${stoppedBy?.reason}`);
    } else if (before === 'live' && !this.#wasCut) onTrouble(`${name} lost its connection`);
    this.#wake();
  }
}
