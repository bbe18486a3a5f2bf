import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import { inTransaction, type Queryable } from './queryable.ts';

/** The database holds a migration that this code doesn't know: a newer version has worked on it. */
export class DatabaseNewer extends Error {
  override readonly name = 'DatabaseNewer';
}

/** Any number that nobody else locks. */
const LOCK = 7_207_001;

const FOLDER = fileURLToPath(new URL('migrations', import.meta.url));

/**
 * Brings the database's tables up to this code, all migrations in one transaction, and returns how many were
 * missing. Servers that start at once do it one after the other.
 *
 * What has been done is kept where drizzle-kit keeps it: drizzle.__drizzle_migrations.
 *
 * @throws DatabaseNewer or DatabaseFailed, having changed nothing.
 */
export async function migrate(db: Queryable): Promise<number> {
  const known = readMigrationFiles({ migrationsFolder: FOLDER });
  return inTransaction(db, async (tx) => {
    await tx.execute(sql`SET LOCAL statement_timeout = 0`);
    await tx.execute(sql`SELECT pg_advisory_xact_lock(${LOCK})`);
    await tx.execute(sql`CREATE SCHEMA IF NOT EXISTS drizzle`);
    await tx.execute(
      sql`CREATE TABLE IF NOT EXISTS drizzle.__drizzle_migrations
        (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)`,
    );
    const { rows } = await tx.execute<{ created_at: string }>(
      sql`SELECT created_at FROM drizzle.__drizzle_migrations`,
    );
    const done = new Set(rows.map((row) => Number(row.created_at)));
    refuseNewer(known, done);
    const missing = known.filter(({ folderMillis }) => !done.has(folderMillis));
    for (const { sql: statements, hash, folderMillis } of missing) {
      for (const statement of statements) await tx.execute(sql.raw(statement));
      await tx.execute(
        sql`INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES (${hash}, ${folderMillis})`,
      );
    }
    return missing.length;
  });
}

function refuseNewer(known: readonly MigrationMeta[], done: ReadonlySet<number>): void {
  const ours = new Set(known.map(({ folderMillis }) => folderMillis));
  const foreign = [...done].filter((millis) => !ours.has(millis));
  if (foreign.length === 0) return;
  const newest = new Date(Math.max(...foreign)).toISOString();
  throw new DatabaseNewer(
    `the database is newer than this version: it has the migration of ${newest}; install the version that made it`,
  );
}
