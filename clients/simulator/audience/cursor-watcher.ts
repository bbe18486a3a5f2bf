import { WebSocket, type RawData } from 'ws';
import type { Reception } from './reception.ts';

export interface CursorWatcherOptions {
  /** `http://host:port` */
  readonly url: string;
  readonly token: () => Promise<string>;
  readonly reception: Reception;
}

/** The beginning of an event on the wire: its id, its type, and the cursor that it follows. */
const HEAD = /"type":"data","id":"([^"]+)".*?"data":\{"type":"(\w+)"(?:,"after":"([^"]+)")?/s;
const HEAD_BYTES = 400;
const SUBSCRIPTION = 1;
const RECONNECT_MS = 500;
/** The server ends what is silent for long. */
const PING_MS = 30_000;

/**
 * Watches the whole board and checks that nothing is missing, by the cursors alone: of each event it reads the first
 * bytes, so that hundreds of watchers fit into one process.
 */
export class CursorWatcher implements Disposable {
  readonly #options: CursorWatcherOptions;
  readonly #pings: ReturnType<typeof setInterval>;
  #socket: WebSocket | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #isOver = false;
  #wake: () => void = () => undefined;
  /** The cursor that it holds; null before the first event. */
  cursor: string | null = null;
  /** Resolves when it has its first snapshot. */
  readonly begun: Promise<void>;

  constructor(options: CursorWatcherOptions) {
    this.#options = options;
    this.begun = new Promise((resolve) => (this.#wake = resolve));
    this.#pings = setInterval(() => this.#ping(), PING_MS);
    void this.#connect();
  }

  /** Reads nothing from here on, while its connection stays open. */
  stopReading(): void {
    this.#socket?.pause();
  }

  readOn(): void {
    this.#socket?.resume();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearInterval(this.#pings);
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#socket?.terminate();
  }

  async #connect(): Promise<void> {
    const { url, token, reception } = this.#options;
    const data = { token: await token() };
    if (this.#isOver) return;
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/trpc?connectionParams=1`, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    this.#socket = socket;
    let isOpen = false;
    socket.on('open', () => {
      isOpen = true;
      socket.send(JSON.stringify({ method: 'connectionParams', data }));
      socket.send(JSON.stringify({ id: SUBSCRIPTION, method: 'subscription', params: this.#params }));
    });
    socket.on('message', (frame) => this.#take(frame, socket));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#isOver) return;
      if (isOpen) reception.closes += 1;
      this.#retry = setTimeout(() => void this.#connect().catch(() => (reception.errors += 1)), RECONNECT_MS);
    });
  }

  get #params(): object {
    const lastEventId = this.cursor === null ? {} : { lastEventId: this.cursor };
    return { path: 'presence.watch', input: { json: { scope: { all: true } } }, ...lastEventId };
  }

  #take(frame: RawData, socket: WebSocket): void {
    const { reception } = this.#options;
    // Frames come as one buffer each: that is what ws is asked for.
    const bytes = frame as Buffer;
    reception.bytes += bytes.length;
    const head = bytes.toString('latin1', 0, HEAD_BYTES);
    const [, cursor, type, after] = HEAD.exec(head) ?? [];
    if (cursor === undefined || type === undefined) {
      // Asked to come back elsewhere, or refused; the rest says only that it goes on.
      if (head.includes('"method":"reconnect"')) socket.close();
      else if (head.includes('"error":')) reception.errors += 1;
      return;
    }
    reception.events += 1;
    if (type === 'snapshot') reception.snapshots += 1;
    else if ((type === 'changes' ? after : cursor) !== this.cursor) reception.gaps += 1;
    this.cursor = cursor;
    this.#wake();
  }

  #ping(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('PING');
  }
}
