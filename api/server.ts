/**
 * The one port: HTTP and WebSockets over uWebSockets.js. No other file touches uWS.
 *
 * uWS aborts the whole process on several mistakes (an answer after an abort, a throw before onAborted is set, a
 * request read after an await); this file is small so that they can be seen not to be made.
 */
import type uWS from 'uWebSockets.js';
import type {
  HttpRequest,
  HttpResponse,
  TemplatedApp,
  us_listen_socket,
  WebSocketBehavior,
} from 'uWebSockets.js';
import { clientAddress, type TrustedProxies } from './addresses.ts';
import { HttpExchange } from './http-exchange.ts';
import { type Opening, ServerSocket } from './server-socket.ts';
import type { HttpFront, Peer, Publish, SocketListener, SocketRoute } from './transport.ts';

export interface ServerOptions {
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly trustedProxies: TrustedProxies;
  readonly maxBodyBytes: number;
}

export interface Listening {
  readonly host: string;
  /** Every port to listen at; 0 for any free one. */
  readonly ports: readonly number[];
  readonly http: HttpFront;
  /** By path. */
  readonly sockets: Readonly<Record<string, SocketRoute>>;
}

/** A port that can't be had. */
export class PortInUse extends Error {
  override readonly name = 'PortInUse';
}

/** A host whose system can't load the native part. */
export class NativeServerMissing extends Error {
  override readonly name = 'NativeServerMissing';
}

/** Files that are no certificate and its key. */
export class TlsRefused extends Error {
  override readonly name = 'TlsRefused';
}

const IDLE_BACKSTOP_SECONDS = 960;
const MAX_HEADERS_BYTES = '16384';
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const NOT_IN_HEADERS = /[^\t\x20-\x7e\x80-\xff]/g;

export class Server implements Disposable {
  readonly #uws: typeof uWS;
  readonly #app: TemplatedApp;
  readonly #options: ServerOptions;
  readonly #listening: us_listen_socket[] = [];

  private constructor(uws: typeof uWS, options: ServerOptions) {
    this.#uws = uws;
    this.#options = options;
    this.#app = appOf(uws, options);
  }

  /** @throws NativeServerMissing, TlsRefused. */
  static async open(options: ServerOptions): Promise<Server> {
    return new Server(await loadNative(), options);
  }

  readonly publish: Publish = (channel, frame) => void this.#app.publish(channel, frame);

