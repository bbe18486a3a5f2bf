import type { Peer, Socket } from '../../api/transport.ts';

/** What a socket was sent: a frame as JSON, or as text where it is none. */
export type Sent = Readonly<Record<string, unknown>>;

const PEER: Peer = { address: '192.0.2.1', userAgent: 'a test', origin: null };

/**
 * A socket for what no real one does on demand: a peer that doesn't read, or goes at a chosen moment. As the real one,
 * it closes at once when it is closed, and then does nothing.
 */
export class FakeSocket implements Socket {
  readonly peer = PEER;
  readonly query: URLSearchParams;
  readonly headers = new Headers();
  readonly frames: Sent[] = [];
  readonly texts: string[] = [];
  readonly channels = new Set<string>();
  pings = 0;
  /** Texts of the pings that had one, which a live peer answers. */
  readonly pingTexts: string[] = [];
  closedWith: { readonly code: number; readonly reason: string } | null = null;
  /** While it is set, what is sent waits for the network. */
  isStuck = false;
  /** Bytes that wait for the network. */
  waiting = 0;
  /** To be set: the listener's `closed`. */
  onClosed: () => void = () => undefined;
  /** To be set: the listener's `pong`. */
  onPinged: () => void = () => undefined;
  #awaitingDrain: (() => void)[] = [];

  constructor(query = '') {
    this.query = new URLSearchParams(query);
  }

  get buffered(): number {
    return this.isStuck ? Math.max(this.waiting, 1 << 20) : this.waiting;
  }

  send(text: string): void {
    if (this.closedWith !== null) return;
    this.texts.push(text);
    if (text.startsWith('{') || text.startsWith('[')) this.frames.push(JSON.parse(text) as Sent);
  }

  drained(): Promise<void> {
    if (!this.isStuck || this.closedWith !== null) return Promise.resolve();
    return new Promise((resolve) => this.#awaitingDrain.push(resolve));
  }

  join(channel: string): void {
    this.channels.add(channel);
  }

  leave(channel: string): void {
    this.channels.delete(channel);
  }

  ping(text?: string): void {
    if (this.closedWith !== null) return;
    if (text === undefined) this.pings += 1;
    else this.pingTexts.push(text);
  }

  close(code: number, reason: string): void {
    if (this.closedWith !== null) return;
    this.closedWith = { code, reason };
    for (const resolve of this.#awaitingDrain.splice(0)) resolve();
    this.onClosed();
  }

  /** The peer is gone, without a goodbye. */
  drop(): void {
    this.close(1006, '');
  }

  /** The network takes what waited. */
  unstick(): void {
    this.isStuck = false;
    for (const resolve of this.#awaitingDrain.splice(0)) resolve();
  }

  /** The frames so far, which are then forgotten. */
  take(): Sent[] {
    return this.frames.splice(0);
  }
}
