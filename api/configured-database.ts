import { resolve } from 'node:path';
import { type Database, openDatabase } from '../drizzle/client.ts';
import { migrate } from '../drizzle/migrate.ts';
import { systemClock } from '../engine/clock.ts';
import { type FolderLock, lockFolder } from '../engine/journal/lock.ts';
import { BadVariable, type Environment } from './config.ts';
import { EmbeddedDatabase } from './embedded-database.ts';

type Variables = Pick<Environment, 'DATABASE_URL' | 'DATABASE_POOL_SIZE' | 'DATABASE_TIMEOUT'>;

/**
 * The data folder, held by this process alone.
 * @throws FolderLocked, BadVariable for a folder that can't be made or written.
 */
export async function lockDataFolder({ DATA_DIR }: Pick<Environment, 'DATA_DIR'>): Promise<FolderLock> {
  try {
    return await lockFolder(resolve(DATA_DIR));
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause)
      throw new BadVariable(`DATA_DIR: ${cause.message}`, { cause });
    throw cause;
  }
}

/** A database that is ready for use. */
export interface Configured extends AsyncDisposable {
  readonly database: Database;
  /** How many migrations were missing. */
  readonly migrations: number;
  /** Null of a server, which keeps what it has committed by itself. */
  readonly embedded: EmbeddedDatabase | null;
}

export interface Opening {
  /** Held by the caller, until the database is disposed of. */
  readonly dataFolder: string;
  readonly variables: Variables;
  readonly onError: (error: Error) => void;
  /** Told in one line what became of an embedded database that could not be relied on. */
  readonly tell: (line: string) => void;
}

/**
 * The database that the environment names, brought up to this version.
 * @throws DatabaseUnavailable, DatabaseNewer, DatabaseLost, NoRoom
 */
export async function openIn({ dataFolder, variables, onError, tell }: Opening): Promise<Configured> {
  const { DATABASE_URL: url, DATABASE_POOL_SIZE: poolSize, DATABASE_TIMEOUT: timeoutMs } = variables;
  if (url === undefined) {
    const embedded = await EmbeddedDatabase.open({
      dataFolder,
      timeoutMs,
      clock: systemClock,
      onError,
      tell,
    });
    const { database, migrations } = embedded;
    return { database, migrations, embedded, [Symbol.asyncDispose]: () => embedded[Symbol.asyncDispose]() };
  }
  const database = await openDatabase({ url, poolSize, timeoutMs, onError });
  try {
    const migrations = await migrate(database.db);
    return {
      database,
      migrations,
      embedded: null,
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * The database that the environment names, for a command that needs nothing else. A database server may be in use by a
 * running Rollcall; the embedded database has one user at a time.
 * @throws FolderLocked, BadVariable, and as openIn
 */
export async function openConfigured(environment: Environment): Promise<Configured> {
  const lock = environment.DATABASE_URL === undefined ? await lockDataFolder(environment) : null;
  try {
    const configured = await openIn({
      dataFolder: resolve(environment.DATA_DIR),
      variables: environment,
      onError: (error) => say(error.message),
      tell: say,
    });
    return {
      ...configured,
      async [Symbol.asyncDispose]() {
        await configured[Symbol.asyncDispose]();
        await lock?.[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await lock?.[Symbol.asyncDispose]();
    throw error;
  }
}

function say(line: string): void {
  process.stderr.write(`rollcall: ${line}\n`);
}
