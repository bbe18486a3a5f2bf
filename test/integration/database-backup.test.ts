import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EmbeddedDatabase } from '../../api/embedded-database.ts';
import { systemClock } from '../../engine/clock.ts';
import { copyFolder } from '../support/databases.ts';
import { cutPower, damageDump } from '../support/power-cuts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROWS = 10_000;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let told: string[];

beforeEach(async () => {
  folder = await temporaryFolder();
  told = [];
  await rename(await copyFolder(), join(folder.path, 'database'));
});
afterEach(() => folder[Symbol.asyncDispose]());

function open(): Promise<EmbeddedDatabase> {
  return EmbeddedDatabase.open({
    dataFolder: folder.path,
    timeoutMs: 30_000,
    clock: systemClock,
    onError: (error) => told.push(error.message),
    tell: (line) => told.push(line),
  });
}

const dumpNames = async () => (await readdir(join(folder.path, 'dumps'))).toSorted();

/** Two tables that one transaction changes always agree. */
async function fill({ database: { pool } }: EmbeddedDatabase): Promise<void> {
  await pool.query('CREATE TABLE debit (id int PRIMARY KEY, amount int, filler text)');
  await pool.query('CREATE TABLE credit (id int PRIMARY KEY, amount int, filler text)');
  for (const table of ['debit', 'credit'])
    await pool.query(
      `INSERT INTO ${table} SELECT id, 0, repeat('x', 200) FROM generate_series(1, ${ROWS}) AS id`,
    );
}

/** Changes both until it is over; resolves to how often. */
async function move({ database: { pool } }: EmbeddedDatabase, isOver: () => boolean): Promise<number> {
  let turns = 0;
  for (; !isOver(); turns++) {
    const some = `UPDATE $ SET amount = amount + 1 WHERE id % 97 = ${turns % 97}`;
    await pool.query(`WITH debits AS (${some.replace('$', 'debit')}) ${some.replace('$', 'credit')}`);
  }
  return turns;
}

test('F3: statements go on while it is dumped, and what the dump holds is one moment, whole', async () => {
  const embedded = await open();
  await fill(embedded);
  let isOver = false;
  let loops = 0;
  const ticking = setInterval(() => loops++, 1);
  const moving = move(embedded, () => isOver);
  const dump = await embedded.dump();
  isOver = true;
  clearInterval(ticking);
  expect(await moving).toBeGreaterThan(2);
  expect(loops).toBeGreaterThan(10);
  // As killed: nothing more is made durable, and no last dump.
  await embedded.database[Symbol.asyncDispose]();
  await cutPower(folder.path);

  await using again = await open();
  expect(told.at(-1)).toContain(`it was put back to dump ${dump.number} of `);
  const { rows } = await again.database.pool.query(
    `SELECT count(*)::int AS rows, count(*) FILTER (WHERE debit.amount <> credit.amount)::int AS torn
      FROM debit JOIN credit USING (id)`,
  );
  expect(rows).toEqual([{ rows: ROWS, torn: 0 }]);
  await again.database.pool.query('REINDEX DATABASE');
});

test('F3: two that are asked for at once are made one after the other', async () => {
  await using embedded = await open();
  const dumps = await Promise.all([embedded.dump(), embedded.dump(), embedded.database.maintain()]);
  expect(dumps.slice(0, 2).map((dump) => dump?.number)).toEqual([1, 2]);
  expect(await dumpNames()).toHaveLength(4);
});

test('F3: one that is broken off leaves those before, and the next one is made', async () => {
  await using embedded = await open();
  const first = await embedded.dump();
  const stop = new AbortController();
  const broken = embedded.dump(stop.signal);
  stop.abort(new Error('the server stops'));
  await expect(broken).rejects.toThrow('the server stops');
  expect(embedded.dumps.newest).toEqual(first);
  expect(await dumpNames()).toHaveLength(2);
  expect(await embedded.dump()).toMatchObject({ manifest: { format: 1 } });
});

test('F3: a database without a mark and without a dump goes on when all of it can be read, and says so', async () => {
  {
    await using embedded = await open();
    expect(embedded.era).not.toBe('');
    // Nobody's journal: what became of it has nothing to tell, but that it was proved.
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(
      /^nothing says how the database was left, and there is no dump of it that can be read/,
    );
  }
  told.length = 0;
  await using again = await open();
  expect(told).toEqual([]);
  expect(again.dumps.dumps).toHaveLength(1);
});

test('F3: where every dump is damaged and the database is whole, they are none, and new ones are made', async () => {
  {
    await using embedded = await open();
    await embedded.dump();
  }
  for (const number of [1, 2]) await damageDump(folder.path, `000000000${number}.tar`);
  await rm(join(folder.path, 'database.mark'));
  told.length = 0;
  await using again = await open();
  expect(told[0]).toMatch(
    /dump 1 is damaged: [^;]+; dump 2 is damaged: [^;]+; all log-in sessions have ended$/,
  );
  expect(again.dumps.dumps).toEqual([]);
  expect(await again.dump()).toMatchObject({ number: 3 });
});
