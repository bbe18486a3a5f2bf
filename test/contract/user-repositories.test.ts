import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../drizzle/client.ts';
import { DuplicateValue, InvalidValue, UnknownReference } from '../../drizzle/errors.ts';
import { inTransaction, type Queryable } from '../../drizzle/queryable.ts';
import { members } from '../../drizzle/repositories/members.ts';
import { takeBatch } from '../../drizzle/repositories/outbox.ts';
import * as teams from '../../drizzle/repositories/teams.ts';
import * as users from '../../drizzle/repositories/users.ts';
import { auditLogs } from '../../drizzle/schema/audit.ts';
import { outbox } from '../../drizzle/schema/outbox.ts';
import { users as userTable } from '../../drizzle/schema/people.ts';
import { makeOrganisation, newUser, NOBODY, unique } from '../support/database-fixtures.ts';
import { describeDatabases } from '../support/databases.ts';

await describeDatabases('users', (databases) => {
  let database: Database;
  let db: Queryable;
  let organisationId: number;

  const make = (more: Partial<users.NewUser> = {}) => users.create(db, newUser(organisationId, more), NOBODY);
  const names = async (filter: users.UserFilter, page: users.PageOf = { page: 1, limit: 100 }) => {
    const { rows } = await users.list(db, organisationId, { ...filter, ...page });
    return rows.map(({ fullName }) => fullName);
  };

  beforeAll(async () => {
    database = await databases.open();
    db = database.db;
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    ({ id: organisationId } = await makeOrganisation(db));
  });

  describe('a new user', () => {
    test('is read back as it was made, with what holds by default', async () => {
      const made = await make({ fullName: 'Ada Lovelace' });
      expect(await users.byId(db, organisationId, made.id)).toEqual(made);
      expect(made).toMatchObject({
        organisationId,
        fullName: 'Ada Lovelace',
        role: 'agent',
        teamId: null,
        department: null,
        isActive: true,
        onBoard: true,
        mustChangePassword: false,
        lastLoginAt: null,
      });
      expect(made.createdAt).toBeInstanceOf(Date);
      expect(made).not.toHaveProperty('passwordHash');
    });

    test('stands on boards by default as an agent only', async () => {
      expect(await make({ role: 'agent' })).toMatchObject({ onBoard: true });
      expect(await make({ role: 'supervisor' })).toMatchObject({ onBoard: false });
      expect(await make({ role: 'manager', onBoard: true })).toMatchObject({ onBoard: true });
      expect(await make({ role: 'agent', onBoard: false })).toMatchObject({ onBoard: false });
    });

    test('is told to the audit trail without its password, and to the engine', async () => {
      const made = await make({ passwordHash: 'secret' });
      const audited = await db
        .select()
        .from(auditLogs)
        .where(eq(auditLogs.recordId, String(made.id)));
      expect(audited).toMatchObject([
        { action: 'user.create', tableName: 'users', userId: null, ipAddress: '192.0.2.7', oldValues: null },
      ]);
      expect(JSON.stringify(audited)).not.toContain('secret');
      const told = await db.select().from(outbox).where(eq(outbox.topic, 'member'));
      expect(told.map(({ payload }) => payload)).toContainEqual({
        id: made.id,
        organisationId,
        name: made.fullName,
        teamId: null,
        department: null,
        role: 'agent',
        onBoard: true,
        createdAt: made.createdAt.getTime(),
        active: true,
      });
    });

    test('leaves no trace when it is refused', async () => {
      const before = await takeBatch(db, 1000);
      const taken = await make();
      const again = newUser(organisationId, { username: taken.username });
      await expect(users.create(db, again, NOBODY)).rejects.toThrow(DuplicateValue);
      expect(await takeBatch(db, 1000)).toHaveLength(before.length + 1);
    });
  });

  describe('what is refused', () => {
    test('J1: a user name that exists in any organisation, whatever the case', async () => {
      const { username } = await make();
      const { id: other } = await makeOrganisation(db);
      const refused = users.create(db, newUser(other, { username: username.toUpperCase() }), NOBODY);
      await expect(refused).rejects.toMatchObject({ name: 'DuplicateValue', field: 'username' });
    });

    test('J1: an e-mail address that exists in any organisation, whatever the case', async () => {
      const { email } = await make();
      const { id: other } = await makeOrganisation(db);
      const refused = users.create(db, newUser(other, { email: email.toUpperCase() }), NOBODY);
      await expect(refused).rejects.toMatchObject({ name: 'DuplicateValue', field: 'email' });
    });

    test('one of two who want the same name at once', async () => {
      const wanted = newUser(organisationId);
      const outcomes = await Promise.allSettled([
        users.create(db, wanted, NOBODY),
        users.create(db, { ...wanted, email: 'other@example.com' }, NOBODY),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const refused = outcomes.find(({ status }) => status === 'rejected');
      expect(refused).toMatchObject({ reason: { name: 'DuplicateValue', field: 'username' } });
    });

    test.each([
      ['username', { username: 'no spaces' }],
      ['username', { username: 'ab' }],
      ['email', { email: 'nobody' }],
      ['fullName', { fullName: 'x' }],
      ['department', { department: 'x' }],
      ['phone', { phone: 'call me' }],
    ])('a value that breaks a rule: %s %o', async (field, more) => {
      const refused = make(more);
      await expect(refused).rejects.toMatchObject({ name: 'InvalidValue', field });
    });

    test('a text that is too long', async () => {
      const refused = make({ fullName: 'x'.repeat(256) });
      await expect(refused).rejects.toThrow(InvalidValue);
    });

    test('a character that no text can hold, and a number that no id can be', async () => {
      await expect(make({ fullName: 'nul \0 nul' })).rejects.toThrow(InvalidValue);
      await expect(names({ search: '\0' })).rejects.toThrow(InvalidValue);
      await expect(users.byId(db, organisationId, 2 ** 40)).rejects.toThrow(InvalidValue);
    });

    test('J1: a team of another organisation, for any role', async () => {
      const { id: other } = await makeOrganisation(db);
      const { id: teamId } = await teams.create(db, { organisationId: other, name: 'Theirs' }, NOBODY);
      for (const role of ['agent', 'supervisor'] as const) {
        const refused = make({ teamId, role });
        await expect(refused).rejects.toMatchObject({ name: 'UnknownReference', field: 'teamId' });
      }
    });

    test('an organisation that does not exist', async () => {
      const refused = users.create(db, newUser(999_999), NOBODY);
      await expect(refused).rejects.toMatchObject({ name: 'UnknownReference', field: 'organisationId' });
    });

    test('and never in words of SQL', async () => {
      const refused = await users.create(db, newUser(999_999, { passwordHash: 'secret' }), NOBODY).then(
        () => null,
        (error: unknown) => error,
      );
      expect(refused).toBeInstanceOf(UnknownReference);
      expect(String(refused)).not.toMatch(/insert|secret/i);
    });
  });

  describe('finding users', () => {
    test('for log-in: by name whatever the case, deactivated ones too', async () => {
      const made = await make({ passwordHash: 'their hash' });
      await db.update(userTable).set({ isActive: false }).where(eq(userTable.id, made.id));
      const found = await users.findForLogin(db, made.username.toUpperCase());
      expect(found).toMatchObject({ passwordHash: 'their hash', user: { id: made.id, isActive: false } });
      expect(await users.findForLogin(db, 'nobody_has_this_name')).toBeNull();
    });

    test("J1: another organisation's id is nobody", async () => {
      const made = await make();
      const { id: other } = await makeOrganisation(db);
      expect(await users.byId(db, other, made.id)).toBeNull();
      expect(await users.list(db, other, { page: 1, limit: 100 })).toEqual({ rows: [], total: 0 });
    });

    test('in pages, by name', async () => {
      for (const fullName of ['Eve', 'Bob', 'Dan', 'Ann', 'Cid']) {
        await make({ fullName });
      }
      expect(await names({}, { page: 1, limit: 2 })).toEqual(['Ann', 'Bob']);
      expect(await names({}, { page: 3, limit: 2 })).toEqual(['Eve']);
      expect(await users.list(db, organisationId, { page: 4, limit: 2 })).toEqual({ rows: [], total: 5 });
    });

    test("by role, team, activity and department, the team's where the user has none", async () => {
      const { id: teamId } = await teams.create(
        db,
        { organisationId, name: 'Support', department: 'Technical' },
        NOBODY,
      );
      await make({ fullName: 'Inherits', teamId });
      await users.create(
        db,
        newUser(organisationId, { fullName: 'Own', teamId, department: 'Sales' }),
        NOBODY,
      );
      await make({ fullName: 'Viewer', role: 'viewer' });
      const gone = await make({ fullName: 'Gone' });
      await db.update(userTable).set({ isActive: false }).where(eq(userTable.id, gone.id));

      expect(await names({ teamId })).toEqual(['Inherits', 'Own']);
      expect(await names({ department: 'Technical' })).toEqual(['Inherits']);
      expect(await names({ department: 'Sales' })).toEqual(['Own']);
      expect(await names({ roles: ['viewer', 'admin'] })).toEqual(['Viewer']);
      expect(await names({ roles: [] })).toEqual([]);
      expect(await names({ active: false })).toEqual(['Gone']);
      expect(await names({ active: true, roles: ['agent'] })).toEqual(['Inherits', 'Own']);
    });

    test('by a part of name, user name or e-mail, whatever the case, taken as it is', async () => {
      await make({ fullName: '100% Émile' });
      await users.create(
        db,
        newUser(organisationId, { fullName: 'Under_score', username: unique('zed') }),
        NOBODY,
      );
      await users.create(
        db,
        newUser(organisationId, { fullName: 'Back\\slash', email: unique('q@x.example') }),
        NOBODY,
      );
      await make({ fullName: 'Plain' });
      expect(await names({ search: 'plAIN' })).toEqual(['Plain']);
      expect(await names({ search: 'ZED' })).toEqual(['Under_score']);
      expect(await names({ search: 'X.EXAMPLE' })).toEqual(['Back\\slash']);
      expect(await names({ search: '100%' })).toEqual(['100% Émile']);
      expect(await names({ search: 'émile' })).toEqual(['100% Émile']);
      expect(await names({ search: '%' })).toEqual(['100% Émile']);
      expect(await names({ search: 'r_s' })).toEqual(['Under_score']);
      expect(await names({ search: 'k\\s' })).toEqual(['Back\\slash']);
      expect(await names({ search: "'; DROP TABLE users; --" })).toEqual([]);
    });
  });

  test('a log-in is noted, and is no change of the user', async () => {
    const made = await make();
    const at = new Date('2026-02-03T04:05:06.789Z');
    await users.recordLogin(db, made.id, at);
    expect(await users.byId(db, organisationId, made.id)).toEqual({ ...made, lastLoginAt: at });
  });

  test('B8: the roster is every active user once, by rising id, over many pages', async () => {
    const expected = await db.$count(userTable, eq(userTable.isActive, true));
    const rows = Array.from({ length: 2100 }, () => ({ ...newUser(organisationId), onBoard: true }));
    for (let start = 0; start < rows.length; start += 700) {
      await db.insert(userTable).values(rows.slice(start, start + 700));
    }
    const ids: number[] = [];
    for await (const page of members(db)) ids.push(...page.map(({ id }) => id));
    expect(ids).toHaveLength(expected + 2100);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  test('what fails within a transaction of several repositories undoes all of it', async () => {
    const failing = inTransaction(db, async (tx) => {
      await teams.create(tx, { organisationId, name: 'Undone' }, NOBODY);
      await users.create(tx, newUser(organisationId), NOBODY);
      await tx.execute(sql`SELECT 1`);
      throw new RangeError('the work failed');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await teams.list(db, organisationId)).toEqual([]);
    expect((await users.list(db, organisationId, { page: 1, limit: 1 })).total).toBe(0);
  });
});
