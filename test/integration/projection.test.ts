import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startPostgres } from '../../clients/faults/ground/postgres.ts';
import { openDatabase } from '../../drizzle/client.ts';
import { DatabaseFailed } from '../../drizzle/errors.ts';
import { inTransaction } from '../../drizzle/queryable.ts';
import { BusyAgents } from '../support/busy-agents.ts';
import { PASSWORD, seededFolder } from '../support/data-folders.ts';
import { expectProjected, isCaughtUp, readyOf, readyWhen } from '../support/projected.ts';
import { runToEnd, startServerProcess } from '../support/server-process.ts';
import { storedEvents } from '../support/stored-events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const AGENTS = 20;
const EVERY_MS = 20;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const postgres = await startPostgres().catch((error: unknown) => {
  process.stdout.write(`skipped: postgres (${String(error)})\n`);
  return null;
});

test.skipIf(postgres === null)(
  'F3: while the database is stopped commands go on, the lag is told, and afterwards nothing is missing',
  async () => {
    if (postgres === null) return;
    await using server = postgres;
    const url = server.url('postgres');
    await using folder = await temporaryFolder();
    const variables = { DATA_DIR: folder.path, DATABASE_URL: url };
    const seeded = await runToEnd('api/commands/seed.ts', variables, [
      '--agents',
      String(AGENTS),
      '--password',
      PASSWORD,
    ]);
    expect(seeded).toMatchObject({ code: 0 });

    await using rollcall = await startServerProcess(variables);
    using agents = await BusyAgents.logIn(rollcall.url, AGENTS);
    agents.begin(EVERY_MS);
    await pause(1000);
    await readyWhen(rollcall.url, { isSo: ({ status }) => status === 'ready', withinMs: 5000 });

    await server.stop();
    const before = agents.tally.acknowledged;
    await pause(4000);
    const down = await readyOf(rollcall.url);
    expect(down).toMatchObject({ database: 'failed', projections: { documents: { state: 'away' } } });
    expect(down.projections.documents.lag.offsets).toBeGreaterThan(0);
    expect(down.projections.documents.lag.ageMs).toBeGreaterThan(1000);
    expect(agents.tally.acknowledged - before).toBeGreaterThan(AGENTS);

    await server.start();
    await pause(1000);
    await agents.rest();
    expect(agents.tally.refused).toEqual([]);
    const up = await readyWhen(rollcall.url, { isSo: isCaughtUp, withinMs: 30_000 });
    expect(up).toMatchObject({ status: 'ready', projections: { documents: { lag: { ageMs: 0 } } } });
    expect(await rollcall.end('SIGTERM')).toBe(0);

    await using database = await openDatabase({ url, poolSize: 4, timeoutMs: 10_000 });
    await expectProjected(database.pool, await storedEvents(folder.path));
  },
  120_000,
);

test.skipIf(postgres === null)(
  'F3: a database that goes in the middle of a transaction ends nothing else',
  async () => {
    await using server = await startPostgres();
    const errors: Error[] = [];
    await using database = await openDatabase({
      url: server.url('postgres'),
      poolSize: 2,
      timeoutMs: 5000,
      onError: (error) => errors.push(error),
    });
    const lost = inTransaction(database.db, async (tx) => {
      await tx.execute(sql`SELECT 1`);
      await server.stop();
      await pause(200);
      await tx.execute(sql`SELECT 2`);
    });
    await expect(lost).rejects.toThrow(DatabaseFailed);
    await server.start();
    expect((await database.pool.query('SELECT 3 AS three')).rows).toEqual([{ three: 3 }]);
  },
);

test('F2, F3: after kill -9, again and again, the embedded documents go on without a gap or a repeat', async () => {
  await using folder = await seededFolder();
  for (const [round, livesMs] of [700, 400].entries()) {
    await using rollcall = await startServerProcess({ DATA_DIR: folder.path });
    using agents = await BusyAgents.logIn(rollcall.url, 8);
    agents.begin(EVERY_MS + round);
    await pause(livesMs);
    expect(agents.tally.refused).toEqual([]);
    await rollcall.end('SIGKILL');
  }
  await using rollcall = await startServerProcess({ DATA_DIR: folder.path });
  await readyWhen(rollcall.url, { isSo: isCaughtUp, withinMs: 20_000 });
  expect(await rollcall.end('SIGTERM')).toBe(0);
  await using database = await openDatabase({ folder: join(folder.path, 'database'), timeoutMs: 10_000 });
  await expectProjected(database.pool, await storedEvents(folder.path));
}, 120_000);
