import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, DatabaseUnavailable, openDatabase } from '../../drizzle/client.ts';
import { BackendStopped } from '../../drizzle/embedded/backend.ts';
import { copyFolder } from '../support/databases.ts';

/** Recursion without end: PGlite does not survive it, and says nothing. */
const FATAL = `CREATE FUNCTION deeper(int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN deeper($1 + 1); END';
  SELECT deeper(1)`;

describe('an embedded database, opened and ended,', () => {
  let folder: string;
  const errors: Error[] = [];
  const open = (): Promise<Database> =>
    openDatabase({ folder, timeoutMs: 10_000, onError: (error) => errors.push(error) });

  beforeEach(async () => {
    folder = await copyFolder();
    errors.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('keeps what was committed when it is closed and opened again', async () => {
    const first = await open();
    await first.pool.query("CREATE TABLE kept AS SELECT 'ไทย' AS word");
    await first[Symbol.asyncDispose]();
    await using second = await open();
    expect((await second.pool.query('SELECT word FROM kept')).rows).toEqual([{ word: 'ไทย' }]);
    expect(errors).toEqual([]);
  });

  test('closes when the queries that run are answered', async () => {
    const database = await open();
    const running = database.pool.query('SELECT count(*) AS n FROM generate_series(1, 300000)');
    const closing = database[Symbol.asyncDispose]();
    expect((await running).rows).toEqual([{ n: '300000' }]);
    await closing;
    await database[Symbol.asyncDispose]();
    await expect(database.pool.query('SELECT 1')).rejects.toThrow('after calling end on the pool');
  });

  test('answers each query that runs or waits with an error when it ends', async () => {
    const database = await open();
    const { pool } = database;
    const listener = await pool.connect();
    await listener.query('LISTEN anything');
    listener.on('error', () => {});
    const holder = await pool.connect();
    holder.on('error', () => {});
    await holder.query('BEGIN');
    const waiting = [pool.query('SELECT 1'), pool.query('SELECT $1::int', [1]), listener.query('SELECT 2')];
    const outcomes = await Promise.allSettled([holder.query(FATAL), ...waiting]);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    await expect(pool.query('SELECT 1')).rejects.toThrow(BackendStopped);
    await expect(pool.query('SELECT 1')).rejects.toThrow(/^the embedded database stopped: [^\n]+$/);
    await expect(pool.connect()).rejects.toThrow('the embedded database stopped');
    expect(errors).toHaveLength(1);
    holder.release(true);
    listener.release(true);
    await database[Symbol.asyncDispose]();
  });

  test('opens again after it ended by itself', async () => {
    const broken = await open();
    await broken.pool.query('CREATE TABLE survives (id int)');
    await expect(broken.pool.query(FATAL)).rejects.toThrow('stopped');
    await broken[Symbol.asyncDispose]();
    await using database = await open();
    expect((await database.pool.query('SELECT * FROM survives')).rows).toEqual([]);
  });
});

describe('an embedded database that is open', () => {
  const TURN_MS = 300;
  let folder: string;
  let database: Database;

  beforeAll(async () => {
    folder = await copyFolder();
    database = await openDatabase({ folder, timeoutMs: TURN_MS });
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  test('leaves the event loop free while a query runs', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    await database.pool.query('SELECT pg_sleep(0.3)');
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
  });

  test('tells a transaction that waits for a second connection, instead of waiting for ever', async () => {
    const holder = await database.pool.connect();
    await holder.query('BEGIN');
    await expect(database.pool.query('SELECT 1')).rejects.toMatchObject({
      name: 'BackendBusy',
      message: `waited ${TURN_MS} ms for the embedded database: another connection keeps a transaction open`,
    });
    await holder.query('COMMIT');
    holder.release();
    expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  test('reuses the room of dead rows and lets go of its log when it is maintained', async () => {
    const { pool } = database;
    const measure = async (sql: string): Promise<number> =>
      Number((await pool.query<{ bytes: string }>(`SELECT ${sql} AS bytes`)).rows[0]?.bytes);
    await pool.query(
      "CREATE TABLE churned AS SELECT n, repeat('x', 200) AS text FROM generate_series(1, 5000) AS n",
    );
    for (let round = 0; round < 3; round += 1) await pool.query('UPDATE churned SET n = n + 1');
    const unkept = '(SELECT pg_current_wal_lsn() - redo_lsn FROM pg_control_checkpoint())';
    expect(await measure(unkept)).toBeGreaterThan(1_000_000);
    await database.maintain();
    expect(await measure(unkept)).toBeLessThan(100_000);
    const before = await measure("pg_relation_size('churned')");
    await pool.query('UPDATE churned SET n = n + 1');
    expect(await measure("pg_relation_size('churned')")).toBe(before);
  });
});

describe('the folder of an embedded database', () => {
  let parent: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'rollcall-folder-'));
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  test('is made whole or not at all: what an interrupted start left is made anew', async () => {
    const folder = join(parent, 'deep', 'sql');
    await mkdir(`${folder}.new`, { recursive: true });
    await writeFile(join(`${folder}.new`, 'PG_VERSION'), '18');
    await using database = await openDatabase({ folder, timeoutMs: 10_000 });
    expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    expect(existsSync(`${folder}.new`)).toBe(false);
  });

  test('that holds something else is refused and left alone', async () => {
    await writeFile(join(parent, 'letter.txt'), 'dear');
    const opening = openDatabase({ folder: parent, timeoutMs: 10_000 });
    await expect(opening).rejects.toThrow(DatabaseUnavailable);
    expect(existsSync(join(parent, 'letter.txt'))).toBe(true);
  });

  test('that is damaged is said so in one line', async () => {
    await writeFile(join(parent, 'PG_VERSION'), '18');
    const opening = openDatabase({ folder: parent, timeoutMs: 10_000 });
    await expect(opening).rejects.toThrow(/^the database in [^\n]+ does not open: [^\n]+$/);
  });
});
