import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../drizzle/client.ts';
import type { Queryable } from '../../drizzle/queryable.ts';
import { takeBatch } from '../../drizzle/repositories/outbox.ts';
import * as statuses from '../../drizzle/repositories/statuses.ts';
import * as teams from '../../drizzle/repositories/teams.ts';
import * as users from '../../drizzle/repositories/users.ts';
import { auditLogs } from '../../drizzle/schema/audit.ts';
import { outbox } from '../../drizzle/schema/outbox.ts';
import { users as userTable } from '../../drizzle/schema/people.ts';
import { seedAgents, seedDemo } from '../../drizzle/seed.ts';
import { makeOrganisation } from '../support/database-fixtures.ts';
import { describeDatabases } from '../support/databases.ts';

const now = new Date('2026-04-05T06:07:08.900Z');

/** Everything that seeding could change. */
async function everything(db: Queryable, organisationId: number): Promise<unknown> {
  return {
    users: await db.select().from(userTable).where(eq(userTable.organisationId, organisationId)),
    teams: await teams.list(db, organisationId),
    statuses: await statuses.list(db, organisationId),
    transitions: await statuses.transitions(db, organisationId),
    outbox: await takeBatch(db, 10_000),
    audit: await db.select().from(auditLogs),
  };
}

await describeDatabases('seeding', (databases) => {
  let database: Database;
  let db: Queryable;
  let organisationId: number;

  beforeAll(async () => {
    database = await databases.open();
    db = database.db;
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    await db.execute(sql`TRUNCATE organisations CASCADE`);
    ({ id: organisationId } = await makeOrganisation(db));
  });

  describe('agents', () => {
    test('makes teams of fifty, a supervisor for each, a manager and a viewer', async () => {
      const planted = await seedAgents(db, { organisationId, count: 120, passwordHash: 'hash', now });
      expect(planted).toEqual({ teams: 3, users: 125 });

      const all = await teams.list(db, organisationId);
      expect(all.map(({ name, maxAgents }) => [name, maxAgents])).toEqual([
        ['Team 01', 50],
        ['Team 02', 50],
        ['Team 03', 50],
      ]);
      const sizes = all.map(({ id: teamId }) =>
        users.list(db, organisationId, { teamId, roles: ['agent'], page: 1, limit: 1 }),
      );
      expect((await Promise.all(sizes)).map(({ total }) => total)).toEqual([50, 50, 20]);
      const supervisor = await users.findForLogin(db, 'supervisor02');
      expect(all[1]?.supervisorId).toBe(supervisor?.user.id);
      expect(supervisor?.user).toMatchObject({ role: 'supervisor', teamId: all[1]?.id, onBoard: false });
      expect(await users.findForLogin(db, 'agent0120')).toMatchObject({
        passwordHash: 'hash',
        user: { role: 'agent', onBoard: true, teamId: all[2]?.id, createdAt: now },
      });
      expect(await users.findForLogin(db, 'agent0121')).toBeNull();
      expect(await users.findForLogin(db, 'manager')).toMatchObject({ user: { role: 'manager' } });
      expect(await users.findForLogin(db, 'viewer')).toMatchObject({ user: { role: 'viewer' } });
    });

    test('changes nothing the second time, and adds what a greater number lacks', async () => {
      const planting = { organisationId, passwordHash: 'hash', now };
      await seedAgents(db, { ...planting, count: 60 });
      const before = await everything(db, organisationId);
      const later = { ...planting, passwordHash: 'another', now: new Date('2027-01-01T00:00:00Z') };
      expect(await seedAgents(db, { ...later, count: 60 })).toEqual({ teams: 0, users: 0 });
      expect(await everything(db, organisationId)).toEqual(before);
      expect(await seedAgents(db, { ...later, count: 110 })).toEqual({ teams: 1, users: 51 });
      expect(await db.$count(outbox, eq(outbox.topic, 'member'))).toBe(64 + 51);
    });

    test('tells the engine of each user', async () => {
      await seedAgents(db, { organisationId, count: 2, passwordHash: 'hash', now });
      const told = (await takeBatch(db, 100)).filter(({ topic }) => topic === 'member');
      expect(told).toHaveLength(5);
      expect(told[0]).toMatchObject({
        organisationId,
        payload: { name: 'Amara Okafor', department: 'Customer Service', role: 'agent', onBoard: true },
      });
    });

    test('J1: takes no user of another organisation', async () => {
      const other = await makeOrganisation(db);
      await seedAgents(db, { organisationId, count: 3, passwordHash: 'hash', now });
      const again = seedAgents(db, { organisationId: other.id, count: 3, passwordHash: 'hash', now });
      await expect(again).rejects.toMatchObject({ name: 'DuplicateValue', field: 'username' });
      expect(await teams.list(db, other.id)).toEqual([]);
    });
  });

  describe('the demo', () => {
    test('makes three teams with two hundred agents, and statuses besides the seeded ones', async () => {
      const planted = await seedDemo(db, { organisationId, passwordHash: 'hash', now });
      expect(planted).toEqual({ teams: 3, users: 205 });
      const all = await teams.list(db, organisationId);
      expect(all.map(({ name }) => name)).toEqual(['Customer Service', 'Sales Team', 'Technical Support']);
      expect(all.every(({ supervisorId }) => supervisorId !== null)).toBe(true);
      const { rows, total } = await users.list(db, organisationId, {
        roles: ['agent'],
        page: 1,
        limit: 1000,
      });
      expect(total).toBe(200);
      expect(new Set(rows.map(({ fullName }) => fullName)).size).toBe(200);
      expect((await statuses.list(db, organisationId)).map(({ code }) => code)).toEqual(
        'available busy away break wrap_up offline lunch training meeting coaching'.split(' '),
      );

      const before = await everything(db, organisationId);
      expect(await seedDemo(db, { organisationId, passwordHash: 'hash', now })).toEqual({
        teams: 0,
        users: 0,
      });
      expect(await everything(db, organisationId)).toEqual(before);
    });
  });
});
