import { WebSocket } from 'ws';
import type { ServerFrame, WelcomeFrame } from '../../../api/contract/agent-frames.ts';
import { frameOf } from '../../sdk/agent-state.ts';

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export interface Hello {
  readonly token: string;
  readonly device: string;
  readonly resume?: { readonly session: string; readonly seq: number };
}

/** Whatever the server has to say, it has said by then. */
const PATIENCE_MS = 20_000;

export type Answer = Extract<ServerFrame, { op: 'ok' | 'no' }>;

interface Waiting {
  readonly hear: (frame: ServerFrame) => void;
  readonly broken: (error: WireBroken) => void;
}

/** What was waited for did not come: the connection ended, or nothing was said for long. */
export class WireBroken extends Error {
  override readonly name = 'WireBroken';
}

/** An agent socket without the SDK's manners: sends what it is told to, right or wrong, and never comes back by itself. */
export class Wire implements Disposable {
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<Closed>;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<Waiting>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const frame = frameOf(data);
      if (frame !== null) for (const { hear } of this.#waiting) hear(frame);
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, bytes) => {
        const reason = bytes.toString();
        resolve({ code, reason });
        for (const { broken } of this.#waiting)
          broken(new WireBroken(`closed with ${code} ${reason}`.trim()));
      });
    });
  }

  /** `url` is the server's, `http://host:port`. */
  static async open(url: string): Promise<Wire> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/agent`, { perMessageDeflate: false });
    const wire = new Wire(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return wire;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** A frame; or text as it is. */
  send(frame: object | string): void {
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** @throws WireBroken where the server closes instead of welcoming. */
  async hello(hello: Hello): Promise<WelcomeFrame> {
    const welcomes = this.#frames(1, (frame): frame is WelcomeFrame => frame.op === 'welcome');
    this.send({ op: 'hello', ...hello });
    const [welcome] = await welcomes;
    if (welcome === undefined) throw new TypeError('one welcome was waited for');
    return welcome;
  }

  /** Sends a frame that has an id; resolves to its answer. @throws WireBroken */
  async ask(
    frame: { readonly op: string; readonly id: string } & Readonly<Record<string, unknown>>,
  ): Promise<Answer> {
    const answers = this.answersTo(frame.id, 1);
    this.send(frame);
    const [answer] = await answers;
    if (answer === undefined) throw new TypeError('one answer was waited for');
    return answer;
  }

  /** The next answers to that id, so many. @throws WireBroken */
  answersTo(id: string, count: number): Promise<readonly Answer[]> {
    return this.#frames(
      count,
      (frame): frame is Answer => (frame.op === 'ok' || frame.op === 'no') && frame.id === id,
    );
  }

  /** The next `count` frames, from now on, that are such ones. @throws WireBroken where they don't come */
  #frames<Frame extends ServerFrame>(
    count: number,
    isSuch: (frame: ServerFrame) => frame is Frame,
  ): Promise<readonly Frame[]> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(new WireBroken('the connection has ended'));
      const frames: Frame[] = [];
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        settle();
      };
      const waiting: Waiting = {
        hear: (frame) => {
          if (isSuch(frame) && frames.push(frame) === count) end(() => resolve(frames));
        },
        broken: (error) => end(() => reject(error)),
      };
      const late = new WireBroken(`nothing came within ${PATIENCE_MS / 1000} s`);
      const timer = setTimeout(waiting.broken, PATIENCE_MS, late);
      this.#waiting.add(waiting);
    });
  }

  /** Breaks the connection without a goodbye. */
  [Symbol.dispose](): void {
    this.#socket.terminate();
  }
}
