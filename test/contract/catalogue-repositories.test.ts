import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../drizzle/client.ts';
import { DEFAULT_STATUSES, DEFAULT_TRANSITIONS, PLAIN } from '../../drizzle/defaults.ts';
import type { Queryable } from '../../drizzle/queryable.ts';
import * as audit from '../../drizzle/repositories/audit.ts';
import * as config from '../../drizzle/repositories/config.ts';
import * as organisations from '../../drizzle/repositories/organisations.ts';
import * as outbox from '../../drizzle/repositories/outbox.ts';
import * as statuses from '../../drizzle/repositories/statuses.ts';
import { auditLogs } from '../../drizzle/schema/audit.ts';
import { makeOrganisation, newOrganisation, NOBODY, unique } from '../support/database-fixtures.ts';
import { describeDatabases } from '../support/databases.ts';

const LUNCH: statuses.Status = {
  ...PLAIN,
  code: 'lunch',
  label: 'Lunch',
  category: 'break',
  colour: '#00838F',
  shape: 'bar',
  selectableBy: ['agent', 'supervisor'],
  reasonRequired: true,
  maxSeconds: 1800,
  onOverrun: { action: 'set', code: 'away' },
  idleLimit: { seconds: 90 },
};

await describeDatabases('organisations, catalogue, configuration', (databases) => {
  let database: Database;
  let db: Queryable;

  beforeAll(async () => {
    database = await databases.open();
    db = database.db;
  });
  afterAll(() => database[Symbol.asyncDispose]());

  describe('J1: an organisation', () => {
    test('is made with its catalogue, graph and configuration', async () => {
      const wanted = newOrganisation({
        statuses: [...DEFAULT_STATUSES, LUNCH],
        transitions: [
          ...DEFAULT_TRANSITIONS,
          { from: { code: 'break' }, to: { code: 'lunch' }, role: 'agent' },
        ],
      });
      const made = await organisations.create(db, wanted, NOBODY);
      expect(made).toMatchObject({ name: wanted.name, timeZone: 'Asia/Bangkok', isActive: true });
      expect(await organisations.byId(db, made.id)).toEqual(made);
      expect(await organisations.list(db)).toContainEqual(made);

      const owned = (row: object) => ({ organisationId: made.id, ...row });
      expect(await statuses.list(db, made.id)).toEqual(wanted.statuses.map(owned));
      expect(await statuses.transitions(db, made.id)).toEqual(wanted.transitions.map(owned));
      expect(await config.list(db, made.id)).toMatchObject(wanted.config);
    });

    test('is told to the audit trail and to the engine', async () => {
      const { id } = await makeOrganisation(db);
      const audited = await db.select().from(auditLogs).where(eq(auditLogs.organisationId, id));
      expect(audited).toMatchObject([{ action: 'organisation.create', userAgent: 'a test' }]);
      const told = await outbox.takeBatch(db, 1000);
      expect(told).toContainEqual({
        id: expect.any(Number) as number,
        organisationId: id,
        topic: 'organisation',
        payload: { id },
      });
    });

    test('has a name of its own, whatever the case', async () => {
      const { name } = await makeOrganisation(db);
      const again = organisations.create(db, newOrganisation({ name: name.toUpperCase() }), NOBODY);
      await expect(again).rejects.toMatchObject({ name: 'DuplicateValue', field: 'name' });
    });

    test('is not there by half when a part of it is refused', async () => {
      const name = unique('Half ');
      const wanted = newOrganisation({
        name,
        transitions: [{ from: { code: 'nothing' }, to: { category: 'busy' }, role: null }],
      });
      await expect(organisations.create(db, wanted, NOBODY)).rejects.toMatchObject({
        name: 'UnknownReference',
        field: 'fromCode',
      });
      expect((await organisations.list(db)).map((each) => each.name)).not.toContain(name);
    });

    test('sees its own rows alone', async () => {
      const { id: one } = await makeOrganisation(db);
      const { id: other } = await makeOrganisation(db);
      await statuses.addMissing(db, one, [LUNCH]);
      expect((await statuses.list(db, other)).map(({ code }) => code)).not.toContain('lunch');
      const all = await statuses.list(db);
      expect(all.filter(({ organisationId }) => organisationId === one)).toHaveLength(7);
      expect(all.filter(({ organisationId }) => organisationId === other)).toHaveLength(6);
    });
  });

  describe('A8: the catalogue', () => {
    test('takes a code once for each organisation', async () => {
      const { id } = await makeOrganisation(db);
      expect(await statuses.addMissing(db, id, [LUNCH])).toBe(1);
      expect(await statuses.addMissing(db, id, [{ ...LUNCH, label: 'Dinner' }])).toBe(0);
      expect(await statuses.list(db, id)).toContainEqual({ organisationId: id, ...LUNCH });
    });

    test.each<[field: string, more: Partial<statuses.Status>]>([
      ['code', { code: 'Not A Code' }],
      ['label', { label: '' }],
      ['category', { category: 'offline' }],
      ['colour', { colour: 'green' }],
      ['maxSeconds', { maxSeconds: 0 }],
      ['idleLimitSeconds', { idleLimit: { seconds: 0 } }],
    ])('refuses a status with a bad %s', async (field, more) => {
      const { id } = await makeOrganisation(db);
      const refused = statuses.addMissing(db, id, [{ ...LUNCH, ...more }]);
      await expect(refused).rejects.toMatchObject({ name: 'InvalidValue', field });
    });

    test('refuses to archive offline', async () => {
      const bad = DEFAULT_STATUSES.map((status) => ({ ...status, archived: true }));
      const refused = organisations.create(db, newOrganisation({ statuses: bad }), NOBODY);
      await expect(refused).rejects.toMatchObject({ name: 'InvalidValue', field: 'archived' });
    });

    test('refuses to set, on overrun, a code that is not there', async () => {
      const { id } = await makeOrganisation(db);
      const refused = statuses.addMissing(db, id, [
        { ...LUNCH, onOverrun: { action: 'set', code: 'nothing' } },
      ]);
      await expect(refused).rejects.toMatchObject({ name: 'UnknownReference', field: 'onOverrunCode' });
    });
  });

  test('A9: the graph takes a row once for each role', async () => {
    const { id } = await makeOrganisation(db);
    const row = { from: { code: 'busy' }, to: { category: 'break' }, role: null } as const;
    expect(await statuses.addMissingTransitions(db, id, [row])).toBe(1);
    expect(await statuses.addMissingTransitions(db, id, [row, { ...row, role: 'agent' }])).toBe(1);
  });

  test('a configuration value that is there stays', async () => {
    const { id } = await makeOrganisation(db);
    const [row] = await config.list(db, id);
    if (row === undefined) throw new TypeError('an organisation has configuration');
    const { updatedAt: _updatedAt, ...same } = row;
    await config.addMissing(db, id, [
      { ...same, value: '1' },
      { ...same, key: 'OTHER', value: 'away', type: 'status' },
    ]);
    expect(await config.list(db, id)).toMatchObject([row, { key: 'OTHER', value: 'away' }]);
  });

  test('an entry of the audit trail takes what the network says of itself at any length', async () => {
    const { id } = await makeOrganisation(db);
    const by = { userId: null, ipAddress: 'f'.repeat(99), userAgent: 'Mozilla '.repeat(200) };
    await audit.append(db, {
      organisationId: id,
      by,
      action: 'config.set',
      tableName: 'system_config',
      recordId: 'X',
      oldValues: { value: '1' },
      newValues: { value: '2' },
    });
    const [, entry] = await db
      .select()
      .from(auditLogs)
      .where(eq(auditLogs.organisationId, id))
      .orderBy(auditLogs.id);
    expect(entry).toMatchObject({ oldValues: { value: '1' }, newValues: { value: '2' } });
    expect(entry?.userAgent).toHaveLength(500);
  });

  test('J1: the audit trail takes no user of another organisation', async () => {
    const { id } = await makeOrganisation(db);
    const entry = { organisationId: id, action: 'x.y', tableName: 'x', recordId: '1' };
    const refused = audit.append(db, { ...entry, by: { ...NOBODY, userId: 999_999 } });
    await expect(refused).rejects.toMatchObject({ name: 'UnknownReference', field: 'userId' });
  });

  describe('the outbox', () => {
    test('is taken oldest first and kept until removed', async () => {
      await outbox.remove(
        db,
        (await outbox.takeBatch(db, 10_000)).map(({ id }) => id),
      );
      const { id } = await makeOrganisation(db);
      const news = { topic: 'organisation', payload: { id } } as const;
      await outbox.append(db, id, [news, news]);
      const batch = await outbox.takeBatch(db, 2);
      expect(batch).toHaveLength(2);
      expect(await outbox.takeBatch(db, 2)).toEqual(batch);
      await outbox.remove(
        db,
        batch.map((row) => row.id),
      );
      const rest = await outbox.takeBatch(db, 10);
      expect(rest).toHaveLength(1);
      expect(rest[0]?.id).toBeGreaterThan(batch[1]?.id ?? Infinity);
      await outbox.remove(db, []);
    });

    test('is announced when the transaction commits, and only then', async () => {
      const { id } = await makeOrganisation(db);
      const listener = await database.pool.connect();
      const heard: string[] = [];
      listener.on('notification', ({ channel }) => heard.push(channel));
      await listener.query(`LISTEN ${outbox.OUTBOX_CHANNEL}`);
      const news = { topic: 'organisation', payload: { id } } as const;
      const failing = db.transaction(async (tx) => {
        await outbox.append(tx, id, [news]);
        throw new RangeError('undone');
      });
      await expect(failing).rejects.toThrow(RangeError);
      await listener.query('SELECT 1');
      expect(heard).toEqual([]);
      await db.transaction((tx) => outbox.append(tx, id, [news, news]));
      await expect.poll(() => heard).toEqual([outbox.OUTBOX_CHANNEL]);
      listener.release(true);
    });
  });
});
