/** The composition root: everything is made here, handed what it needs, and closed in the opposite order. */
import { access, constants } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Database } from '../drizzle/client.ts';
import { systemClock } from '../engine/clock.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { members } from '../drizzle/repositories/members.ts';
import * as refreshTokens from '../drizzle/repositories/refresh-tokens.ts';
import { type FileJournal, openFileJournal } from '../engine/journal/file.ts';
import type { FolderLock } from '../engine/journal/lock.ts';
import { openFileSnapshots } from '../engine/snapshots/file.ts';
import { AgentGateway } from './agent-gateway.ts';
import { Authenticator } from './auth/authenticator.ts';
import { ownSecret } from './auth/secrets.ts';
import { Tokens } from './auth/tokens.ts';
import { BadVariable, type Environment } from './config.ts';
import { type Configured, lockDataFolder, openIn } from './configured-database.ts';
import { drain } from './drain.ts';
import type { DumpKeeper } from './dumps/keeper.ts';
import { ensureFirstOrganisation, type FirstStart } from './first-start.ts';
import { Health } from './health.ts';
import { Http } from './http.ts';
import { Laws } from './laws.ts';
import { LoginPresence } from './login-presence.ts';
import { Opened } from './opened.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { Projections } from './projections.ts';
import { appRouter } from './routers/app.ts';
import { Server } from './server.ts';
import { StaticFiles } from './static-files.ts';
import { systemMessages } from './system-messages.ts';
import { Teams } from './teams.ts';
import { Channels } from './trpc/channels.ts';
import type { Services } from './trpc/context.ts';
import { TrpcHttp } from './trpc/http.ts';
import { asValue } from './trpc/serialised.ts';
import { TrpcSockets } from './trpc/sockets.ts';

export interface ApplicationOptions {
  readonly environment: Environment;
  readonly log: Logger;
  /** Fills the database before anything reads it. */
  readonly prepare?: (database: Database, firstStart: FirstStart) => Promise<void>;
  /** How long clients have to go elsewhere when the server stops, milliseconds. */
  readonly drainMs?: number;
}

export interface Application extends AsyncDisposable {
  readonly url: string;
  readonly ports: readonly number[];
  readonly firstStart: FirstStart;
  /** Rejects when the engine can't go on. */
  readonly stopped: Promise<void>;
}

const NODE = 'node1';
const MAINTENANCE_MS = 3_600_000;
/** How long log-in sessions that ended stay in the database. */
const ENDED_SESSIONS_MS = 30 * 86_400_000;
const MAX_BODY_BYTES = 1 << 20;
const WALLBOARD = fileURLToPath(new URL('../clients/wallboard/dist', import.meta.url));

