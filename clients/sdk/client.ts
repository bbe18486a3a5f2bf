import {
  createTRPCClient,
  createWSClient,
  httpBatchStreamLink,
  httpLink,
  splitLink,
  type TRPCClient,
  wsLink,
} from '@trpc/client';
import superjson from 'superjson';
import type { AppRouter } from '../../api/routers/app.ts';
import type { SocketConstructor } from './web-socket.ts';

export interface RollcallClientOptions {
  /** `http://host:port` */
  readonly url: string;
  /** An access token that holds now; null before log-in. It may call `auth.refresh` of this very client. */
  readonly token: () => Promise<string | null> | string | null;
  /** Where the platform has none. */
  readonly WebSocket?: SocketConstructor;
}

/** Bounds of the wait before the connection of the subscriptions is made anew, milliseconds. */
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 10_000;

/** The calls that get a token carry none, and share no request with a call that waits for one. */
const TOKENLESS: ReadonlySet<string> = new Set(['auth.login', 'auth.refresh']);

export interface RollcallClient {
  readonly api: TRPCClient<AppRouter>;
  /** Ends the connection of the subscriptions. */
  close(): void;
}

/** A typed client: calls over HTTP, subscriptions over one WebSocket that opens with the first and resumes by itself. */
export function createRollcallClient({ url, token, WebSocket }: RollcallClientOptions): RollcallClient {
  const sockets = createWSClient({
    url: `${url.replace(/^http/, 'ws')}/trpc`,
    lazy: { enabled: true, closeMs: 10_000 },
    connectionParams: async () => ({ token: (await token()) ?? '' }),
    // Anything up to the bound, so that boards that lost the same server don't all come back at the same moment.
    retryDelayMs: (attempt) => Math.random() * Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt),
    keepAlive: { enabled: true, intervalMs: 10_000, pongTimeoutMs: 5_000 },
    ...(WebSocket !== undefined && { WebSocket: WebSocket as unknown as typeof globalThis.WebSocket }),
  });
  const http = httpBatchStreamLink({
    url: `${url}/trpc`,
    // The server takes a hundred calls at once.
    maxItems: 50,
    transformer: superjson,
    headers: async () => {
      const held = await token();
      return held === null ? {} : { authorization: `Bearer ${held}` };
    },
  });
  const api = createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: wsLink({ client: sockets, transformer: superjson }),
        false: splitLink({
          condition: ({ path }) => TOKENLESS.has(path),
          true: httpLink({ url: `${url}/trpc`, transformer: superjson }),
          false: http,
        }),
      }),
    ],
  });
  return { api, close: () => void sockets.close() };
}
