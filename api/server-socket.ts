import type { Peer, Socket } from './transport.ts';

/** What is used of uWS' WebSocket. It throws on everything once it has closed. */
export interface NativeSocket {
  getBufferedAmount(): number;
  send(text: string): unknown;
  subscribe(topic: string): unknown;
  unsubscribe(topic: string): unknown;
  ping(text?: string): unknown;
  /** Says goodbye, and closes. */
  end(code: number, reason: string): unknown;
  /** Breaks the connection off. */
  close(): unknown;
}

/** With what a WebSocket was asked for. */
export interface Opening {
  readonly peer: Peer;
  readonly query: URLSearchParams;
  readonly headers: Headers;
}

/** Below it, a socket takes more. */
const LOW_WATER_BYTES = 64 * 1024;

/** A native WebSocket as the rest of api/ knows it: after it closed, everything does nothing. */
export class ServerSocket implements Socket {
  readonly peer: Peer;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  #native: NativeSocket | null;
  readonly #awaitingDrain: (() => void)[] = [];

  constructor(native: NativeSocket, { peer, query, headers }: Opening) {
    this.#native = native;
    this.peer = peer;
    this.query = query;
    this.headers = headers;
  }

  get buffered(): number {
    return this.#native?.getBufferedAmount() ?? 0;
  }

  send(text: string): void {
    this.#native?.send(text);
  }

  drained(): Promise<void> {
    return this.buffered <= LOW_WATER_BYTES
      ? Promise.resolve()
      : new Promise((resolve) => this.#awaitingDrain.push(resolve));
  }

  join(channel: string): void {
    this.#native?.subscribe(channel);
  }

  leave(channel: string): void {
    this.#native?.unsubscribe(channel);
  }

  ping(text?: string): void {
    if (text === undefined) this.#native?.ping();
    else this.#native?.ping(text);
  }

  /** A peer that doesn't read wouldn't read the goodbye either: it is cut off. */
  close(code: number, reason: string): void {
    if (this.buffered > LOW_WATER_BYTES) this.#native?.close();
    else this.#native?.end(code, reason);
  }

  /** The network took something. */
  tellDrained(): void {
    if (this.buffered > LOW_WATER_BYTES) return;
    for (const resolve of this.#awaitingDrain.splice(0)) resolve();
  }

  /** The native socket has closed. */
  forget(): void {
    this.#native = null;
    this.tellDrained();
  }
}