export async function startApplication(options: ApplicationOptions): Promise<Application> {
  const opened = new Opened();
  try {
    return await compose(options, opened);
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

async function compose(options: ApplicationOptions, opened: Opened): Promise<Application> {
  const { environment, log, drainMs = 2_000 } = options;
  const onInternalError = (error: unknown) => log.error({ err: error }, 'internal error');
  const lock = opened.use(await lockDataFolder(environment));
  const { configured, firstStart } = await openMasterData(options, { lock, opened });
  const { db, pool } = configured.database;
  const laws = await Laws.load(db);
  const teams = await Teams.load(db);
  const { engine, journal, projections, dumps } = await openEngine(options, {
    lock,
    opened,
    configured,
    laws,
    teams,
  });

  const relay = opened.use(
    await OutboxRelay.start({ db, pool, clock: systemClock, engine, laws, teams, onError: onInternalError }),
  );
  const authenticator = opened.use(await openAuthenticator(environment, { lock, configured, engine }));
  const clock = systemClock;
  const { liveSessions } = authenticator;
  const presence = opened.use(await LoginPresence.open(db, { engine, clock, liveSessions, node: NODE }));
  const gateway = opened.use(new AgentGateway({ engine, authenticator, presence, clock, onInternalError }));
  const services: Services = { db, clock, engine, authenticator, presence, relay, teams, projections };
  const tls = await tlsOf(environment);
  const server = opened.use(
    await Server.open({ tls, trustedProxies: environment.TRUSTED_PROXIES, maxBodyBytes: MAX_BODY_BYTES }),
  );
  const channels = opened.use(new Channels(server.publish, systemClock));
  const trpcSockets = new TrpcSockets({ services, channels, onInternalError });
  const health = new Health({ clock: systemClock, pool, journal, projections, dumps });
  const http = new Http({
    trpc: new TrpcHttp({
      router: appRouter,
      isEncrypted: tls !== null,
      onInternalError,
      createContext: async ({ token, ...call }) => ({
        ...services,
        ...call,
        present: asValue,
        claims: await authenticator.claims(token),
      }),
    }),
    health,
    files: await StaticFiles.read(WALLBOARD),
    maxConcurrent: environment.MAX_CONCURRENT_REQUESTS,
    maxBodyBytes: MAX_BODY_BYTES,
    allowedOrigins: environment.ALLOWED_ORIGINS,
    onInternalError,
  });

  const ports = await server.listen({
    host: environment.HOST,
    ports: environment.WS_PORT === undefined ? [environment.PORT] : [environment.PORT, environment.WS_PORT],
    http,
    sockets: { '/agent': gateway.route, '/trpc': trpcSockets.route },
  });
  opened.defer(() => drain({ clock: systemClock, health, server, http, gateway, trpcSockets }, drainMs));
  return {
    url: `${tls === null ? 'http' : 'https'}://${hostOf(environment)}:${ports[0]}`,
    ports,
    firstStart,
    stopped: engine.stopped,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

/** The database, brought up to this version, with an organisation in it. */
async function openMasterData(
  { environment, log, prepare }: ApplicationOptions,
  { lock, opened }: { lock: FolderLock; opened: Opened },
): Promise<{ configured: Configured; firstStart: FirstStart }> {
  const onError = (error: Error) => log.error({ err: error }, 'the database failed');
  const configured = opened.use(
    await openIn({
      dataFolder: lock.folder,
      variables: environment,
      onError,
      tell: (line) => log.warn(line),
    }),
  );
  const { database } = configured;
  opened.use(systemClock.every(MAINTENANCE_MS, () => void tidy(database).catch(onError)));
  const firstStart = await ensureFirstOrganisation(database.db, environment.ADMIN_PASSWORD ?? null);
  await prepare?.(database, firstStart);
  return { configured, firstStart };
}

/** What grows without end is cut back; the embedded database does its own upkeep only when it is told to. */
async function tidy(database: Database): Promise<void> {
  await refreshTokens.prune(database.db, new Date(systemClock.now() - ENDED_SESSIONS_MS));
  await database.maintain();
}

interface EngineParts {
  readonly engine: Engine;
  readonly journal: FileJournal;
  readonly projections: Projections;
  /** Null where the database is a server. */
  readonly dumps: DumpKeeper | null;
}

interface EngineNeeds {
  readonly lock: FolderLock;
  readonly opened: Opened;
  readonly configured: Configured;
  readonly laws: Laws;
  readonly teams: Teams;
}

async function openEngine(
  { environment, log }: ApplicationOptions,
  { lock, opened, configured, laws, teams }: EngineNeeds,
): Promise<EngineParts> {
  const { database, embedded } = configured;
  const onDumpTrouble = (error: Error) =>
    log.error({ err: error }, 'the database was not dumped: the dumps before stay, and it is tried again');
  const { JOURNAL_SEGMENT_BYTES: segmentBytes, SNAPSHOT_AFTER_BYTES: afterOffsets } = environment;
  const journal = opened.use(await openFileJournal({ lock, segmentBytes }));
  if (journal.cut !== null)
    log.warn(journal.cut, 'cut the torn tail of the journal: a write that was never acknowledged');
  const dumps = (await embedded?.keepDumped(journal, onDumpTrouble)) ?? null;
  if (dumps !== null) opened.use(dumps);
  // Before the engine, so that it is closed after it: what the engine journals last is copied, too.
  const projections = opened.use(
    new Projections({
      journal,
      pool: database.pool,
      clock: systemClock,
      log,
      ...(dumps !== null && { heldSafely: (copy: string) => dumps.heldSafely(copy) }),
    }),
  );
  const engine = opened.use(
    await createEngine({
      node: NODE,
      journal,
      clock: systemClock,
      roster: { members: () => members(database.db) },
      catalogue: laws.catalogue,
      config: laws.config,
      archive: projections.archive,
      announce: systemMessages({ teams, catalogue: laws.catalogue }),
      tickMs: environment.TICK_MS,
      snapshots: {
        store: await openFileSnapshots(lock.folder),
        afterOffsets,
        heldBack: () => Math.min(...projections.holders.map((holder) => holder())),
        onTrouble: (error) =>
          log.error(
            { err: error },
            'no snapshot was taken: the journal keeps everything, and it is tried again',
          ),
      },
    }),
  );
  return { engine, journal, projections, dumps };
}

async function openAuthenticator(
  { JWT_SECRET, JWT_EXPIRY: accessMs, REFRESH_TOKEN_EXPIRY: refreshMs }: Environment,
  { lock, configured, engine }: { lock: FolderLock; configured: Configured; engine: Engine },
): Promise<Authenticator> {
  const { database, embedded } = configured;
  const tokens = new Tokens({
    clock: systemClock,
    secrets: JWT_SECRET ?? [await ownSecret(lock.folder)],
    accessMs,
    ...(embedded !== null && { era: embedded.era }),
  });
  const memberOf = (userId: number) => engine.record(userId)?.member ?? null;
  return Authenticator.open({ db: database.db, clock: systemClock, tokens, accessMs, refreshMs, memberOf });
}

/** @throws BadVariable for a file that can't be read. */
async function tlsOf({
  TLS_CERT,
  TLS_KEY,
}: Environment): Promise<{ certFile: string; keyFile: string } | null> {
  if (TLS_CERT === undefined || TLS_KEY === undefined) return null;
  for (const [name, path] of Object.entries({ TLS_CERT, TLS_KEY })) {
    await access(path, constants.R_OK).catch((cause: unknown) => {
      throw new BadVariable(`${name}: ${path} can not be read`, { cause });
    });
  }
  return { certFile: TLS_CERT, keyFile: TLS_KEY };
}

/** As a URL writes it. */
function hostOf({ HOST }: Environment): string {
  return isIPv6(HOST) ? `[${HOST}]` : HOST;
}
