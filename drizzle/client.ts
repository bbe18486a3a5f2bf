import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool, type PoolClient } from 'pg';
import { Backend } from './embedded/backend.ts';
import { maintain } from './embedded/maintenance.ts';
import { Session } from './embedded/session.ts';
import { BackendStream } from './embedded/stream.ts';
import { reasonOf } from './embedded/turns.ts';
import type { Queryable } from './queryable.ts';

/** Where the master data are: on a PostgreSQL server, or in a folder of this machine. */
export type DatabaseOptions = (
  | {
      /** `postgres://user:password@host:port/database`; PostgreSQL 15 or newer. */
      readonly url: string;
      /** Connections at most. */
      readonly poolSize: number;
    }
  | {
      /** Data folder of PGlite, made at the first start. The caller MUST hold the lock of this folder. */
      readonly folder: string;
    }
) & {
  /** How long to wait for a connection, and for one statement's end (embedded: for one's turn). */
  readonly timeoutMs: number;
  /** Told of a connection that broke while nobody used it; embedded: of the database's end. */
  readonly onError?: (error: Error) => void;
};

/** An open database. Disposing waits for the queries that run, and for clients of the pool to be released. */
export interface Database extends AsyncDisposable {
  readonly db: NodePgDatabase;
  /** The pool below `db`, for LISTEN and for libraries that want one. */
  readonly pool: Pool;
  /**
   * What a server does by itself in the background: reclaims dead rows, and lets go of the write-ahead log. The
   * embedded database does neither unasked, and grows; a server needs no asking.
   */
  maintain(): Promise<void>;
}

/** One connection, for repositories: they work in whatever transaction it is in. */
export function onConnection(client: Pick<PoolClient, 'query'>): Queryable {
  return drizzle(client as PoolClient);
}

/** The database could not be opened. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

/**
 * Connections to the embedded database cost nothing but a stream; the number bounds those that wait. Each listener
 * keeps one for itself.
 */
const EMBEDDED_CONNECTIONS = 40;

const KEEP_ALIVE_MS = 10_000;

/**
 * Opens the database; doesn't look at what is in it (see migrate.ts).
 *
 * The pool is node-postgres' own in both cases; what the embedded database's connections share is said in
 * embedded/session.ts.
 *
 * @throws DatabaseUnavailable
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return 'url' in options ? openServer(options) : openFolder(options);
}

async function openServer(options: DatabaseOptions & { url: string; poolSize: number }): Promise<Database> {
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: options.timeoutMs,
    statement_timeout: options.timeoutMs,
    // A server whose machine is gone says nothing: the system finds out by asking.
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  });
  // An error that nobody listens to would end the process.
  pool.on('error', (error) => options.onError?.(error));
  surviveLosses(pool);
  try {
    await pool.query('SELECT 1');
  } catch (cause) {
    await pool.end();
    throw unavailable('the database server does not answer', cause);
  }
  return {
    db: drizzle(pool),
    pool,
    maintain: async () => {},
    [Symbol.asyncDispose]: once(() => pool.end()),
  };
}

async function openFolder(options: DatabaseOptions & { folder: string }): Promise<Database> {
  const backend = await Backend.start(options.folder).catch((cause: unknown) => {
    throw unavailable(`the database in ${options.folder} does not open`, cause);
  });
  const session = new Session(backend, options.timeoutMs);
  const pool = new Pool({
    stream: () => new BackendStream(session),
    max: EMBEDDED_CONNECTIONS,
    connectionTimeoutMillis: options.timeoutMs,
    // What the environment says of PostgreSQL servers is not meant for this one.
    user: 'postgres',
    database: 'postgres',
    ssl: false,
  });
  // Its connections break only when the database ends, which is told once.
  pool.on('error', () => {});
  surviveLosses(pool);
  const tell = (): void => options.onError?.(reasonOf(session.stopped));
  session.stopped.addEventListener('abort', tell);
  return {
    db: drizzle(pool),
    pool,
    maintain: () => maintain(pool),
    [Symbol.asyncDispose]: once(async () => {
      session.stopped.removeEventListener('abort', tell);
      await pool.end();
      await session[Symbol.asyncDispose]();
    }),
  };
}

/** An error that nobody listens to would end the process: of a connection in use, its user hears by the query. */
function surviveLosses(pool: Pool): void {
  pool.on('connect', (client) => client.on('error', () => {}));
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | null = null;
  return () => (closing ??= close());
}

function unavailable(what: string, cause: unknown): DatabaseUnavailable {
  return new DatabaseUnavailable(`${what}: ${messageOf(cause)}`, { cause });
}

function messageOf(error: unknown): string {
  // One error for each address that a host name has; the whole has no message.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
