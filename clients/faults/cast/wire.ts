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

export type Answer = Extract<ServerFrame, { op: 'ok' | 'no' }>;

interface Waiting {
  readonly hear: (frame: ServerFrame) => void;
  readonly broken: (error: WireBroken) => void;
}

/** The connection ended before what was waited for came. */
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
        this.#waiting.clear();
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
  hello(hello: Hello): Promise<WelcomeFrame> {
    const welcome = this.next((frame): frame is WelcomeFrame => frame.op === 'welcome');
    this.send({ op: 'hello', ...hello });
    return welcome;
  }

  /** Sends a frame that has an id; resolves to its answer. @throws WireBroken */
  ask(
    frame: { readonly op: string; readonly id: string } & Readonly<Record<string, unknown>>,
  ): Promise<Answer> {
    const answer = this.answerTo(frame.id);
    this.send(frame);
    return answer;
  }

  /** The next answer to that id. @throws WireBroken */
  answerTo(id: string): Promise<Answer> {
    return this.next((frame): frame is Answer => (frame.op === 'ok' || frame.op === 'no') && frame.id === id);
  }

  /** The next frame, from now on, that is such a one. @throws WireBroken */
  next<Frame extends ServerFrame>(isSuch: (frame: ServerFrame) => frame is Frame): Promise<Frame> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(new WireBroken('the connection has ended'));
      const waiting: Waiting = {
        hear: (frame) => {
          if (!isSuch(frame)) return;
          this.#waiting.delete(waiting);
          resolve(frame);
        },
        broken: reject,
      };
      this.#waiting.add(waiting);
    });
  }

  /** Breaks the connection without a goodbye. */
  [Symbol.dispose](): void {
    this.#socket.terminate();
  }
}
