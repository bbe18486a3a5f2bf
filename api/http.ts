/** Which part answers which path, and what holds for all of them: how many at once, and who may ask from elsewhere. */
import { ERRORS, type ErrorCode } from './contract/errors.ts';
import type { Health } from './health.ts';
import type { StaticFiles } from './static-files.ts';
import { TRPC_PATH } from './trpc/http.ts';
import type { HttpHandler, Peer } from './transport.ts';

export interface HttpOptions {
  readonly trpc: HttpHandler;
  readonly health: Health;
  readonly files: StaticFiles;
  /** Requests that are worked on at once; a stream counts until its answer begins. */
  readonly maxConcurrent: number;
  /** Other origins whose pages may ask. */
  readonly allowedOrigins: readonly string[];
  readonly onInternalError: (error: unknown) => void;
}

export function createHttpHandler(options: HttpOptions): HttpHandler {
  let running = 0;
  return async (request, peer) => {
    if (running >= options.maxConcurrent) return refusal('OVERLOADED', 'too many requests at once');
    running += 1;
    try {
      const origin = options.allowedOrigins.find((allowed) => allowed === peer.origin) ?? null;
      if (request.method === 'OPTIONS') return preflight(origin);
      return allowing(origin, await route(request, peer, options));
    } catch (error) {
      options.onInternalError(error);
      return refusal('INTERNAL', 'something went wrong on the server');
    } finally {
      running -= 1;
    }
  };
}

async function route(request: Request, peer: Peer, { trpc, health, files }: HttpOptions): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith(`${TRPC_PATH}/`)) return trpc(request, peer);
  if (pathname === '/health') return Response.json({ status: 'alive' });
  if (pathname === '/ready') return health.ready();
  return (
    files.answer(request) ??
    (pathname === '/' && files.isEmpty ? notBuilt() : refusal('NOT_FOUND', 'there is nothing at this path'))
  );
}

function refusal(code: ErrorCode, message: string): Response {
  return Response.json({ error: { code, message } }, { status: ERRORS[code].http });
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
