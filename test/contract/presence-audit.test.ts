import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { presenceAudit } from '../../api/presence-audit.ts';
import type { Database } from '../../drizzle/client.ts';
import { auditLogs } from '../../drizzle/schema/audit.ts';
import { create } from '../../drizzle/repositories/users.ts';
import { makeOrganisation, newUser, NOBODY } from '../support/database-fixtures.ts';
import { describeDatabases } from '../support/databases.ts';
import { History } from '../support/histories.ts';

await describeDatabases('the audit of presence', (databases) => {
  let database: Database;
  let organisationId: number;
  let supervisor: number;
  const AGENT = 4711;
  beforeAll(async () => {
    database = await databases.open();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    await database.pool.query('TRUNCATE audit_logs, projections');
    ({ id: organisationId } = await makeOrganisation(database.db));
    ({ id: supervisor } = await create(database.db, newUser(organisationId, { role: 'supervisor' }), NOBODY));
    await database.pool.query('DELETE FROM audit_logs');
  });

  /** A day on which the agent does something, and the supervisor forces, releases and logs out. */
  const live = (by: number) =>
    History.lived([AGENT], {
      organisationId,
      live: async ({ agents: [agent] }) => {
        await agent?.opens('s1');
        await agent?.chooses('busy');
        await agent?.isForced('break', { hold: true, by });
        await agent?.isReleased({ by });
        await agent?.isForced('offline', { by });
      },
    });
  const entries = () => database.db.select().from(auditLogs).orderBy(auditLogs.id);

  test('E1: what somebody does to another is entered, with who, when, what and why', async () => {
    const history = await live(supervisor);
    const audit = presenceAudit(database.pool);
    expect(await audit.position(history.epoch)).toBe(0);
    await audit.apply(history.projection());
    const rows = await entries();
    const at = new Date(history.events[0]?.at ?? 0);
    const whose = { organisationId, userId: supervisor, tableName: 'users', recordId: '4711', at };
    expect(rows).toMatchObject([
      {
        ...whose,
        action: 'presence.force',
        oldValues: { status: 'busy' },
        newValues: { seq: 3, status: 'break', reason: 'as I say', hold: true },
      },
      {
        ...whose,
        action: 'presence.release',
        oldValues: { status: 'break' },
        newValues: { seq: 4, status: 'busy' },
      },
      {
        ...whose,
        action: 'presence.force',
        oldValues: { status: 'busy' },
        newValues: { seq: 5, status: 'offline', reason: 'as I say' },
      },
    ]);
  });

  test('F3: it is entered once, however often and by however many it is projected', async () => {
    const history = await live(supervisor);
    const [one, other] = [presenceAudit(database.pool), presenceAudit(database.pool)];
    await one.position(history.epoch);
    await Promise.all([one.apply(history.projection(0, 4)), other.apply(history.projection(0, 3))]);
    await Promise.all([one.apply(history.projection()), other.apply(history.projection(2))]);
    await one.apply(history.projection());
    expect(await one.position(history.epoch)).toBe(history.head);
    expect((await entries()).map(({ action }) => action)).toHaveLength(3);
  });

  test('somebody whom the database does not know is named all the same', async () => {
    const history = await live(2_000_000_000);
    const audit = presenceAudit(database.pool);
    await audit.position(history.epoch);
    await audit.apply(history.projection());
    expect((await entries())[0]).toMatchObject({ userId: null, newValues: { by: 2_000_000_000 } });
  });

  test('F3: of an organisation that the database has lost nothing is entered, and the copy goes on', async () => {
    const [agent, lost] = [AGENT + 1, organisationId + 1_000_000];
    const history = await History.lived([agent], {
      organisationId: lost,
      live: async ({ agents: [first] }) => {
        await first?.opens('s1');
        await first?.isForced('break', { by: supervisor });
      },
    });
    const audit = presenceAudit(database.pool);
    await audit.position(history.epoch);
    expect(await audit.apply(history.projection())).toMatchObject({ position: history.head });
    expect(await entries()).toEqual([]);
  });
});
