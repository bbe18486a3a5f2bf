/** A server in this process whose engine a test drives, with every way in which its boards can be watched. */
import { createTRPCClient, createWSClient, httpSubscriptionLink, wsLink } from '@trpc/client';
import type { TrackedEnvelope } from '@trpc/server';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { WebSocket } from 'ws';
import { Authenticator } from '../../api/auth/authenticator.ts';
import { Tokens } from '../../api/auth/tokens.ts';
import { readEnvironment } from '../../api/config.ts';
import { openConfigured } from '../../api/configured-database.ts';
import type { Scope, WatchEvent } from '../../api/contract/tile.ts';
import { Laws } from '../../api/laws.ts';
import { Opened } from '../../api/opened.ts';
import { OutboxRelay } from '../../api/outbox-relay.ts';
import { type AppRouter, appRouter } from '../../api/routers/app.ts';
import { Server } from '../../api/server.ts';
import { Channels } from '../../api/trpc/channels.ts';
import type { Services } from '../../api/trpc/context.ts';
import { TrpcHttp } from '../../api/trpc/http.ts';
import { asValue } from '../../api/trpc/serialised.ts';
import { TrpcSockets } from '../../api/trpc/sockets.ts';
import { members } from '../../drizzle/repositories/members.ts';
import { systemClock } from '../../engine/clock.ts';
import { createEngine, type Engine } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { PASSWORD, seededFolder } from './data-folders.ts';

/** Published natively; each socket by itself; server-sent events; a caller in the process. */
export const WAYS = ['broadcast', 'socket', 'sse', 'caller'] as const;
export type Way = (typeof WAYS)[number];

export interface Asked {
  readonly scope: Scope;
  readonly lastEventId?: string;
}

/** Called with each event and the cursor that it leads to. */
export type Hear = (cursor: string, event: WatchEvent) => void;

export interface WatchServer extends AsyncDisposable {
  readonly engine: Engine;
  /** Where native broadcasts are. */
  readonly url: string;
  /** An access token of somebody. */
  token(username: string): Promise<string>;
  /** Watches as an unmodified client does. Disposing ends it. */
  watch(way: Way, token: string, watching: { asked: Asked; hear: Hear }): Disposable;
}

const PEER = { address: '127.0.0.1', userAgent: 'a test', origin: null };

export async function startWatchServer(): Promise<WatchServer> {
  const opened = new Opened();
  const folder = opened.use(await seededFolder());
  const database = opened.use(await openConfigured(readEnvironment({ DATA_DIR: folder.path })));
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
  return {
    engine,
    url: `http://${base}`,
    token: async (username) => (await authenticator.login(username, PASSWORD, PEER)).session.token,
    watch(way, token, watching) {
      switch (way) {
        case 'broadcast':
        case 'socket':
          return overSocket(`ws://${base}/${way}`, token, watching);
        case 'sse':
          return overEvents(`http://${base}/trpc`, token, watching);
        case 'caller':
          return inProcess(services, token, watching);
      }
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

async function openServices(
  { db, pool }: Awaited<ReturnType<typeof openConfigured>>,
  opened: Opened,
): Promise<Services> {
  const laws = await Laws.load(db);
  const engine = opened.use(
    await createEngine({
      node: 'test',
      journal: new MemoryJournal(),
      clock: systemClock,
      roster: { members: () => members(db) },
      catalogue: laws.catalogue,
      config: laws.config,
      tickMs: 5,
    }),
  );
  const relay = opened.use(
    await OutboxRelay.start({ db, pool, clock: systemClock, engine, laws, onError: fail }),
  );
  const accessMs = 3_600_000;
  const tokens = new Tokens({
    clock: systemClock,
    secrets: [{ kid: '0', secret: 'a secret of some length' }],
    accessMs,
  });
  const memberOf = (userId: number) => engine.record(userId)?.member ?? null;
  const authenticator = opened.use(
    await Authenticator.open({ db, clock: systemClock, tokens, accessMs, refreshMs: accessMs, memberOf }),
  );
  return { db, engine, authenticator, relay };
}

/** An unhandled rejection ends the test run. */
function fail(error: unknown): never {
  throw error;
}

type Watching = Parameters<WatchServer['watch']>[2];

function overSocket(url: string, token: string, { asked, hear }: Watching): Disposable {
  const client = createWSClient({
    url,
    connectionParams: { token },
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
  });
  const api = createTRPCClient<AppRouter>({ links: [wsLink({ client, transformer: superjson })] });
  const subscription = api.presence.watch.subscribe(asked, { onData: ({ id, data }) => hear(id, data) });
  return {
    [Symbol.dispose]() {
      subscription.unsubscribe();
      void client.close();
    },
  };
}

function overEvents(url: string, token: string, { asked, hear }: Watching): Disposable {
  const link = httpSubscriptionLink({
    url,
    transformer: superjson,
    EventSource,
    connectionParams: { token },
  });
  const api = createTRPCClient<AppRouter>({ links: [link] });
  const subscription = api.presence.watch.subscribe(asked, { onData: ({ id, data }) => hear(id, data) });
  return { [Symbol.dispose]: () => subscription.unsubscribe() };
}

function inProcess(services: Services, token: string, { asked, hear }: Watching): Disposable {
  const leaving = new AbortController();
  const read = async () => {
    const claims = await services.authenticator.claims(token);
    const caller = appRouter.createCaller(
      { ...services, peer: PEER, claims, cookies: null, present: asValue, hangUp: () => leaving.abort() },
      { signal: leaving.signal },
    );
    // The type says what clients get of an event; here it comes as it was yielded.
    for await (const event of await caller.presence.watch(asked)) {
      const [cursor, data] = event as unknown as TrackedEnvelope<WatchEvent>;
      hear(cursor, data);
    }
  };
  void read();
  return { [Symbol.dispose]: () => leaving.abort() };
}
