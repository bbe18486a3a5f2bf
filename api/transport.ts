/**
 * What the rest of api/ knows of HTTP and WebSockets. Only server.ts knows how they are done.
 */

/** Who is at the other end. */
export interface Peer {
  /** The client's address; behind a trusted proxy, the one that the proxy names. */
  readonly address: string;
  readonly userAgent: string;
  /** Origin header of a browser; null where there is none. */
  readonly origin: string | null;
}

/** Answers a request. Must not throw. */
export type HttpHandler = (request: Request, peer: Peer) => Promise<Response>;

/** Why a request can't be answered as what it is. */
export type RequestFault = 'malformed' | 'too_large';

/** Everything that speaks HTTP. */
export interface HttpFront {
  readonly answer: HttpHandler;
  /** What to say to a request for that path. Must not throw. */
  refuse(path: string, fault: RequestFault): Response;
}

/** One WebSocket. After it closed, every method does nothing. */
export interface Socket {
  readonly peer: Peer;
  /** Query of the URL that it was opened with. */
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** Bytes that were sent but not yet taken by the network. */
  readonly buffered: number;
  send(text: string): void;
  /** Resolves when the network has taken enough that more may be sent, or when the socket closed. */
  drained(): Promise<void>;
  /** From here on, it is sent what is published to that channel. */
  join(channel: string): void;
  leave(channel: string): void;
  /** A protocol ping; a live peer answers it by itself, with the same text (at most 125 bytes). */
  ping(text?: string): void;
  close(code: number, reason: string): void;
}

/** Sends a text to every socket that joined a channel, written once for all. */
export type Publish = (channel: string, text: string) => void;

/** What a WebSocket brings. Nothing of it may throw. */
export interface SocketListener {
  /** Text of a frame; null for a frame that is not text. */
  message(text: string | null): void;
  /** The peer answered a ping: with its text. */
  pong(text: string): void;
  closed(): void;
}

export interface SocketRoute {
  /** Called for each new WebSocket. */
  readonly open: (socket: Socket) => SocketListener;
  /** Bytes that may wait for a slow peer before it is closed. */
  readonly maxBufferedBytes: number;
  readonly maxMessageBytes: number;
}
