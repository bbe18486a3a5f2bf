/**
 * An agent's connection to Rollcall, in Node and in browsers.
 *
 * It comes back by itself (with jitter), resumes its session, states again what the server may have missed — the last
 * activity, an unanswered command — and notices a server that has gone silent.
 */
import type { Activity } from '../../api/contract/activities.ts';
import {
  CLOSE_CODES,
  type NoticeFrame,
  type ServerFrame,
  type StateFrame,
  type WelcomeFrame,
} from '../../api/contract/agent-frames.ts';
import type { Message } from '../../api/contract/messages.ts';
import { type AgentSocketState, frameOf, INITIAL } from './agent-state.ts';
import { Backoff } from './backoff.ts';
import { CommandQueue } from './commands.ts';
import { randomId } from './random-id.ts';
import { RecentIds } from './recent-ids.ts';
import { type SocketConstructor, socketConstructor, type SocketLike } from './web-socket.ts';

export interface AgentSocketOptions {
  /** `ws://host:port/agent` */
  readonly url: string;
  /**
   * An access token that holds now; asked for at each connection. `fresh` when the server has just refused the last
   * one, though it may still look good here.
   */
  readonly token: (wanted: { readonly fresh: boolean }) => Promise<string> | string;
  /** What the agent works at, for supervisors to read. */
  readonly device: string;
  readonly onChange?: (state: AgentSocketState) => void;
  readonly onNotice?: (notice: NoticeFrame) => void;
  /** Called once for each message, also for those that waited while the agent was away. */
  readonly onMessage?: (message: Message) => void;
  readonly WebSocket?: SocketConstructor;
  /** From 0 up to 1; for tests that want the same jitter twice. */
  readonly random?: () => number;
}

/** As it is told; what is left out is made up. */
export type NewActivity = Pick<Activity, 'type'> & Partial<Activity>;

const UNAUTHENTICATED = 4401;
/** Closes after which the agent is logged out. */
const LOGGED_OUT: ReadonlySet<number> = new Set([1000, 4410]);
const ACTIVE_MS = 1_000;
/** So many heartbeats without a word, and the server counts as dead. */
const SILENT_BEATS = 2.5;
const WELCOME_MS = 10_000;
/** So many ids of messages fit into a frame. */
const IDS_OF_A_FRAME = 30;
/** A connection that lived for less didn't mend anything: the wait before the next one goes on growing. */
const STABLE_MS = 5_000;

export class AgentSocket {
  readonly #options: AgentSocketOptions;
  readonly #WebSocket: SocketConstructor;
  readonly #backoff: Backoff;
  readonly #commands: CommandQueue;
  readonly #messages = new RecentIds();
  #state = INITIAL;
  #socket: SocketLike | null = null;
  /** How long the server may be silent on the connection at hand. */
  #patienceMs = WELCOME_MS;
  #watchdog: ReturnType<typeof setTimeout> | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  /** Server time of the newest activity; null while there was none. */
  #activeAt: number | null = null;
  #toldActiveAt = 0;
  #refusedTokens = 0;
  #isLoggedOut = false;
  #liveSince: number | null = null;
  #ids = 0;

  /** @throws TypeError for a URL that is none, and where there is no WebSocket. */
  constructor(options: AgentSocketOptions) {
    if (!/^wss?:/.test(new URL(options.url).protocol))
      throw new TypeError(`${options.url} is no WebSocket's URL`);
    this.#WebSocket = socketConstructor(options.WebSocket);
    this.#options = options;
    this.#backoff = new Backoff({ firstMs: 500, maxMs: 15_000, random: options.random ?? Math.random });
    this.#commands = new CommandQueue((frame) => this.#socket?.send(frame));
    void this.#connect();
  }

  get state(): AgentSocketState {
    return this.#state;
  }

  /** Chooses a status; resolves to the agent's seq once it is durable. @throws CommandRefused */
  setStatus(
    status: string,
    more: { reason?: string; next?: boolean; expectSeq?: number } = {},
  ): Promise<number> {
    return this.#commands.push(this.#newId(), { op: 'status', status, ...more });
  }

