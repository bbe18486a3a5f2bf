/** tRPC over HTTP: single calls, batches, streamed batches, and subscriptions as server-sent events. */
import type { AnyRouter, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { Peer } from '../transport.ts';
import type { Cookies } from './context.ts';

export interface HttpCall {
  readonly token: string | null;
  readonly peer: Peer;
  readonly cookies: Cookies;
  /** Breaks the connection off, so that the client comes back by itself. */
  readonly hangUp: () => void;
}

export interface TrpcHttpOptions {
  readonly router: AnyRouter;
  readonly createContext: (call: HttpCall) => Promise<object>;
  readonly onInternalError: (error: TRPCError) => void;
  /** Whether the server itself speaks TLS; a proxy before it may, too. */
  readonly isEncrypted: boolean;
}

export const TRPC_PATH = '/trpc';
const REFRESH_COOKIE = 'rollcall_refresh';
const MAX_BATCH = 100;

export async function handleTrpc(request: Request, peer: Peer, options: TrpcHttpOptions): Promise<Response> {
  const cookies = new RequestCookies(request, options.isEncrypted || !isLoopback(request));
  const hangUp = new AbortController();
  const response = await fetchRequestHandler({
    endpoint: TRPC_PATH,
    req: request,
    router: options.router,
    maxBatchSize: MAX_BATCH,
    createContext: ({ info }) => {
      const token = bearer(request.headers) ?? tokenOf(info.connectionParams);
      return options.createContext({ token, peer, cookies, hangUp: () => hangUp.abort() });
    },
    onError: ({ error }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR') options.onInternalError(error);
    },
  });
  if (touchesCookies(request)) return withCookies(response, cookies);
  if (response.body === null) return response;
  return new Response(response.body.pipeThrough(new TransformStream(), { signal: hangUp.signal }), response);
}

/** The token of connection parameters, as clients of sockets and of server-sent events send it. */
export function tokenOf(params: Readonly<Record<string, unknown>> | null): string | null {
  return typeof params?.['token'] === 'string' ? params['token'] : null;
}

export function bearer(headers: Headers): string | null {
  return /^Bearer (\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null;
}

/**
 * Headers leave before the body, and cookies are known only when the call is done: for these calls, which are short,
 * the answer waits until it is whole, also where it would be streamed.
 */
async function withCookies(response: Response, cookies: RequestCookies): Promise<Response> {
  const body = await response.arrayBuffer();
  const headers = new Headers(response.headers);
  for (const cookie of cookies.set) headers.append('set-cookie', cookie);
  return new Response(body, { status: response.status, headers });
}

/** Plain HTTP to this very machine: the one case in which a cookie needs no encryption. */
function isLoopback(request: Request): boolean {
  const { hostname } = new URL(request.url);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

function touchesCookies(request: Request): boolean {
  const paths = new URL(request.url).pathname.slice(TRPC_PATH.length + 1);
  return paths.split(',').some((path) => path.startsWith('auth.'));
}

class RequestCookies implements Cookies {
  readonly refreshToken: string | null;
  readonly set: string[] = [];
  readonly #secure: boolean;

  constructor(request: Request, secure: boolean) {
    const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
    const found = pairs.find((pair) => pair.startsWith(`${REFRESH_COOKIE}=`));
    this.refreshToken = found?.slice(REFRESH_COOKIE.length + 1) ?? null;
    this.#secure = secure;
  }

  setRefreshToken(token: string | null, maxAgeMs: number): void {
    const age = token === null ? 0 : Math.floor(maxAgeMs / 1000);
    const secure = this.#secure ? '; Secure' : '';
    this.set.push(
      `${REFRESH_COOKIE}=${token ?? ''}; Path=${TRPC_PATH}; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`,
    );
  }
}
