import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../drizzle/client.ts';
import type { Queryable } from '../../drizzle/queryable.ts';
import * as teams from '../../drizzle/repositories/teams.ts';
import * as users from '../../drizzle/repositories/users.ts';
import { users as userTable } from '../../drizzle/schema/people.ts';
import { makeOrganisation, newUser, NOBODY } from '../support/database-fixtures.ts';
import { describeDatabases } from '../support/databases.ts';

await describeDatabases('teams', (databases) => {
  let database: Database;
  let db: Queryable;
  let organisationId: number;

  const make = (more: Partial<users.NewUser> = {}) => users.create(db, newUser(organisationId, more), NOBODY);

  beforeAll(async () => {
    database = await databases.open();
    db = database.db;
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    ({ id: organisationId } = await makeOrganisation(db));
  });

  test('are read back as they were made, by name', async () => {
    const b = await teams.create(db, { organisationId, name: 'B', timeZone: 'Europe/Paris' }, NOBODY);
    const a = await teams.create(db, { organisationId, name: 'A', maxAgents: 3 }, NOBODY);
    expect(await teams.list(db, organisationId)).toEqual([a, b]);
    expect(await teams.byId(db, organisationId, b.id)).toEqual(b);
    expect(b).toMatchObject({
      maxAgents: 10,
      timeZone: 'Europe/Paris',
      isActive: true,
      supervisorId: null,
    });
  });

  test('J1: have names of their own within their organisation, whatever the case', async () => {
    await teams.create(db, { organisationId, name: 'Night Shift' }, NOBODY);
    const again = teams.create(db, { organisationId, name: 'NIGHT shift' }, NOBODY);
    await expect(again).rejects.toMatchObject({ name: 'DuplicateValue', field: 'name' });
    const { id: other } = await makeOrganisation(db);
    const elsewhere = await teams.create(db, { organisationId: other, name: 'Night Shift' }, NOBODY);
    expect(await teams.byId(db, organisationId, elsewhere.id)).toBeNull();
  });

  test('J1: have a supervisor of their organisation', async () => {
    const { id: other } = await makeOrganisation(db);
    const theirs = await users.create(db, newUser(other, { role: 'supervisor' }), NOBODY);
    const refused = teams.create(db, { organisationId, name: 'T', supervisorId: theirs.id }, NOBODY);
    await expect(refused).rejects.toMatchObject({ name: 'UnknownReference', field: 'supervisorId' });

    const ours = await make({ role: 'supervisor' });
    const team = await teams.create(db, { organisationId, name: 'T', supervisorId: ours.id }, NOBODY);
    expect(team.supervisorId).toBe(ours.id);
  });

  test('E3: take as many agents as they may have, and a supervisor besides', async () => {
    const { id: teamId } = await teams.create(db, { organisationId, name: 'Small', maxAgents: 2 }, NOBODY);
    const join = (role: 'agent' | 'supervisor') => make({ teamId, role });
    const { id: first } = await join('agent');
    await join('supervisor');
    await join('agent');
    await expect(join('agent')).rejects.toMatchObject({ name: 'TeamFull', maxAgents: 2 });
    await db.update(userTable).set({ isActive: false }).where(eq(userTable.id, first));
    await expect(join('agent')).resolves.toMatchObject({ teamId });
  });

  test('E3: take no more when many are assigned at once', async () => {
    const { id: teamId } = await teams.create(db, { organisationId, name: 'Rush', maxAgents: 3 }, NOBODY);
    const joining = Array.from({ length: 8 }, () => make({ teamId }));
    const outcomes = await Promise.allSettled(joining);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  test('have room for at least one agent', async () => {
    const refused = teams.create(db, { organisationId, name: 'Empty', maxAgents: 0 }, NOBODY);
    await expect(refused).rejects.toMatchObject({ name: 'InvalidValue', field: 'maxAgents' });
  });
});
