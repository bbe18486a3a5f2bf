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
  WebSocket,
  WebSocketBehavior,
} from 'uWebSockets.js';
import { clientAddress, type TrustedProxies } from './addresses.ts';
import type { HttpHandler, Peer, Socket, SocketListener, SocketRoute } from './transport.ts';

export interface ServerOptions {
  readonly host: string;
  /** Every port to listen at; 0 for any free one. */
  readonly ports: readonly number[];
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly trustedProxies: TrustedProxies;
  readonly maxBodyBytes: number;
  readonly http: HttpHandler;
  /** By path. */
  readonly sockets: Readonly<Record<string, SocketRoute>>;
}

export interface Server extends Disposable {
  /** The ports that it listens at, in the order in which they were asked for. */
  readonly ports: readonly number[];
  /** Takes no new connections; those that are there go on. */
  stopListening(): void;
}

/** A port that can't be had. */
export class PortInUse extends Error {
  override readonly name = 'PortInUse';
}

/** A host whose system can't load the native part. */
export class NativeServerMissing extends Error {
  override readonly name = 'NativeServerMissing';
}

const IDLE_BACKSTOP_SECONDS = 960;
const MAX_HEADERS_BYTES = '16384';
/** Below it, a socket takes more. */
const LOW_WATER_BYTES = 64 * 1024;

export async function startServer(options: ServerOptions): Promise<Server> {
  const uws = await loadNative();
  const { tls } = options;
  const app =
    tls === null ? uws.App() : uws.SSLApp({ cert_file_name: tls.certFile, key_file_name: tls.keyFile });
  for (const [path, route] of Object.entries(options.sockets)) app.ws(path, behaviour(route, options));
  app.any('/*', (response, request) => void answer(response, request, options));

  const listening: us_listen_socket[] = [];
  const stopListening = () => {
    for (const socket of listening.splice(0)) uws.us_listen_socket_close(socket);
  };
  const ports: number[] = [];
  for (const port of options.ports) {
    const socket = await listen(app, options.host, port);
    if (socket === false) {
      stopListening();
      app.close();
      throw new PortInUse(`port ${port} on ${options.host} is in use, or may not be used`);
    }
    listening.push(socket);
    ports.push(uws.us_socket_local_port(socket));
  }
  return {
    ports,
    stopListening,
    [Symbol.dispose]() {
      stopListening();
      app.close();
    },
  };
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

function peerOf(response: HttpResponse, headers: Headers, trusted: TrustedProxies): Peer {
  return {
    address: clientAddress(text(response.getRemoteAddressAsText()), headers.get('x-forwarded-for'), trusted),
    userAgent: headers.get('user-agent') ?? '',
    origin: headers.get('origin'),
  };
}

function headersOf(request: HttpRequest): Headers {
  const headers = new Headers();
  request.forEach((name, value) => headers.append(name, value));
  return headers;
}

/** Everything of the request that is needed later is read here, before the first await. */
async function answer(response: HttpResponse, request: HttpRequest, options: ServerOptions): Promise<void> {
  const aborted = new AbortController();
  response.onAborted(() => aborted.abort());
  const method = request.getCaseSensitiveMethod().toUpperCase();
  const headers = headersOf(request);
  const query = request.getQuery();
  const url = `http://${headers.get('host') ?? 'localhost'}${request.getUrl()}${query ? `?${query}` : ''}`;
  const peer = peerOf(response, headers, options.trustedProxies);
  try {
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const body = hasBody ? await readBody(response, options.maxBodyBytes) : null;
    if (body === 'too large') return sendWhole(response, aborted.signal, tooLarge(options.maxBodyBytes));
    const answered = await options.http(
      toRequest(url, { method, headers, body, signal: aborted.signal }),
      peer,
    );
    if (isStream(answered)) await sendStream(response, answered, aborted.signal);
    else await sendWhole(response, aborted.signal, answered);
  } catch {
    // Nothing above may fail but by a broken connection or a malformed URL: either way there is nobody to tell more.
    if (!aborted.signal.aborted) response.close();
  }
}

function toRequest(
  url: string,
  init: { method: string; headers: Headers; body: Buffer | null; signal: AbortSignal },
): Request {
  const { body, ...rest } = init;
  return new Request(
    url,
    body === null || body.length === 0 ? rest : { ...rest, body: new Uint8Array(body) },
  );
}

/** uWS takes the buffers back after each call, so they are copied. */
function readBody(response: HttpResponse, maxBytes: number): Promise<Buffer | 'too large'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.onData((chunk, isLast) => {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) return resolve('too large');
      chunks.push(Buffer.from(Buffer.from(chunk)));
      if (isLast) resolve(Buffer.concat(chunks));
    });
  });
}

