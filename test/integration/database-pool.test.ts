import { sql } from 'drizzle-orm';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../drizzle/client.ts';
import { describeDatabases } from '../support/databases.ts';

async function count(from: Pool | PoolClient, table: string): Promise<number> {
  const { rows } = await from.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
  return Number(rows[0]?.count);
}

await describeDatabases('a pool of connections', (databases) => {
  let database: Database;
  const query = async (text: string, values?: unknown[]): Promise<QueryResultRow[]> =>
    (await database.pool.query<QueryResultRow>(text, values)).rows;
  /** A connection that listens, and what it heard of the channel. */
  const listen = async (channel: string): Promise<{ client: PoolClient; heard: (string | undefined)[] }> => {
    const client = await database.pool.connect();
    const heard: (string | undefined)[] = [];
    client.on('notification', (message) => {
      if (message.channel === channel) heard.push(message.payload);
    });
    await client.query(`LISTEN ${channel}`);
    return { client, heard };
  };

  beforeAll(async () => {
    database = await databases.openEmpty();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  test('reads and writes types as node-postgres does', async () => {
    const sent = [
      new Date('2026-03-29T01:30:00.123Z'),
      '9007199254740993',
      { a: [1, null] },
      ['x', 'y"z'],
      null,
    ];
    const [row] = await query(
      `SELECT $1::timestamptz AS at, $2::int8 AS big, $3::jsonb AS json, $4::text[] AS list, $5::text AS none,
        true AS yes, 1.50::numeric AS exact, 0.5::float8 AS half, '\\x00ff'::bytea AS bytes, 'ไทย 😀' AS text`,
      sent,
    );
    expect(row).toEqual({
      at: sent[0],
      big: '9007199254740993',
      json: { a: [1, null] },
      list: ['x', 'y"z'],
      none: null,
      yes: true,
      exact: '1.50',
      half: 0.5,
      bytes: Buffer.of(0, 255),
      text: 'ไทย 😀',
    });
  });

  test('answers many at once, each with its own answer', async () => {
    const numbers = Array.from({ length: 200 }, (_number, index) => index);
    const answers = await Promise.all(numbers.map((number) => query('SELECT $1::int AS number', [number])));
    expect(answers).toEqual(numbers.map((number) => [{ number }]));
  });

  test('carries a large answer and a large parameter', async () => {
    const rows = await query("SELECT n, repeat('x', 1000) AS text FROM generate_series(1, 20000) AS n");
    expect(rows).toHaveLength(20_000);
    expect(rows.at(-1)).toEqual({ n: 20_000, text: 'x'.repeat(1000) });
    const text = 'ab'.repeat(2_500_000);
    expect(await query('SELECT md5($1) = md5(repeat($2, 2500000)) AS same', [text, 'ab'])).toEqual([
      { same: true },
    ]);
  });

  test('answers several statements in one, and nothing with nothing', async () => {
    const several: unknown = await database.pool.query('SELECT 1 AS a; SELECT 2 AS b');
    expect(several).toMatchObject([{ rows: [{ a: 1 }] }, { rows: [{ b: 2 }] }]);
    expect(await query('')).toEqual([]);
  });

  describe('an error', () => {
    test.each([
      ['42601', 'SELEC 1'],
      ['42P01', 'SELECT * FROM nothing_of_that_name'],
      ['22012', 'SELECT 1 / 0'],
      ['22P02', "SELECT 'x'::int"],
    ])('has its SQLSTATE %s, and the next query is answered', async (code, text) => {
      await expect(query(text)).rejects.toMatchObject({ code });
      await expect(query(`${text} + $1::int`, [1])).rejects.toHaveProperty('code');
      expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });

    test('names the constraint, the table and the column', async () => {
      await query('CREATE TABLE named (id int CONSTRAINT named_id_key UNIQUE, word text NOT NULL)');
      await query("INSERT INTO named VALUES (1, 'x')");
      await expect(query('INSERT INTO named VALUES ($1, $2)', [1, 'y'])).rejects.toMatchObject({
        code: '23505',
        constraint: 'named_id_key',
        table: 'named',
      });
      await expect(query('INSERT INTO named VALUES (2, NULL)')).rejects.toMatchObject({
        code: '23502',
        column: 'word',
      });
    });

    test('within a transaction fails what follows until it is rolled back', async () => {
      const client = await database.pool.connect();
      await client.query('BEGIN');
      await expect(client.query('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
      await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
      await client.query('ROLLBACK');
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      client.release();
    });

    test('of COPY FROM STDIN, which is not supported, harms nothing', async () => {
      await query('CREATE TABLE copied (id int)');
      await expect(query('COPY copied FROM STDIN')).rejects.toMatchObject({ code: '57014' });
      expect(await query('SELECT count(*)::int AS count FROM copied')).toEqual([{ count: 0 }]);
    });
  });

  describe('a transaction', () => {
    test('is not seen by others before it commits', async () => {
      await query('CREATE TABLE isolated (id int)');
      const [writer, reader] = [await database.pool.connect(), await database.pool.connect()];
      await writer.query('BEGIN');
      await writer.query('INSERT INTO isolated VALUES (1)');
      const meanwhile = count(reader, 'isolated');
      await writer.query('INSERT INTO isolated VALUES (2)');
      expect(await count(writer, 'isolated')).toBe(2);
      await writer.query('ROLLBACK');
      // PostgreSQL answers at once, the embedded database after the roll-back: nothing in both cases.
      expect(await meanwhile).toBe(0);

      await writer.query('BEGIN');
      await writer.query('INSERT INTO isolated VALUES (1), (2)');
      const during = count(reader, 'isolated');
      await writer.query('COMMIT');
      // Before or after, never between.
      expect([0, 2]).toContain(await during);
      expect(await count(reader, 'isolated')).toBe(2);
      writer.release();
      reader.release();
    });

    test('is rolled back when its client breaks', async () => {
      await query('CREATE TABLE broken (id int)');
      const client = await database.pool.connect();
      await client.query('BEGIN');
      await client.query('INSERT INTO broken VALUES (1)');
      client.release(new Error('broken'));
      await expect.poll(() => count(database.pool, 'broken')).toBe(0);
      await query('INSERT INTO broken VALUES (2)');
      expect(await count(database.pool, 'broken')).toBe(1);
    });

    test('is rolled back when its client breaks while a query runs', async () => {
      await query('CREATE TABLE torn (id int)');
      const client = await database.pool.connect();
      await client.query('BEGIN');
      const running = client.query('INSERT INTO torn SELECT n FROM generate_series(1, 50000) AS n');
      client.release(new Error('broken'));
      await expect(running).rejects.toThrow('Connection terminated');
      await expect.poll(() => count(database.pool, 'torn')).toBe(0);
    });

    test('of drizzle commits what it returns from and undoes what it throws from', async () => {
      const { db } = database;
      await query('CREATE TABLE drizzled (id int)');
      await db.transaction((tx) => tx.execute(sql`INSERT INTO drizzled VALUES (${1})`));
      const failing = db.transaction(async (tx) => {
        await tx.execute(sql`INSERT INTO drizzled VALUES (${2})`);
        await tx.transaction((inner) => inner.execute(sql`INSERT INTO drizzled VALUES (${3})`));
        throw new RangeError('undone');
      });
      await expect(failing).rejects.toThrow(RangeError);
      expect(await count(database.pool, 'drizzled')).toBe(1);
    });

    test('loses no update among many that count up', async () => {
      await query('CREATE TABLE counter (value int); INSERT INTO counter VALUES (0)');
      const counted = Array.from({ length: 40 }, () =>
        database.db.transaction(async (tx) => {
          const { rows } = await tx.execute<{ value: number }>(sql`SELECT value FROM counter FOR UPDATE`);
          await tx.execute(sql`UPDATE counter SET value = ${(rows[0]?.value ?? 0) + 1}`);
        }),
      );
      await Promise.all(counted);
      expect(await query('SELECT value FROM counter')).toEqual([{ value: 40 }]);
    });
  });

  describe('a prepared statement', () => {
    test('has a name of its own in each connection', async () => {
      const [a, b] = [await database.pool.connect(), await database.pool.connect()];
      const plusOne = { name: 'same', text: 'SELECT $1::int + 1 AS n', values: [20] };
      const plusTwo = { name: 'same', text: 'SELECT $1::int + 2 AS n', values: [20] };
      expect((await a.query(plusOne)).rows).toEqual([{ n: 21 }]);
      expect((await b.query(plusTwo)).rows).toEqual([{ n: 22 }]);
      expect((await a.query(plusOne)).rows).toEqual([{ n: 21 }]);
      a.release();
      b.release();
    });

    test('goes with its connection', async () => {
      const client = await database.pool.connect();
      await client.query({ name: 'forgotten', text: 'SELECT 1' });
      const prepared =
        "SELECT count(*)::int AS count FROM pg_prepared_statements WHERE name LIKE '%forgotten'";
      expect((await client.query(prepared)).rows).toEqual([{ count: 1 }]);
      client.release(true);
      await expect.poll(() => query(prepared)).toEqual([{ count: 0 }]);
    });

    test('can be read some rows at a time', async () => {
      const paged = { text: 'SELECT generate_series(1, 10) AS n', rows: 3 };
      const { rows } = await database.pool.query<{ n: number }>(paged);
      expect(rows.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });
  });

  describe('LISTEN', () => {
    test('hears what other connections notify, once committed', async () => {
      const { client, heard } = await listen('news');
      await query("SELECT pg_notify('news', $1)", ['one']);
      await expect(query("SELECT pg_notify('news', 'never'), 1 / 0")).rejects.toThrow('division by zero');
      await query("NOTIFY news, 'two'");
      await expect.poll(() => heard).toEqual(['one', 'two']);
      client.release(true);
    });

    test('goes on when another connection stops', async () => {
      const [one, other] = [await listen('shared'), await listen('shared')];
      await other.client.query('UNLISTEN shared');
      other.client.release(true);
      await query("NOTIFY shared, 'still'");
      await expect.poll(() => one.heard).toEqual(['still']);
      one.client.release(true);
    });

    test('hears in the midst of its own queries', async () => {
      const { client, heard } = await listen('busy');
      await Promise.all([
        client.query("SELECT repeat('x', 500) FROM generate_series(1, 5000)"),
        ...Array.from({ length: 20 }, (_notification, index) => query(`NOTIFY busy, '${index}'`)),
        client.query('SELECT 1'),
      ]);
      await expect.poll(() => heard).toHaveLength(20);
      client.release(true);
    });
  });
});