  /**
   * Begins to serve; answers the ports that it listens at, in the order in which they were asked for.
   * @throws PortInUse
   */
  async listen({ host, ports, http, sockets }: Listening): Promise<readonly number[]> {
    for (const [path, route] of Object.entries(sockets)) this.#app.ws(path, behaviour(route, this.#options));
    this.#app.any('/*', (response, request) => serve({ response, request }, http, this.#options));
    const bound: number[] = [];
    for (const port of ports) {
      const socket = await listen(this.#app, host, port);
      if (socket === false) throw new PortInUse(`port ${port} on ${host} is in use, or may not be used`);
      this.#listening.push(socket);
      bound.push(this.#uws.us_socket_local_port(socket));
    }
    return bound;
  }

  /** Takes no new connections; those that are there go on. */
  stopListening(): void {
    for (const socket of this.#listening.splice(0)) this.#uws.us_listen_socket_close(socket);
  }

  [Symbol.dispose](): void {
    this.stopListening();
    this.#app.close();
  }
}

function appOf(uws: typeof uWS, { tls }: ServerOptions): TemplatedApp {
  if (tls === null) return uws.App();
  try {
    return uws.SSLApp({ cert_file_name: tls.certFile, key_file_name: tls.keyFile });
  } catch (cause) {
    throw new TlsRefused('TLS_CERT and TLS_KEY: no certificate with its key', { cause });
  }
}

async function loadNative(): Promise<typeof uWS> {
  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] ??= MAX_HEADERS_BYTES;
  try {
    return (await import('uWebSockets.js')).default;
  } catch (cause) {
    throw new NativeServerMissing(
      `the WebSocket server has no binary for Node ${process.versions.node} on this system. ` +
        'Node 20 runs on glibc 2.28 and later; Node 22 and 24 need glibc 2.38 (Debian 13, Ubuntu 24.04).',
      { cause },
    );
  }
}

/** An exclusive listen: otherwise a second process could share the port without a word. */
function listen(app: TemplatedApp, host: string, port: number): Promise<us_listen_socket | false> {
  const EXCLUSIVE_PORT = 1;
  return new Promise((resolve) => {
    // The types lack the form that takes host and options both.
    const args = [host, port, EXCLUSIVE_PORT, resolve] as unknown as Parameters<TemplatedApp['listen']>;
    app.listen(...args);
  });
}

/** A request as far as it can be read at once: uWS takes it back at the first await. */
interface Asked {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  readonly url: string;
  readonly headers: Headers;
  readonly peer: Peer;
}

/** Methods whose requests have no body here. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** A host name or address with a port, and nothing that would make another URL of it. */
const HOST = /^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/i;

/** The two that uWS hands over for each request. */
interface Native {
  readonly response: HttpResponse;
  readonly request: HttpRequest;
}

function serve(native: Native, http: HttpFront, { trustedProxies, maxBodyBytes }: ServerOptions): void {
  const exchange = new HttpExchange(native.response);
  const asked = askedOf(native, trustedProxies);
  // Only a connection that broke, or a stream that did, comes to this: there is nobody to tell.
  answer(exchange, asked, { http, maxBodyBytes }).catch(() => exchange.cut());
}

async function answer(
  exchange: HttpExchange,
  asked: Asked,
  { http, maxBodyBytes }: { http: HttpFront; maxBodyBytes: number },
): Promise<void> {
  const { method, path, peer } = asked;
  const body = WITHOUT_BODY.has(method) ? null : await exchange.body(maxBodyBytes);
  // What is still to come of the body is not read: that connection ends.
  if (body === 'too_large') return exchange.send(http.refuse(path, 'too_large'), { method, last: true });
  const request = toRequest(asked, body, exchange.signal);
  const answered = request === null ? http.refuse(path, 'malformed') : await http.answer(request, peer);
  await exchange.send(answered, { method });
}

function askedOf({ response, request }: Native, trusted: TrustedProxies): Asked {
  const headers = headersOf(request);
  const path = request.getUrl();
  const query = request.getQuery();
  return {
    method: request.getCaseSensitiveMethod().toUpperCase(),
    path,
    url: `http://${headers.get('host') ?? 'localhost'}${path}${query ? `?${query}` : ''}`,
    headers,
    peer: peerOf(response, headers, trusted),
  };
}

/** Null for what is no request: a host that is none, a method that fetch refuses. */
function toRequest(
  { method, url, headers }: Asked,
  body: Uint8Array<ArrayBuffer> | null,
  signal: AbortSignal,
): Request | null {
  if (!HOST.test(headers.get('host') ?? 'localhost')) return null;
  try {
    const init = { method, headers, signal };
    return new Request(url, body === null || body.length === 0 ? init : { ...init, body });
  } catch {
    return null;
  }
}

function peerOf(response: HttpResponse, headers: Headers, trusted: TrustedProxies): Peer {
  return {
    address: clientAddress(text(response.getRemoteAddressAsText()), headers.get('x-forwarded-for'), trusted),
    userAgent: headers.get('user-agent') ?? '',
    origin: headers.get('origin'),
  };
}

/** uWS reads any bytes as UTF-8. What no header may hold is replaced, so that it can be told as a header. */
function headersOf(request: HttpRequest): Headers {
  const headers = new Headers();
  request.forEach((name, value) => {
    if (HEADER_NAME.test(name)) headers.append(name, value.replaceAll(NOT_IN_HEADERS, '?'));
  });
  return headers;
}

interface SocketData extends Opening {
  socket: ServerSocket | null;
  listener: SocketListener | null;
}

function behaviour(route: SocketRoute, { trustedProxies }: ServerOptions): WebSocketBehavior<SocketData> {
  return {
    compression: 0,
    maxPayloadLength: route.maxMessageBytes,
    maxBackpressure: route.maxBufferedBytes,
    closeOnBackpressureLimit: 1,
    idleTimeout: IDLE_BACKSTOP_SECONDS,
    sendPingsAutomatically: false,
    upgrade(response, request, context) {
      const headers = headersOf(request);
      const data: SocketData = {
        peer: peerOf(response, headers, trustedProxies),
        query: new URLSearchParams(request.getQuery()),
        headers,
        socket: null,
        listener: null,
      };
      const named = (name: string) => headers.get(`sec-websocket-${name}`) ?? '';
      response.upgrade(data, named('key'), named('protocol'), named('extensions'), context);
    },
    open(ws) {
      const data = ws.getUserData();
      data.socket = new ServerSocket(ws, data);
      data.listener = route.open(data.socket);
    },
    message: (ws, message, isBinary) => ws.getUserData().listener?.message(isBinary ? null : text(message)),
    pong: (ws, message) => ws.getUserData().listener?.pong(text(message)),
    drain: (ws) => ws.getUserData().socket?.tellDrained(),
    close(ws) {
      const data = ws.getUserData();
      data.socket?.forget();
      data.listener?.closed();
    },
  };
}

function text(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString('utf8');
}
