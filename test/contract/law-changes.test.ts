import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../drizzle/client.ts';
import { DEFAULT_TRANSITIONS, PLAIN } from '../../drizzle/defaults.ts';
import type { Queryable } from '../../drizzle/queryable.ts';
import * as audit from '../../drizzle/repositories/audit.ts';
import * as config from '../../drizzle/repositories/config.ts';
import * as outbox from '../../drizzle/repositories/outbox.ts';
import { archive, save, type StatusChange } from '../../drizzle/repositories/status-changes.ts';
import * as statuses from '../../drizzle/repositories/statuses.ts';
import { saveTransition } from '../../drizzle/repositories/transition-changes.ts';
import { systemConfig } from '../../drizzle/schema/config.ts';
import { makeOrganisation, NOBODY } from '../support/database-fixtures.ts';
import { describeDatabases } from '../support/databases.ts';

const LUNCH = { code: 'lunch', label: 'Lunch', category: 'break', colour: '#00838f', shape: 'bar' } as const;
const IDLE = { key: 'MAX_AGENT_IDLE_TIME', type: 'integer', description: 'idle' } as const;
const LOGIN = { key: 'DEFAULT_LOGIN_STATUS', type: 'status', description: 'log-in' } as const;

await describeDatabases('changes of the law', (databases) => {
  let database: Database;
  let db: Queryable;
  let organisationId: number;

  beforeAll(async () => {
    database = await databases.open();
    db = database.db;
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    ({ id: organisationId } = await makeOrganisation(db));
    await outbox.remove(
      db,
      (await outbox.takeBatch(db, 10_000)).map(({ id }) => id),
    );
  });

  const put = (change: Omit<StatusChange, 'organisationId'>) =>
    save(db, { organisationId, ...change }, NOBODY);
  const setArchived = (code: string, archived = true) =>
    archive(db, { organisationId, code, archived }, NOBODY);
  const stored = async (code: string) => {
    const found = (await statuses.list(db, organisationId)).find((status) => status.code === code);
    if (found === undefined) return null;
    const { organisationId: _owner, ...status } = found;
    return status;
  };
  /** Without the entry of the organisation's making; the newest first. */
  const audited = async () => (await audit.list(db, organisationId, { limit: 100 })).slice(0, -1);
  const told = async () => (await outbox.takeBatch(db, 100)).map(({ topic, payload }) => [topic, payload]);

  describe('A8: a status', () => {
    test('is made with what is usual where nothing is said, last in the list, audited and told', async () => {
      const made = await put(LUNCH);
      expect(made).toEqual({ ...PLAIN, ...LUNCH });
      expect(await stored('lunch')).toEqual(made);
      expect((await statuses.list(db, organisationId)).at(-1)?.code).toBe('lunch');
      expect(await audited()).toMatchObject([
        { action: 'status.create', recordId: 'lunch', oldValues: null, newValues: made },
      ]);
      expect(await told()).toEqual([['organisation', { id: organisationId }]]);
    });

    test('is changed in the fields that are given, and the audit trail has both sides of each', async () => {
      await put(LUNCH);
      const changed = await put({
        code: 'lunch',
        label: 'Dinner',
        selectableBy: ['agent'],
        maxSeconds: 1800,
        onOverrun: { action: 'set', code: 'away' },
        idleLimit: { seconds: 90 },
      });
      expect(await stored('lunch')).toEqual(changed);
      expect(changed).toMatchObject({ label: 'Dinner', colour: LUNCH.colour, reasonRequired: false });
      const [entry] = await audited();
      expect(entry).toMatchObject({
        action: 'status.update',
        oldValues: { label: 'Lunch', selectableBy: null, maxSeconds: null, idleLimit: 'never' },
        newValues: { label: 'Dinner', selectableBy: ['agent'], maxSeconds: 1800, idleLimit: { seconds: 90 } },
      });
      expect(Object.keys(entry?.newValues ?? {})).toHaveLength(5);
    });

    test('that stays as it is, is told to nobody', async () => {
      const before = await put(LUNCH);
      const heard = (await told()).length;
      expect(await put({ code: 'lunch', label: 'Lunch' })).toEqual(before);
      expect(await audited()).toHaveLength(1);
      expect(await told()).toHaveLength(heard);
    });

    test.each<[field: string, change: Omit<StatusChange, 'organisationId'>]>([
      ['category', { code: 'busy', category: 'away' }],
      ['category', { code: 'offline', category: 'away' }],
      ['category', { ...LUNCH, category: 'offline' }],
      ['label', { code: 'lunch' }],
      ['shape', { code: 'lunch', label: 'Lunch', category: 'break', colour: '#00838f' }],
      ['routable', { code: 'offline', routable: true }],
      ['maxSeconds', { code: 'offline', maxSeconds: 60 }],
      ['idleLimit', { code: 'offline', idleLimit: 'default' }],
      ['selectableBy', { code: 'offline', selectableBy: ['admin'] }],
      ['onOverrun', { code: 'busy', onOverrun: { action: 'set', code: 'busy' } }],
      ['onOverrun', { code: 'busy', onOverrun: { action: 'set', code: 'nothing' } }],
      ['onOverrun', { code: 'busy', onOverrun: { action: 'set', code: 'offline' } }],
    ])('is refused for its %s: %j', async (field, change) => {
      const before = await statuses.list(db, organisationId);
      await expect(put(change)).rejects.toMatchObject({ name: 'InvalidValue', field });
      expect(await statuses.list(db, organisationId)).toEqual(before);
      expect(await audited()).toEqual([]);
    });

    test('offline may look otherwise', async () => {
      const changed = await put({ code: 'offline', label: 'Gone', colour: '#000000', shape: 'bar' });
      expect(changed).toMatchObject({ category: 'offline', label: 'Gone' });
    });

    test('saved by two at once has both of what they said, and the audit trail is a chain', async () => {
      await put(LUNCH);
      const labels = Array.from({ length: 8 }, (_, index) => `Lunch ${index}`);
      await Promise.all([
        ...labels.map((label) => put({ code: 'lunch', label })),
        ...labels.map((_label, index) => put({ code: 'lunch', maxSeconds: 60 + index })),
      ]);
      const entries = (await audited()).toReversed();
      const value: Record<string, unknown> = {};
      for (const { oldValues, newValues } of entries) {
        expect(value).toMatchObject(oldValues ?? {});
        Object.assign(value, newValues);
      }
      expect(value).toEqual(await stored('lunch'));
    });

    test('made by two at once is made once', async () => {
      const made = await Promise.all(Array.from({ length: 6 }, () => put(LUNCH)));
      for (const status of made) expect(status).toEqual({ ...PLAIN, ...LUNCH });
      expect(await audited()).toHaveLength(1);
    });
  });

  describe('A8: an archived status', () => {
    test('stays in the catalogue, and can be taken back', async () => {
      await put(LUNCH);
      expect(await setArchived('lunch')).toMatchObject({ code: 'lunch', archived: true });
      expect(await setArchived('lunch')).toMatchObject({ archived: true });
      expect(await stored('lunch')).toMatchObject({ archived: true });
      expect(await setArchived('lunch', false)).toMatchObject({ archived: false });
      expect((await audited()).map(({ action }) => action)).toEqual([
        'status.unarchive',
        'status.archive',
        'status.create',
      ]);
    });

    test('is none of nobody, nor of another organisation', async () => {
      const { id: other } = await makeOrganisation(db);
      await save(db, { organisationId: other, ...LUNCH }, NOBODY);
      expect(await setArchived('lunch')).toBeNull();
    });

    test('is never offline', async () => {
      await expect(setArchived('offline')).rejects.toMatchObject({ name: 'InvalidValue' });
    });

    test('is none that a log-in starts with, by the configuration or where it says nothing', async () => {
      await expect(setArchived('available')).rejects.toMatchObject({
        name: 'StillNeeded',
        message: expect.stringContaining('DEFAULT_LOGIN_STATUS') as unknown,
      });
      await config.set(db, { organisationId, ...LOGIN, value: 'busy' }, NOBODY);
      expect(await setArchived('available')).toMatchObject({ archived: true });
      await expect(setArchived('busy')).rejects.toMatchObject({ name: 'StillNeeded' });
    });

    test('is none that another sets on overrun, archived or not; and none is set that is archived', async () => {
      await put({ ...LUNCH, onOverrun: { action: 'set', code: 'away' } });
      await setArchived('lunch');
      await expect(setArchived('away')).rejects.toMatchObject({
        name: 'StillNeeded',
        message: expect.stringContaining('lunch') as unknown,
      });
      await put({ code: 'lunch', onOverrun: { action: 'alert' } });
      expect(await setArchived('away')).toMatchObject({ archived: true });
      const again = put({ code: 'lunch', onOverrun: { action: 'set', code: 'away' } });
      await expect(again).rejects.toMatchObject({ name: 'InvalidValue', field: 'onOverrun' });
    });

    test('and a configuration that names it never meet, however close they come', async () => {
      await put({ ...LUNCH, code: 'desk', category: 'available' });
      for (let round = 0; round < 5; round += 1) {
        await Promise.allSettled([
          config.set(db, { organisationId, ...LOGIN, value: 'desk' }, NOBODY),
          setArchived('desk'),
        ]);
        const rows = await config.list(db, organisationId);
        const isNamed = rows.some(({ value }) => value === 'desk');
        expect([isNamed, (await stored('desk'))?.archived]).not.toEqual([true, true]);
        await config.set(db, { organisationId, ...LOGIN, value: 'busy' }, NOBODY);
        await setArchived('desk', false);
      }
    });
  });

  describe('A9: a row of the graph', () => {
    const row = { from: { code: 'break' }, to: { category: 'busy' }, role: 'agent' } as const;
    const put9 = (allowed: boolean, more: Partial<statuses.Transition> = {}) =>
      saveTransition(db, { organisationId, ...row, ...more, allowed }, NOBODY);

    test('is added once and removed once, for one role or for all', async () => {
      const owned = { organisationId, ...row };
      expect(await put9(true)).toContainEqual(owned);
      expect(await put9(true)).toHaveLength(DEFAULT_TRANSITIONS.length + 1);
      expect(await put9(true, { role: null })).toHaveLength(DEFAULT_TRANSITIONS.length + 2);
      expect(await put9(false)).not.toContainEqual(owned);
      expect(await put9(false)).toHaveLength(DEFAULT_TRANSITIONS.length + 1);
      expect(
        (await audited()).map(({ action, oldValues, newValues }) => [action, oldValues, newValues]),
      ).toEqual([
        ['transition.remove', row, null],
        ['transition.add', null, { ...row, role: null }],
        ['transition.add', null, row],
      ]);
      expect(await told()).toHaveLength(3);
    });

    test('names duties of its organisation', async () => {
      const refused = { name: 'InvalidValue', field: 'to' };
      await expect(put9(true, { to: { code: 'nothing' } })).rejects.toMatchObject(refused);
      await expect(put9(true, { to: { code: 'offline' } })).rejects.toMatchObject(refused);
    });
  });

  describe('a configuration value', () => {
    test('is set, audited with what was before, and told', async () => {
      const row = await config.set(db, { organisationId, ...IDLE, value: '60' }, NOBODY);
      expect(row).toMatchObject({ key: IDLE.key, value: '60', isEditable: true });
      expect(await config.list(db, organisationId)).toEqual([row]);
      await config.set(db, { organisationId, ...IDLE, value: '60' }, NOBODY);
      expect(await audited()).toMatchObject([
        { action: 'config.set', recordId: IDLE.key, oldValues: { value: '300' }, newValues: { value: '60' } },
      ]);
      expect(await told()).toHaveLength(1);
    });

    test('is made where there was none', async () => {
      const row = await config.set(db, { organisationId, ...LOGIN, value: 'busy' }, NOBODY);
      expect(await config.list(db, organisationId)).toContainEqual(row);
      expect(await audited()).toMatchObject([{ oldValues: null, newValues: { value: 'busy' } }]);
    });

    test('that is not editable stays', async () => {
      await db
        .update(systemConfig)
        .set({ isEditable: false })
        .where(eq(systemConfig.organisationId, organisationId));
      const refused = config.set(db, { organisationId, ...IDLE, value: '60' }, NOBODY);
      await expect(refused).rejects.toMatchObject({ name: 'InvalidValue', field: 'key' });
      expect(await config.list(db, organisationId)).toMatchObject([{ value: '300' }]);
    });

    test.each(['nothing', 'offline'])('that must name a duty does not name %s', async (value) => {
      const refused = config.set(db, { organisationId, ...LOGIN, value }, NOBODY);
      await expect(refused).rejects.toMatchObject({ name: 'InvalidValue', field: 'value' });
    });
  });

  test('the audit trail is read newest first, page by page, and by what it is asked for', async () => {
    for (const value of ['60', '70', '80']) await config.set(db, { organisationId, ...IDLE, value }, NOBODY);
    const list = (filter: audit.AuditFilter & { limit: number }) => audit.list(db, organisationId, filter);
    const [newest, second] = await list({ limit: 2 });
    expect([newest, second]).toMatchObject([{ newValues: { value: '80' } }, { newValues: { value: '70' } }]);
    expect(await list({ limit: 1, before: second?.id ?? 0 })).toMatchObject([{ newValues: { value: '60' } }]);
    expect(await list({ limit: 9, action: 'organisation.create' })).toHaveLength(1);
    expect(await list({ limit: 9, tableName: 'system_config', recordId: IDLE.key })).toHaveLength(3);
    expect(await list({ limit: 9, from: newest?.at, action: 'config.set' })).toContainEqual(newest);
    expect(await list({ limit: 9, to: newest?.at })).not.toContainEqual(newest);
    expect(await list({ limit: 9, userId: 1 })).toEqual([]);
    expect(await audit.list(db, 999_999, { limit: 9 })).toEqual([]);
  });
});
