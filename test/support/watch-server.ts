/** A server in this process whose engine a test drives, with every way in which its boards can be watched. */
import { createTRPCClient, createWSClient, httpSubscriptionLink, wsLink } from '@trpc/client';
import type { TrackedEnvelope } from '@trpc/server';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { WebSocket } from 'ws';
import { readEnvironment } from '../../api/config.ts';
import { openConfigured } from '../../api/configured-database.ts';
import type { SummaryEvent } from '../../api/contract/summary.ts';
import type { Scope, WatchEvent } from '../../api/contract/tile.ts';
import { Opened } from '../../api/opened.ts';
import { type AppRouter, appRouter } from '../../api/routers/app.ts';
import { Server } from '../../api/server.ts';
import { Channels } from '../../api/trpc/channels.ts';
import type { Services } from '../../api/trpc/context.ts';
import { TrpcHttp } from '../../api/trpc/http.ts';
import { asValue } from '../../api/trpc/serialised.ts';
import { TrpcSockets } from '../../api/trpc/sockets.ts';
import { systemClock } from '../../engine/clock.ts';
import type { Engine } from '../../engine/engine.ts';
import { seededFolder } from './data-folders.ts';
import { type Caller, callerOf, fail, openServices, tokenOf } from './services.ts';

/** Published natively; each socket by itself; server-sent events; a caller in the process. */
export const WAYS = ['broadcast', 'socket', 'sse', 'caller'] as const;
export type Way = (typeof WAYS)[number];

export interface Asked {
  readonly scope: Scope;
  readonly lastEventId?: string;
}

interface Watching<Event> {
  readonly asked: Asked;
  /** Called with each event and the cursor that it leads to. */
  readonly hear: (cursor: string, event: Event) => void;
  /** Called when the subscription is refused or ended by the server. */
  readonly onError?: (error: unknown) => void;
}

type Api = ReturnType<typeof createTRPCClient<AppRouter>>;

/** A procedure that is watched, as clients call it and as it is called in this process. */
interface Watched<Event> {
  subscribe(api: Api, asked: Asked, on: Handlers<Event>): { unsubscribe(): void };
  call(caller: Caller, asked: Asked): Promise<AsyncIterable<unknown>>;
}

interface Handlers<Event> {
  onData(event: { id: string; data: Event }): void;
  onError?(error: unknown): void;
}

const BOARD: Watched<WatchEvent> = {
  subscribe: (api, asked, on) => api.presence.watch.subscribe(asked, on),
  call: (caller, asked) => caller.presence.watch(asked),
};

const SUMMARY: Watched<SummaryEvent> = {
  subscribe: (api, asked, on) => api.presence.watchSummary.subscribe(asked, on),
  call: (caller, asked) => caller.presence.watchSummary(asked),
};

export interface WatchServer extends AsyncDisposable {
  readonly engine: Engine;
  readonly services: Services;
  /** Where native broadcasts are. */
  readonly url: string;
  /** An access token of somebody. */
  token(username: string): Promise<string>;
  /** Watches as an unmodified client does. Disposing ends it. */
  watch(way: Way, token: string, watching: Watching<WatchEvent>): Disposable;
  watchSummary(way: Way, token: string, watching: Watching<SummaryEvent>): Disposable;
}

export async function startWatchServer(): Promise<WatchServer> {
  const opened = new Opened();
  const folder = opened.use(await seededFolder());
  const { database } = opened.use(await openConfigured(readEnvironment({ DATA_DIR: folder.path })));
  const services = await openServices(database, opened);
  const { engine, authenticator } = services;
  const server = opened.use(
    await Server.open({ tls: null, trustedProxies: readEnvironment({}).TRUSTED_PROXIES, maxBodyBytes: 1e6 }),
  );
  const channels = opened.use(new Channels(server.publish, systemClock));
  const http = new TrpcHttp({
    router: appRouter,
    isEncrypted: false,
    onInternalError: fail,
    createContext: async ({ token, ...call }) => ({
      ...services,
      ...call,
      present: asValue,
      claims: await authenticator.claims(token),
    }),
  });
  const [port] = await server.listen({
    host: '127.0.0.1',
    ports: [0],
    http: {
      answer: (request, peer) => http.answer(request, peer),
      refuse: () => new Response(null, { status: 400 }),
    },
    sockets: {
      '/broadcast': new TrpcSockets({ services, channels, onInternalError: fail }).route,
      '/socket': new TrpcSockets({ services, channels: null, onInternalError: fail }).route,
    },
  });
  const base = `127.0.0.1:${port}`;
  const open = <Event>(watched: Watched<Event>) => {
    return (way: Way, token: string, watching: Watching<Event>): Disposable => {
      switch (way) {
        case 'broadcast':
        case 'socket':
          return overSocket(`ws://${base}/${way}`, token, subscribing(watched, watching));
        case 'sse':
          return overEvents(`http://${base}/trpc`, token, subscribing(watched, watching));
        case 'caller':
          return inProcess((leaving) => callerOf(services, token, leaving), watched, watching);
      }
    };
  };
  return {
    engine,
    services,
    url: `http://${base}`,
    token: (username) => tokenOf(services, username),
    watch: open(BOARD),
    watchSummary: open(SUMMARY),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

type Subscribe = (api: Api) => { unsubscribe(): void };

function subscribing<Event>(watched: Watched<Event>, { asked, hear, onError }: Watching<Event>): Subscribe {
  return (api) =>
    watched.subscribe(api, asked, {
      onData: ({ id, data }) => hear(id, data),
      ...(onError && { onError }),
    });
}

function overSocket(url: string, token: string, subscribe: Subscribe): Disposable {
  const client = createWSClient({
    url,
    connectionParams: { token },
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
  });
  const api = createTRPCClient<AppRouter>({ links: [wsLink({ client, transformer: superjson })] });
  const subscription = subscribe(api);
  return {
    [Symbol.dispose]() {
      subscription.unsubscribe();
      void client.close();
    },
  };
}

function overEvents(url: string, token: string, subscribe: Subscribe): Disposable {
  const link = httpSubscriptionLink({
    url,
    transformer: superjson,
    EventSource,
    connectionParams: { token },
  });
  const api = createTRPCClient<AppRouter>({ links: [link] });
  const subscription = subscribe(api);
  return { [Symbol.dispose]: () => subscription.unsubscribe() };
}

function inProcess<Event>(
  open: (leaving: AbortController) => Promise<Caller>,
  watched: Watched<Event>,
  { asked, hear, onError }: Watching<Event>,
): Disposable {
  const leaving = new AbortController();
  const read = async () => {
    const caller = await open(leaving);
    // The type says what clients get of an event; here it comes as it was yielded.
    for await (const event of await watched.call(caller, asked)) {
      const [cursor, data] = event as TrackedEnvelope<Event>;
      hear(cursor, data);
    }
  };
  read().catch(onError ?? fail);
  return { [Symbol.dispose]: () => leaving.abort() };
}
