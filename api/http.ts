/** Which part answers which path, and what holds for all of them: how many at once, and who may ask from elsewhere. */
import { ERRORS, RollcallError } from './contract/errors.ts';
import type { Health } from './health.ts';
import type { StaticFiles } from './static-files.ts';
import type { TrpcHttp } from './trpc/http.ts';
import type { HttpFront, Peer, RequestFault } from './transport.ts';

export interface HttpOptions {
  readonly trpc: TrpcHttp;
  readonly health: Health;
  readonly files: StaticFiles;
  /** Requests that are worked on at once; a stream counts until its answer begins. */
  readonly maxConcurrent: number;
  readonly maxBodyBytes: number;
  /** Other origins whose pages may ask. */
  readonly allowedOrigins: readonly string[];
  readonly onInternalError: (error: unknown) => void;
}

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

export class Http implements HttpFront {
  readonly #options: HttpOptions;
  #running = 0;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** How many requests are worked on now. */
  get running(): number {
    return this.#running;
  }

  readonly answer = async (request: Request, peer: Peer): Promise<Response> => {
    const { maxConcurrent, allowedOrigins, onInternalError } = this.#options;
    const { pathname } = new URL(request.url);
    const origin = allowedOrigins.find((allowed) => allowed === peer.origin) ?? null;
    if (request.method === 'OPTIONS') return preflight(origin);
    if (this.#running >= maxConcurrent) {
      const overloaded = new RollcallError('too many requests at once', { code: 'OVERLOADED' });
      return allowing(origin, this.#refusal(pathname, overloaded));
    }
    this.#running += 1;
    try {
      return allowing(origin, await this.#route(request, peer));
    } catch (error) {
      onInternalError(error);
      const internal = new RollcallError('something went wrong on the server', { code: 'INTERNAL' });
      return allowing(origin, this.#refusal(pathname, internal));
    } finally {
      this.#running -= 1;
    }
  };

  refuse(path: string, fault: RequestFault): Response {
    const message =
      fault === 'too_large'
        ? `the body is larger than ${this.#options.maxBodyBytes} bytes`
        : 'the request is malformed';
    return this.#refusal(path, new RollcallError(message, { code: 'VALIDATION' }));
  }

  async #route(request: Request, peer: Peer): Promise<Response> {
    const { trpc } = this.#options;
    const { pathname } = new URL(request.url);
    if (trpc.serves(pathname)) return trpc.answer(request, peer);
    const found = READING.has(request.method) ? await this.#page(pathname, request) : null;
    const missing = new RollcallError('there is nothing at this path', { code: 'NOT_FOUND' });
    return found ?? this.#refusal(pathname, missing);
  }

  async #page(pathname: string, request: Request): Promise<Response | null> {
    const { health, files } = this.#options;
    switch (pathname) {
      case '/health':
        return Response.json({ status: 'alive' });
      case '/ready':
        return health.ready();
      default:
        return files.answer(request) ?? (pathname === '/' && files.isEmpty ? notBuilt() : null);
    }
  }

  #refusal(path: string, error: RollcallError): Response {
    const { trpc } = this.#options;
    if (trpc.serves(path)) return trpc.refusal(error);
    const { detail, message } = error;
    return Response.json({ error: { ...detail, message } }, { status: ERRORS[detail.code].http });
  }
}

function notBuilt(): Response {
  return new Response('The wallboard is not built yet: npm run build', { status: 503 });
}

function allowing(origin: string | null, response: Response): Response {
  if (origin === null) return response;
  const headers = new Headers(response.headers);
  headers.set('access-control-allow-origin', origin);
  headers.set('access-control-allow-credentials', 'true');
  headers.append('vary', 'origin');
  return new Response(response.body, { status: response.status, headers });
}

function preflight(origin: string | null): Response {
  if (origin === null) return new Response(null, { status: 403 });
  return allowing(
    origin,
    new Response(null, {
      status: 204,
      headers: {
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'authorization, content-type, trpc-accept, last-event-id',
        'access-control-max-age': '600',
      },
    }),
  );
}