  /** More time for the break at hand, once; resolves to the agent's seq once it is durable. @throws CommandRefused */
  extend(reason: string): Promise<number> {
    return this.#commands.push(this.#newId(), { op: 'extend', reason });
  }

  /** Tells how many tasks are at hand, and how many are the most. @throws CommandRefused */
  work(current: number, max: number): Promise<number> {
    return this.#commands.push(this.#newId(), { op: 'work', current, max });
  }

  /** These messages were read. Resolves once it is durable. @throws CommandRefused */
  async read(...messageIds: readonly string[]): Promise<void> {
    const parts = [];
    for (let at = 0; at < messageIds.length; at += IDS_OF_A_FRAME)
      parts.push(this.#lasting({ op: 'read', messages: messageIds.slice(at, at + IDS_OF_A_FRAME) }));
    await Promise.all(parts);
  }

  /** The agent took note of an urgent message. Resolves once it is durable. @throws CommandRefused */
  async acknowledge(messageId: string): Promise<void> {
    await this.#lasting({ op: 'acknowledge', message: messageId });
  }

  /**
   * Records what the agent did elsewhere; now, where no time is given. Once for each id: one is made up where none is
   * given. Resolves once it is durable. @throws CommandRefused
   */
  async recordActivity(activity: NewActivity): Promise<void> {
    const timestamp = Math.round(Date.now() + this.#state.clockOffsetMs);
    const { id = randomId(), ...done } = activity;
    await this.#commands.push(id, { op: 'activity', timestamp, ...done }, { outlivesSession: true });
  }

  /** The agent did something just now. Call it as often as you like. */
  active(): void {
    this.#activeAt = Date.now() + this.#state.clockOffsetMs;
    if (this.#state.connection === 'live' && this.#activeAt - this.#toldActiveAt >= ACTIVE_MS)
      this.#tellActivity();
  }

  /**
   * Logs out, in every tab, and stops. Resolves once it is durable. Should the answer get lost with the connection, the
   * log-out is asked for again, if need be of the session that the reconnect has begun.
   * @throws CommandRefused
   */
  async bye(): Promise<void> {
    try {
      await this.#commands.push(this.#newId(), { op: 'bye' }, { outlivesSession: true });
    } catch (error) {
      // Logged out meanwhile, by another tab or a supervisor: that is what was asked for.
      if (!this.#isLoggedOut) throw error;
    }
    this.stop();
  }

  /** Ends the connection and doesn't come back; the server waits a while for this agent to reconnect. */
  stop(): void {
    const socket = this.#socket;
    this.#end({ code: 1000, reason: 'stopped' });
    socket?.close(1000, 'stopped');
  }

  async #connect(): Promise<void> {
    this.#retry = null;
    this.#change({ connection: 'connecting' });
    let token: string;
    try {
      token = await this.#options.token({ fresh: this.#refusedTokens > 0 });
    } catch {
      return this.#retryLater();
    }
    if (this.#state.connection === 'stopped') return;
    const socket = new this.#WebSocket(this.#options.url);
    this.#socket = socket;
    this.#patienceMs = WELCOME_MS;
    this.#watch(socket);
    socket.addEventListener('open', () => {
      const { session, seq } = this.#state;
      const resume = session === null ? {} : { resume: { session, seq } };
      socket.send(JSON.stringify({ op: 'hello', token, device: this.#options.device, ...resume }));
    });
    socket.addEventListener('message', ({ data }) => {
      const frame = frameOf(data);
      if (this.#socket !== socket) return;
      if (frame === null) this.#reconnect(socket);
      else this.#take(frame, socket);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (this.#socket === socket) this.#closed(code, reason);
    });
    // What an error was is told by the close that follows it.
    socket.addEventListener('error', () => undefined);
  }

  #take(frame: ServerFrame, socket: SocketLike): void {
    if ('heartbeatMs' in frame && frame.heartbeatMs !== undefined)
      this.#patienceMs = frame.heartbeatMs * SILENT_BEATS;
    this.#watch(socket);
    switch (frame.op) {
      case 'welcome':
        return this.#welcomed(frame);
      case 'ok':
        this.#change({ seq: Math.max(this.#state.seq, frame.seq) });
        return this.#commands.answered(frame);
      case 'no':
        return this.#commands.answered(frame);
      case 'state':
        return this.#stateChanged(frame);
      case 'notice':
        return this.#options.onNotice?.(frame);
      case 'message': {
        const { op: _, ...message } = frame;
        if (this.#messages.add(message.id)) this.#options.onMessage?.(message);
        return;
      }
      case 'pulse':
        return this.#change({ clockOffsetMs: frame.now - Date.now() });
      case 'drain':
        this.#retry ??= setTimeout(() => this.#reconnect(socket), frame.afterMs);
        return;
      case 'moved':
        return this.#reconnect(socket);
    }
  }

  #welcomed(frame: WelcomeFrame): void {
    const { session, seq, tile, statuses, allowed, now, resumed } = frame;
    this.#refusedTokens = 0;
    this.#liveSince = performance.now();
    if (!resumed && this.#state.session !== null)
      this.#commands.abandon('the session was lost before the answer came');
    this.#change({
      connection: 'live',
      session,
      seq,
      tile,
      statuses,
      allowed,
      clockOffsetMs: now - Date.now(),
    });
    if (this.#activeAt !== null) this.#tellActivity();
    this.#commands.open();
  }

  #stateChanged({ tile, allowed, statuses = this.#state.statuses }: StateFrame): void {
    this.#change({ tile, allowed, statuses, seq: tile.seq });
  }

  #closed(code: number, reason: string): void {
    this.#leave();
    this.#isLoggedOut = LOGGED_OUT.has(code);
    const known = Object.entries(CLOSE_CODES).find(([listed]) => Number(listed) === code)?.[1];
    if (code === UNAUTHENTICATED && this.#refusedTokens === 0) {
      // The token may have run out meanwhile: one more try with a fresh one.
      this.#refusedTokens += 1;
      return this.#retryLater();
    }
    if (known?.reconnect === false) return this.#end({ code, reason });
    this.#retryLater();
  }

  /** Gives up this connection and makes another. */
  #reconnect(socket: SocketLike): void {
    if (this.#socket !== socket) return;
    this.#leave();
    socket.close(1000, 'reconnecting');
    this.#retryLater();
  }

  #leave(): void {
    if (this.#liveSince !== null && performance.now() - this.#liveSince >= STABLE_MS)
      this.#backoff.succeeded();
    this.#liveSince = null;
    this.#socket = null;
    this.#commands.pause();
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }

  #retryLater(): void {
    if (this.#state.connection === 'stopped') return;
    this.#change({ connection: 'waiting' });
    this.#retry = setTimeout(() => void this.#connect(), this.#backoff.nextMs());
  }

  #end(stoppedBy: { code: number; reason: string }): void {
    this.#leave();
    this.#change({ connection: 'stopped', stoppedBy });
    this.#commands.close(`the connection has ended: ${stoppedBy.reason}`);
  }

  /** The server speaks at least once a heartbeat; silence means that it is gone. */
  #watch(socket: SocketLike): void {
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#reconnect(socket), this.#patienceMs);
  }

  #tellActivity(): void {
    if (this.#activeAt === null) return;
    this.#toldActiveAt = this.#activeAt;
    this.#socket?.send(JSON.stringify({ op: 'active', at: Math.round(this.#activeAt) }));
  }

  #change(change: Partial<AgentSocketState>): void {
    if (this.#state.connection === 'stopped') return;
    this.#state = { ...this.#state, ...change };
    this.#options.onChange?.(this.#state);
  }

  /** A command that holds in whatever session comes next, and does no harm there when it was done already. */
  #lasting(frame: object): Promise<number> {
    return this.#commands.push(this.#newId(), frame, { outlivesSession: true });
  }

  #newId(): string {
    this.#ids += 1;
    return `${this.#state.session ?? 'new'}-${this.#ids}`;
  }
}
