/**
 * Databases for tests: every suite runs on PGlite and on a real PostgreSQL.
 *
 * PGlite copies a folder that was made and migrated once, and is kept in node_modules/.cache for as long as the
 * packages and the migrations stay the same. PostgreSQL is the server of DATABASE_URL, or one that is started for the test file; where
 * there is neither, its suites are skipped by name.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { Client } from 'pg';
import { afterAll, describe } from 'vitest';
import { type Database, openDatabase } from '../../drizzle/client.ts';
import { migrate } from '../../drizzle/migrate.ts';
import { type DatabaseServer, startServer } from './database-server.ts';

export interface TestDatabases {
  readonly kind: 'pglite' | 'postgres';
  /** A migrated database of its own; disposing removes it. */
  open(): Promise<Database>;
  /** The same, without tables. */
  openEmpty(): Promise<Database>;
}

const TIMEOUT_MS = 10_000;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/rollcall');

/** Describes the suite once for each kind of database. To be awaited at the top of a test file. */
export async function describeDatabases(
  title: string,
  suite: (databases: TestDatabases) => void,
): Promise<void> {
  describe(`${title} (pglite)`, () => {
    suite(pglite);
  });
  let server: DatabaseServer | null = null;
  try {
    server = await startServer();
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
    process.stdout.write(`skipped: postgres (${reason}; set DATABASE_URL)\n`);
  }
  describe.skipIf(server === null)(`${title} (postgres)`, () => {
    if (server === null) {
      // For the names of what is skipped.
      suite({ ...pglite, kind: 'postgres' });
      return;
    }
    const databases = new PostgresDatabases(server);
    afterAll(() => databases[Symbol.asyncDispose]());
    suite(databases);
  });
}

/** Databases of PGlite, each in a temporary folder. */
const pglite: TestDatabases = {
  kind: 'pglite',
  open: async () => openCopy(await migratedTemplate()),
  openEmpty: async () => openCopy(await emptyTemplate()),
};

/** A temporary copy of the migrated folder, for a test that opens it by itself and removes it. */
export async function copyFolder(): Promise<string> {
  return copyOf(await migratedTemplate());
}

async function openCopy(template: string): Promise<Database> {
  const folder = await copyOf(template);
  const database = await openDatabase({ folder, timeoutMs: TIMEOUT_MS });
  return {
    ...database,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function copyOf(template: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-pglite-'));
  await cp(template, folder, { recursive: true });
  return folder;
}

function emptyTemplate(): Promise<string> {
  return cached(`empty-${fingerprint([])}`, async (folder) => {
    const made = await openDatabase({ folder, timeoutMs: TIMEOUT_MS });
    await made[Symbol.asyncDispose]();
  });
}

function migratedTemplate(): Promise<string> {
  const migrations = readMigrationFiles({ migrationsFolder: join(ROOT, 'drizzle/migrations') });
  const version = fingerprint(migrations.map(({ hash }) => hash));
  return cached(`migrated-${version}`, async (folder) => {
    await cp(await emptyTemplate(), folder, { recursive: true });
    await using database = await openDatabase({ folder, timeoutMs: TIMEOUT_MS });
    await migrate(database.db);
  });
}

/** Of everything that a template depends on: PGlite, its settings, and what else is given. */
function fingerprint(more: readonly string[]): string {
  const hash = createHash('sha256').update(more.join());
  for (const file of ['package-lock.json', 'drizzle/embedded/thread.ts']) {
    hash.update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** The cached folder of that name; made under another name, so that it is whole or not there. */
async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(CACHE, `pglite-${name}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${randomBytes(4).toString('hex')}`;
  await make(unfinished);
  try {
    await rename(unfinished, folder);
  } catch {
    // Another test file was faster.
    await rm(unfinished, { recursive: true });
  }
  return folder;
}

/** Databases of one server, named so that they meet no others. */
class PostgresDatabases implements TestDatabases, AsyncDisposable {
  readonly kind = 'postgres';
  readonly #server: DatabaseServer;
  readonly #prefix = `rollcall_test_${randomBytes(4).toString('hex')}`;
  #template: Promise<string> | null = null;
  #made = 0;

  constructor(server: DatabaseServer) {
    this.#server = server;
  }

  async open(): Promise<Database> {
    this.#template ??= this.#makeTemplate();
    return this.#openCopy(await this.#template);
  }

  openEmpty(): Promise<Database> {
    return this.#openCopy('template1');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#template !== null) await this.#administer(`DROP DATABASE ${await this.#template}`);
    await this.#server[Symbol.asyncDispose]();
  }

  async #makeTemplate(): Promise<string> {
    const name = `${this.#prefix}_template`;
    await this.#administer(`CREATE DATABASE ${name}`);
    await using database = await this.#connect(name);
    await migrate(database.db);
    return name;
  }

  async #openCopy(template: string): Promise<Database> {
    this.#made += 1;
    const name = `${this.#prefix}_${this.#made}`;
    await this.#administer(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    const database = await this.#connect(name);
    return {
      ...database,
      [Symbol.asyncDispose]: async () => {
        await database[Symbol.asyncDispose]();
        await this.#administer(`DROP DATABASE ${name} WITH (FORCE)`);
      },
    };
  }

  #connect(name: string): Promise<Database> {
    return openDatabase({ url: this.#server.url(name), poolSize: 10, timeoutMs: TIMEOUT_MS });
  }

  async #administer(statement: string): Promise<void> {
    const client = new Client({ connectionString: this.#server.url('postgres') });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }
}
