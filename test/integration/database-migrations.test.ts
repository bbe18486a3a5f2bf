import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, DatabaseUnavailable, openDatabase } from '../../drizzle/client.ts';
import { DatabaseNewer, migrate } from '../../drizzle/migrate.ts';
import type { Queryable } from '../../drizzle/queryable.ts';
import { describeDatabases } from '../support/databases.ts';

const TABLES = sql`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`;

await describeDatabases('migrations', (databases) => {
  let database: Database;
  let db: Queryable;

  beforeAll(async () => {
    database = await databases.openEmpty();
    db = database.db;
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    await db.execute(sql`DROP SCHEMA IF EXISTS drizzle CASCADE`);
    await db.execute(sql`DROP SCHEMA public CASCADE`);
    await db.execute(sql`CREATE SCHEMA public`);
  });

  test('make every table of a fresh database, in the schema public', async () => {
    expect(await migrate(db)).toBeGreaterThan(0);
    const { rows } = await db.execute<{ name: string }>(TABLES);
    expect(rows.map(({ name }) => name)).toEqual([
      'activities',
      'agent_bases',
      'agent_events',
      'agent_sessions',
      'agent_status',
      'audit_logs',
      'message_receipts',
      'messages',
      'organisations',
      'outbox',
      'projections',
      'refresh_tokens',
      'status_transitions',
      'statuses',
      'system_config',
      'teams',
      'users',
    ]);
  });

  test('have nothing to do the second time', async () => {
    await migrate(db);
    expect(await migrate(db)).toBe(0);
  });

  test('of servers that start at once are done by one of them', async () => {
    const done = await Promise.all([migrate(db), migrate(db), migrate(db)]);
    expect(done.filter((count) => count > 0)).toHaveLength(1);
  });

  test('refuse, in one line and changing nothing, a database that a newer version worked on', async () => {
    await migrate(db);
    await db.execute(
      sql`INSERT INTO drizzle.__drizzle_migrations (hash, created_at)
        VALUES ('unknown', ${Date.parse('2099-01-01T00:00:00Z')})`,
    );
    const refused = migrate(db);
    await expect(refused).rejects.toThrow(DatabaseNewer);
    await expect(refused).rejects.toThrow(/^the database is newer than this version: .*2099-01-01[^\n]*$/);
  });

  test('that fail leave nothing half done', async () => {
    await db.execute(sql`CREATE TABLE users (in_the_way int)`);
    await expect(migrate(db)).rejects.toMatchObject({ name: 'DatabaseFailed', sqlState: '42P07' });
    const { rows } = await db.execute<{ name: string }>(TABLES);
    expect(rows).toEqual([{ name: 'users' }]);
  });
});

describe('a database server', () => {
  test('that does not answer is said so, in one line and without the password', async () => {
    const opening = openDatabase({
      url: 'postgres://rollcall:secret@localhost:1/rollcall',
      poolSize: 1,
      timeoutMs: 2000,
    });
    const error = await opening.then(
      () => null,
      (refused: unknown) => refused,
    );
    expect(error).toBeInstanceOf(DatabaseUnavailable);
    expect(String(error)).toMatch(/^DatabaseUnavailable: the database server does not answer: [^\n]+$/);
    expect(String(error)).not.toContain('secret');
  });
});
