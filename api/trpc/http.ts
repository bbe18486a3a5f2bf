/** tRPC over HTTP: single calls, batches, streamed batches, and subscriptions as server-sent events. */
import { isIP } from 'node:net';
import type { AnyRouter, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { ERRORS, type RollcallError } from '../contract/errors.ts';
import type { Peer } from '../transport.ts';
import type { Cookies } from './context.ts';
import { Frames } from './frames.ts';
import { toTRPCError } from './procedures.ts';

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

const PATH = '/trpc';
const REFRESH_COOKIE = 'rollcall_refresh';
const MAX_BATCH = 100;

export class TrpcHttp {
  readonly #options: TrpcHttpOptions;
  readonly #frames: Frames;

  constructor(options: TrpcHttpOptions) {
    this.#options = options;
    this.#frames = new Frames(options.router);
  }

  serves(path: string): boolean {
    return path.startsWith(`${PATH}/`);
  }

  async answer(request: Request, peer: Peer): Promise<Response> {
    const { router, createContext, onInternalError, isEncrypted } = this.#options;
    const cookies = new RequestCookies(request, isEncrypted || !isLoopback(request, peer));
    const hangUp = new AbortController();
    const response = await fetchRequestHandler({
      endpoint: PATH,
      req: request,
      router,
      maxBatchSize: MAX_BATCH,
      createContext: ({ info }) => {
        const token = bearer(request.headers) ?? tokenOf(info.connectionParams);
        return createContext({ token, peer, cookies, hangUp: () => hangUp.abort() });
      },
      onError: ({ error }) => {
        if (error.code === 'INTERNAL_SERVER_ERROR') onInternalError(error);
      },
    });
    if (touchesCookies(request)) return withCookies(response, cookies);
    if (response.body === null) return response;
    return new Response(
      response.body.pipeThrough(new TransformStream(), { signal: hangUp.signal }),
      response,
    );
  }

  /** For a request that no procedure gets to see: what unmodified clients read as the error of each of its calls. */
  refusal(error: RollcallError): Response {
    const body = this.#frames.refusal(toTRPCError(error));
    const { http: status } = ERRORS[error.detail.code];
    return new Response(body, { status, headers: { 'content-type': 'application/json' } });
  }
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
  // A status such as 204 allows none, not even an empty one.
  const body = response.body === null ? null : await response.arrayBuffer();
  const headers = new Headers(response.headers);
  for (const cookie of cookies.set) headers.append('set-cookie', cookie);
  return new Response(body, { status: response.status, headers });
}

/** Plain HTTP within this very machine: the one case in which a cookie needs no encryption. */
function isLoopback(request: Request, { address }: Peer): boolean {
  const { hostname } = new URL(request.url);
  const isNamedSo = hostname === 'localhost' || isLoopbackAddress(hostname.replaceAll(/^\[|\]$/g, ''));
  return isNamedSo && isLoopbackAddress(address);
}

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

function touchesCookies(request: Request): boolean {
  const paths = new URL(request.url).pathname.slice(PATH.length + 1);
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
      `${REFRESH_COOKIE}=${token ?? ''}; Path=${PATH}; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`,
    );
  }
}
