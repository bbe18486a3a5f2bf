import { WebSocket } from 'ws';
import type { SocketConstructor, SocketLike } from '../sdk/web-socket.ts';

/** So long takes a connection to fail where there is no network. */
const UNREACHABLE_MS = 100;

/** The network of one device: it can be cut, and mended. */
export class Line {
  /** A WebSocket that goes over this line. */
  readonly WebSocket: SocketConstructor;
  readonly #open = new Set<WebSocket>();
  #isUp = true;

  constructor() {
    const connect = (url: string) => this.#connect(url);
    // What a function returns is what `new` makes of it.
    this.WebSocket = function connected(url: string) {
      return connect(url);
    } as unknown as SocketConstructor;
  }

  /** Breaks what goes over it, without a goodbye; nothing gets through until `mend`. */
  cut(): void {
    this.#isUp = false;
    for (const socket of this.#open) socket.terminate();
  }

  mend(): void {
    this.#isUp = true;
  }

  #connect(url: string): SocketLike {
    if (!this.#isUp) return new Unreachable();
    const socket = new WebSocket(url, { perMessageDeflate: false });
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  }
}

/** A connection that never comes. */
class Unreachable implements SocketLike {
  addEventListener(type: string, listener: (event: never) => void): void {
    if (type !== 'close') return;
    const closed = listener as (event: { readonly code: number; readonly reason: string }) => void;
    setTimeout(() => closed({ code: 1006, reason: 'no network' }), UNREACHABLE_MS);
  }

  send(): void {}

  close(): void {}
}
