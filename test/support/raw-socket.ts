import { WebSocket } from 'ws';

export type Frame = Readonly<Record<string, unknown>> & { readonly op?: string };

/** A WebSocket as a test wants it: frames are waited for, and the close is told. */
export class RawSocket implements Disposable {
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  #wake: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as Frame);
      for (const wake of this.#wake.splice(0)) wake();
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on('error', () => undefined);
  }

  static async open(url: string, path: string): Promise<RawSocket> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`);
    const raw = new RawSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return raw;
  }

  send(frame: object | string): void {
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  sendBinary(bytes: Uint8Array): void {
    this.#socket.send(bytes, { binary: true });
  }

  /** The next frame for which `test` holds; those before it are gone. */
  async next(test: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const index = this.frames.findIndex(test);
      const found = this.frames[index];
      if (found !== undefined) {
        this.frames.splice(0, index + 1);
        return found;
      }
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Sends a frame that has an id, and waits for its answer. */
  ask(frame: { readonly id: string } & Frame): Promise<Frame> {
    this.send(frame);
    return this.next(({ id }) => id === frame.id);
  }

  /** Stops reading: the other side's buffers fill. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Breaks the connection without a goodbye. */
  [Symbol.dispose](): void {
    this.#socket.terminate();
  }
}
