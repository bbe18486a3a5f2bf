import { once } from 'node:events';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Frame } from './raw-socket.ts';

/** One connection of a client, as a script plays it. */
export class ScriptedConnection {
  readonly closed: Promise<{ readonly code: number }>;
  readonly #socket: WebSocket;
  readonly #frames: Frame[] = [];
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: RawData) => {
      this.#frames.push(JSON.parse((data as Buffer).toString()) as Frame);
      this.#wake();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', (code) => resolve({ code })));
  }

  /** The next frame that the client sends. */
  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** What has come and was not asked for yet. */
  get waiting(): readonly Frame[] {
    return this.#frames;
  }

  send(frame: object | string): void {
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  sendBinary(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  /** Takes the hello and welcomes; answers the hello. */
  async welcome(more: object = {}): Promise<Frame> {
    const hello = await this.next();
    const { resume } = hello as { resume?: { session: string; seq: number } };
    const session = resume?.session ?? 's1';
    const seq = resume?.seq ?? 1;
    this.send({
      op: 'welcome',
      session,
      seq,
      epoch: 'e',
      now: Date.now(),
      tile: { id: 1, seq, status: 'available' },
      statuses: [],
      allowed: ['busy'],
      heartbeatMs: 30_000,
      resumed: resume !== undefined,
      ...more,
    });
    return hello;
  }

  close(code: number, reason = ''): void {
    this.#socket.close(code, reason);
  }

  /** Breaks the connection without a goodbye. */
  drop(): void {
    this.#socket.terminate();
  }
}

/** A WebSocket server that does nothing by itself. */
export class ScriptedServer implements AsyncDisposable {
  readonly #server: WebSocketServer;
  readonly #connections: ScriptedConnection[] = [];
  #wake: () => void = () => undefined;
  /** How many connections there were. */
  count = 0;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.count += 1;
      this.#connections.push(new ScriptedConnection(socket));
      this.#wake();
    });
  }

  static async start(): Promise<ScriptedServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    return new ScriptedServer(server);
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new TypeError('the server has no port');
    return `ws://127.0.0.1:${address.port}/agent`;
  }

  /** The next connection that a client makes. */
  async next(): Promise<ScriptedConnection> {
    for (;;) {
      const connection = this.#connections.shift();
      if (connection !== undefined) return connection;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
