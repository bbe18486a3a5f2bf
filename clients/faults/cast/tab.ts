import { WebSocket } from 'ws';
import { AgentSocket } from '../../sdk/agent-socket.ts';
import type { AgentSocketState } from '../../sdk/agent-state.ts';
import { CommandRefused } from '../../sdk/commands.ts';
import type { Login } from '../../sdk/login.ts';
import type { Promised } from '../judging/history.ts';
import { until, type Wait } from '../waiting.ts';

export interface TabOptions {
  /** Of the server, or of a proxy before it: `http://host:port`. */
  readonly url: string;
  readonly login: Login;
  readonly device: string;
}

/** One tab of an agent, with the SDK's socket: it remembers what it was promised. */
export class Tab implements Disposable {
  /** Status changes that were acknowledged, in that order. */
  readonly promised: Promised[] = [];
  /** What was refused, and why. */
  readonly refused: string[] = [];
  /** Connections that were welcomed. */
  connections = 0;
  readonly #login: Login;
  readonly #socket: AgentSocket;
  #connection: AgentSocketState['connection'] = 'connecting';

  constructor({ url, login, device }: TabOptions) {
    this.#login = login;
    this.#socket = new AgentSocket({
      url: `${url.replace(/^http/, 'ws')}/agent`,
      device,
      token: (wanted) => login.token(wanted),
      WebSocket,
      onChange: ({ connection }) => {
        if (connection === 'live' && this.#connection !== 'live') this.connections += 1;
        this.#connection = connection;
      },
    });
  }

  get agentId(): number {
    return this.#login.user.id;
  }

  get username(): string {
    return this.#login.user.username;
  }

  get state(): AgentSocketState {
    return this.#socket.state;
  }

  get isLive(): boolean {
    return this.state.connection === 'live';
  }

  /** @throws Fault when it takes longer than it may */
  async until(isSo: (state: AgentSocketState) => boolean, wait: Wait): Promise<void> {
    await until(() => isSo(this.state), { ...wait, what: `${this.username}: ${wait.what}` });
  }

  async live(withinMs = 10_000): Promise<void> {
    await this.until(({ connection }) => connection === 'live', { what: 'is connected', withinMs });
  }

  /** Resolves to the agent's seq once it is promised; null where it is refused, which is remembered. */
  async choose(status: string, reason: string): Promise<number | null> {
    try {
      const seq = await this.#socket.setStatus(status, { reason });
      this.promised.push({ seq, status, reason });
      return seq;
    } catch (error) {
      if (!(error instanceof CommandRefused)) throw error;
      this.refused.push(`${this.username}: ${status} ${error.code} ${error.message}`);
      return null;
    }
  }

  active(): void {
    this.#socket.active();
  }

  /** Logs out, in every tab. @throws CommandRefused */
  bye(): Promise<void> {
    return this.#socket.bye();
  }

  /** Is closed without a log-out. */
  close(): void {
    this.#socket.stop();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
