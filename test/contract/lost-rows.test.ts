import { afterEach, beforeEach, expect, test } from 'vitest';
import { presenceAudit } from '../../api/presence-audit.ts';
import type { Database } from '../../drizzle/client.ts';
import { goOnBehind } from '../../drizzle/repositories/sequences.ts';
import { create } from '../../drizzle/repositories/users.ts';
import { standings } from '../../engine/documents/sql-target.ts';
import { sqlDocuments } from '../../engine/documents/sql.ts';
import { makeOrganisation, newUser, NOBODY } from '../support/database-fixtures.ts';
import { describeDatabases } from '../support/databases.ts';
import { History } from '../support/histories.ts';

const NONE = { organisations: 0, users: 0, teams: 0 };

await describeDatabases('a database that has lost rows', (databases) => {
  let database: Database;
  beforeEach(async () => {
    database = await databases.open();
  });
  afterEach(() => database[Symbol.asyncDispose]());

  test('F3: gives ids behind those that the journal knows, and never goes back', async () => {
    const { db } = database;
    const { id: organisationId } = await makeOrganisation(db);
    const hire = async () => (await create(db, newUser(organisationId), NOBODY)).id;
    await goOnBehind(db, { ...NONE, users: 5000 });
    expect(await hire()).toBe(5001);
    for (const users of [0, 7, 5001]) await goOnBehind(db, { ...NONE, users });
    expect(await hire()).toBe(5002);
    await goOnBehind(db, { organisations: 70, users: 0, teams: 80 });
    expect((await makeOrganisation(db)).id).toBe(71);
    const { rows } = await database.pool.query(
      "INSERT INTO teams (organisation_id, name) VALUES (71, 'Night') RETURNING id",
    );
    expect(rows).toEqual([{ id: 81 }]);
  });

  test('F3: tells how far each copy of the journal had come, in the newest log that it follows', async () => {
    const { pool } = database;
    expect(await standings(pool)).toEqual({});
    const { id: organisationId } = await makeOrganisation(database.db);
    const [documents, audit] = [sqlDocuments(pool), presenceAudit(pool)];
    for (let log = 0; log < 2; log++) {
      const history = await History.lived([4711], {
        organisationId,
        live: async ({ agents: [agent] }) => void (await agent?.opens('s1')),
      });
      for (const target of [documents, audit]) await target.position(history.epoch);
      await documents.apply(history.projection());
      expect(await standings(pool)).toEqual({
        [documents.name]: { epoch: history.epoch, position: history.head },
        [audit.name]: { epoch: history.epoch, position: 0 },
      });
    }
  });
});
