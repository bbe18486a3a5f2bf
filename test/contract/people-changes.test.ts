import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../drizzle/client.ts';
import type { Queryable } from '../../drizzle/queryable.ts';
import * as audit from '../../drizzle/repositories/audit.ts';
import * as outbox from '../../drizzle/repositories/outbox.ts';
import * as refreshTokens from '../../drizzle/repositories/refresh-tokens.ts';
import * as teams from '../../drizzle/repositories/teams.ts';
import { update, type UserChange } from '../../drizzle/repositories/user-changes.ts';
import * as users from '../../drizzle/repositories/users.ts';
import { makeOrganisation, newUser, NOBODY, unique } from '../support/database-fixtures.ts';
import { describeDatabases } from '../support/databases.ts';

const NOW = new Date('2026-01-05T08:00:00Z');

await describeDatabases('changes of people', (databases) => {
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
  });

  const make = (more: Partial<users.NewUser> = {}) => users.create(db, newUser(organisationId, more), NOBODY);
  const change = (id: number, more: Omit<UserChange, 'id' | 'organisationId'>) =>
    update(db, { id, organisationId, ...more }, { by: NOBODY, now: NOW });
  const team = (more: Partial<teams.NewTeam> = {}) =>
    teams.create(db, { organisationId, name: unique('Team '), ...more }, NOBODY);
  const changeTeam = (id: number, more: Omit<teams.TeamChange, 'id' | 'organisationId'>) =>
    teams.update(db, { id, organisationId, ...more }, NOBODY);
  const lastEntry = async () => (await audit.list(db, organisationId, { limit: 1 }))[0];
  const clear = async () =>
    outbox.remove(
      db,
      (await outbox.takeBatch(db, 10_000)).map(({ id }) => id),
    );
  const told = async () => (await outbox.takeBatch(db, 100)).map(({ topic, payload }) => [topic, payload.id]);
  const agentsIn = async (teamId: number) =>
    (await users.list(db, organisationId, { teamId, active: true, page: 1, limit: 100 })).total;

  describe('a user', () => {
    test('is changed in what is given, audited with both sides, and told', async () => {
      const user = await make({ firstName: 'Ann', lastName: 'Lee', phone: '+1 2' });
      await clear();
      const changed = await change(user.id, { fullName: 'Ann Marie Lee', phone: null });
      expect(changed).toMatchObject({
        fullName: 'Ann Marie Lee',
        phone: null,
        firstName: null,
        role: 'agent',
      });
      expect(await users.byId(db, organisationId, user.id)).toEqual(changed);
      expect(await lastEntry()).toMatchObject({
        action: 'user.update',
        recordId: String(user.id),
        oldValues: { fullName: user.fullName, phone: '+1 2', firstName: 'Ann', lastName: 'Lee' },
        newValues: { fullName: 'Ann Marie Lee', phone: null, firstName: null, lastName: null },
      });
      expect(await told()).toEqual([['member', user.id]]);
    });

    test('that stays as it is, is told to nobody', async () => {
      const user = await make();
      await clear();
      expect(await change(user.id, { email: user.email })).toEqual(user);
      expect(await told()).toEqual([]);
      expect(await lastEntry()).toMatchObject({ action: 'user.create' });
    });

    test('J1: of another organisation is nobody, and so is its team', async () => {
      const { id: other } = await makeOrganisation(db);
      const theirs = await users.create(db, newUser(other), NOBODY);
      const theirTeam = await teams.create(db, { organisationId: other, name: 'T' }, NOBODY);
      expect(await change(theirs.id, { fullName: 'Ours' })).toBeNull();
      expect(await changeTeam(theirTeam.id, { name: 'Ours' })).toBeNull();
      const { id } = await make();
      await expect(change(id, { teamId: theirTeam.id })).rejects.toMatchObject({ field: 'teamId' });
    });

    test('with another role stands on boards as that role does, unless it is said', async () => {
      const { id } = await make();
      expect(await change(id, { role: 'supervisor' })).toMatchObject({ onBoard: false });
      expect(await change(id, { role: 'agent' })).toMatchObject({ onBoard: true });
      expect(await change(id, { role: 'manager', onBoard: true })).toMatchObject({ onBoard: true });
    });

    test('has an e-mail address of its own', async () => {
      const [one, other] = [await make(), await make()];
      const again = change(one.id, { email: other.email.toUpperCase() });
      await expect(again).rejects.toMatchObject({ name: 'DuplicateValue', field: 'email' });
    });

    test('who is deactivated is logged out everywhere, for ever', async () => {
      const { id: userId } = await make();
      const familyId = '3e0f5c5e-3f0b-4c39-9a6c-0d6b6f1e7a01';
      const session = { organisationId, userId, familyId, userAgent: null, ipAddress: null };
      const expiresAt = new Date(NOW.getTime() + 1_000_000);
      await refreshTokens.issue(db, { ...session, tokenHash: unique('hash'), issuedAt: NOW, expiresAt });
      expect(await refreshTokens.isFamilyLive(db, familyId, NOW)).toBe(true);
      expect(await change(userId, { isActive: false })).toMatchObject({ isActive: false });
      expect(await lastEntry()).toMatchObject({ action: 'user.deactivate' });
      await change(userId, { isActive: true });
      expect(await refreshTokens.isFamilyLive(db, familyId, NOW)).toBe(false);
    });

    test('who is the last admin stays so, also when two admins turn on each other', async () => {
      const [one, other] = [await make({ role: 'admin' }), await make({ role: 'admin' })];
      const outcomes = await Promise.allSettled([
        change(one.id, { role: 'agent' }),
        change(other.id, { isActive: false }),
      ]);
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const admins = { roles: ['admin'] as const, active: true, page: 1, limit: 9 };
      expect(await users.list(db, organisationId, admins)).toMatchObject({ total: 1 });
    });
  });

  describe('E3: a seat', () => {
    test('is needed to be moved, to become an agent, and to come back', async () => {
      const { id: teamId } = await team({ maxAgents: 1 });
      const seated = await make({ teamId });
      const full = { name: 'TeamFull', maxAgents: 1 };
      const mover = await make();
      await expect(change(mover.id, { teamId })).rejects.toMatchObject(full);
      const leader = await make({ teamId, role: 'supervisor' });
      await expect(change(leader.id, { role: 'agent' })).rejects.toMatchObject(full);
      await change(seated.id, { isActive: false });
      expect(await change(mover.id, { teamId })).toMatchObject({ teamId });
      await expect(change(seated.id, { isActive: true })).rejects.toMatchObject(full);
      expect(await change(mover.id, { fullName: 'Still There' })).toMatchObject({ teamId });
      expect(await change(mover.id, { teamId: null })).toMatchObject({ teamId: null });
      expect(await change(seated.id, { isActive: true })).toMatchObject({ isActive: true, teamId });
    });

    test('is given to no more than there are, when many are moved and made at once', async () => {
      const { id: teamId } = await team({ maxAgents: 3 });
      const movers = await Promise.all(Array.from({ length: 5 }, () => make()));
      const outcomes = await Promise.allSettled([
        ...movers.map(({ id }) => change(id, { teamId })),
        ...Array.from({ length: 5 }, () => make({ teamId })),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      expect(await agentsIn(teamId)).toBe(3);
    });

    test('is none in a team that was deactivated', async () => {
      const { id: teamId } = await team();
      await changeTeam(teamId, { isActive: false });
      const { id } = await make();
      const refused = { name: 'UnknownReference', field: 'teamId' };
      await expect(change(id, { teamId })).rejects.toMatchObject(refused);
      await expect(make({ teamId, role: 'viewer' })).rejects.toMatchObject(refused);
    });

    test('may be one of fewer than are taken: nobody more comes', async () => {
      const { id: teamId } = await team({ maxAgents: 3 });
      for (let n = 0; n < 3; n += 1) await make({ teamId });
      expect(await changeTeam(teamId, { maxAgents: 1 })).toMatchObject({ maxAgents: 1 });
      await expect(make({ teamId })).rejects.toMatchObject({ name: 'TeamFull' });
      expect(await agentsIn(teamId)).toBe(3);
    });
  });

  describe('a team', () => {
    test('is changed in what is given, audited with both sides, and told', async () => {
      const { id, name } = await team({ description: 'old' });
      await clear();
      const changed = await changeTeam(id, { description: 'new', timeZone: 'Europe/Paris' });
      expect(changed).toMatchObject({ name, description: 'new', timeZone: 'Europe/Paris' });
      expect(await teams.byId(db, organisationId, id)).toEqual(changed);
      expect(await lastEntry()).toMatchObject({
        action: 'team.update',
        oldValues: { description: 'old', timeZone: null },
        newValues: { description: 'new', timeZone: 'Europe/Paris' },
      });
      expect(await told()).toEqual([['teams', organisationId]]);
      await clear();
      expect(await changeTeam(id, { description: 'new' })).toEqual(changed);
      expect(await told()).toEqual([]);
    });

    test('whose department changes tells those who have none of their own', async () => {
      const { id: teamId } = await team({ department: 'Sales' });
      const follows = await make({ teamId });
      await make({ teamId, department: 'Support' });
      await clear();
      await changeTeam(teamId, { department: 'Service' });
      expect(await told()).toEqual([
        ['teams', organisationId],
        ['member', follows.id],
      ]);
    });

    test.each([
      ['an agent', { role: 'agent' }, true],
      ['a viewer', { role: 'viewer' }, true],
      ['somebody deactivated', { role: 'supervisor' }, false],
    ] as const)('is not supervised by %s', async (_who, more, isActive) => {
      const { id } = await make(more);
      await change(id, { isActive });
      const refused = { name: 'InvalidValue', field: 'supervisorId' };
      await expect(team({ supervisorId: id })).rejects.toMatchObject(refused);
      const made = await team();
      await expect(changeTeam(made.id, { supervisorId: id })).rejects.toMatchObject(refused);
    });

    test('with active users is not deactivated, however close an assignment comes', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { id: teamId } = await team();
        const { id } = await make();
        await Promise.allSettled([change(id, { teamId }), changeTeam(teamId, { isActive: false })]);
        const isActive = (await teams.byId(db, organisationId, teamId))?.isActive;
        expect([await agentsIn(teamId), isActive]).not.toEqual([1, false]);
      }
      const { id: teamId } = await team();
      await make({ teamId });
      await expect(changeTeam(teamId, { isActive: false })).rejects.toMatchObject({ name: 'StillNeeded' });
    });
  });
});
