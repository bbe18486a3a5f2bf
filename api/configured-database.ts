import { resolve } from 'node:path';
import { type Database, openDatabase } from '../drizzle/client.ts';
import { type FolderLock, lockFolder } from '../engine/journal/lock.ts';
import { BadVariable, type Environment } from './config.ts';

/** Folder of the embedded database within the data folder. */
const DATABASE_FOLDER = 'database';

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

/** The database that the environment names. The caller holds the lock of the data folder. */
export function openIn(
  dataFolder: string,
  variables: Variables,
  onError?: (error: Error) => void,
): Promise<Database> {
  const { DATABASE_URL: url, DATABASE_POOL_SIZE: poolSize, DATABASE_TIMEOUT: timeoutMs } = variables;
  const where = url === undefined ? { folder: resolve(dataFolder, DATABASE_FOLDER) } : { url, poolSize };
  return openDatabase({ ...where, timeoutMs, ...(onError !== undefined && { onError }) });
}

/**
 * The database that the environment names, for a command that needs nothing else. A database server may be in use by a
 * running Rollcall; the embedded database has one user at a time.
 * @throws FolderLocked, BadVariable, DatabaseUnavailable
 */
export async function openConfigured(environment: Environment): Promise<Database> {
  const lock = environment.DATABASE_URL === undefined ? await lockDataFolder(environment) : null;
  try {
    const database = await openIn(environment.DATA_DIR, environment);
    return {
      ...database,
      async [Symbol.asyncDispose]() {
        await database[Symbol.asyncDispose]();
        await lock?.[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await lock?.[Symbol.asyncDispose]();
    throw error;
  }
}