function tooLarge(maxBytes: number): Response {
  const error = { code: 'VALIDATION', message: `the body is larger than ${maxBytes} bytes` };
  return Response.json({ error }, { status: 400, headers: { connection: 'close' } });
}

const STREAMS = ['text/event-stream', 'application/jsonl'];

function isStream(answered: Response): boolean {
  const type = answered.headers.get('content-type') ?? '';
  return answered.body !== null && STREAMS.some((stream) => type.startsWith(stream));
}

/** Headers that speak of one connection; uWS writes its own. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'upgrade']);

function writeHead(response: HttpResponse, answered: Response): void {
  response.writeStatus(`${answered.status} ${answered.statusText}`.trim());
  for (const [name, value] of answered.headers) if (!HOP_BY_HOP.has(name)) response.writeHeader(name, value);
}

async function sendWhole(response: HttpResponse, signal: AbortSignal, answered: Response): Promise<void> {
  const body = await answered.arrayBuffer();
  if (signal.aborted) return;
  response.cork(() => {
    writeHead(response, answered);
    response.end(body);
  });
}

/** Writes as fast as the client reads, and no faster: while it doesn't, nothing more is taken from the stream. */
async function sendStream(response: HttpResponse, answered: Response, signal: AbortSignal): Promise<void> {
  const filler = answered.headers.get('content-type')?.startsWith('text/event-stream') ? ':\n\n' : ' ';
  const reader = answered.body?.getReader();
  if (reader === undefined || signal.aborted) return;
  signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined));
  response.cork(() => writeHead(response, answered));
  let whenWritable: (() => void) | null = null;
  response.onWritable(() => {
    // uWS wants something written here, and to know whether it went out.
    const wentOut = response.write(filler);
    whenWritable?.();
    return wentOut;
  });
  for (;;) {
    const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
    if (signal.aborted) return;
    if (done) break;
    let wentOut = true;
    response.cork(() => void (wentOut = response.write(value ?? new Uint8Array())));
    if (!wentOut)
      await Promise.race([new Promise<void>((resolve) => (whenWritable = resolve)), aborts(signal)]);
    if (signal.aborted) return;
  }
  response.cork(() => void response.end());
}

function aborts(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

interface SocketData {
  readonly peer: Peer;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  socket: UwsSocket | null;
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
      data.socket = new UwsSocket(ws, data);
      data.listener = route.open(data.socket);
    },
    message: (ws, message, isBinary) => ws.getUserData().listener?.message(isBinary ? null : text(message)),
    pong: (ws) => ws.getUserData().listener?.pong(),
    drain: (ws) => ws.getUserData().socket?.tellDrained(),
    close(ws) {
      const data = ws.getUserData();
      data.socket?.forget();
      data.listener?.closed();
    },
  };
}

/** uWS throws on a WebSocket that has closed; this one then does nothing. */
class UwsSocket implements Socket {
  readonly peer: Peer;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  #ws: WebSocket<SocketData> | null;
  readonly #awaitingDrain: (() => void)[] = [];

  constructor(ws: WebSocket<SocketData>, { peer, query, headers }: SocketData) {
    this.#ws = ws;
    this.peer = peer;
    this.query = query;
    this.headers = headers;
  }

  get buffered(): number {
    return this.#ws?.getBufferedAmount() ?? 0;
  }

  send(frame: string): void {
    this.#ws?.send(frame);
  }

  drained(): Promise<void> {
    return this.buffered <= LOW_WATER_BYTES
      ? Promise.resolve()
      : new Promise((resolve) => this.#awaitingDrain.push(resolve));
  }

  ping(): void {
    this.#ws?.ping();
  }

  /** A peer that doesn't read wouldn't read the goodbye either: it is cut off. */
  close(code: number, reason: string): void {
    if (this.buffered > LOW_WATER_BYTES) this.#ws?.close();
    else this.#ws?.end(code, reason);
  }

  tellDrained(): void {
    if (this.buffered > LOW_WATER_BYTES) return;
    for (const resolve of this.#awaitingDrain.splice(0)) resolve();
  }

  forget(): void {
    this.#ws = null;
    this.tellDrained();
  }
}

function text(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString('utf8');
}
