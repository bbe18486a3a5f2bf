import { expect, test } from 'vitest';
import { subjectOf } from '../../api/auth/scopes.ts';
import type { Queryable } from '../../drizzle/queryable.ts';
import { member, startEngine } from '../support/engines.ts';

/** A manager's scopes need no database. */
const NO_DATABASE = {} as Queryable;

async function asking(agents: number) {
  const manager = member(1_000_000, { role: 'manager', onBoard: false });
  const others = Array.from({ length: agents }, (_, index) => member(index + 1, { teamId: 1 + (index % 2) }));
  const { engine } = await startEngine({ members: [...others, manager] });
  return { db: NO_DATABASE, engine, principal: { member: manager } };
}

test('a board of more than 20,000 agents is refused, and a narrower one is shown', async () => {
  const many = await asking(20_001);
  await expect(subjectOf(many, { all: true })).rejects.toMatchObject({
    detail: { code: 'VALIDATION', fields: { scope: expect.any(String) as unknown } },
  });
  expect(await subjectOf(many, { department: 'Support' })).toMatchObject({ view: 'full' });
  expect(await subjectOf(many, { agentId: 20_001 })).toMatchObject({ view: 'full' });

  const fewer = await asking(20_000);
  expect(await subjectOf(fewer, { all: true })).toMatchObject({ view: 'full' });
});

test('J1: somebody who does not exist, is deactivated, or of another organisation is NOT_FOUND', async () => {
  const manager = member(1, { role: 'manager' });
  const { engine } = await startEngine({
    members: [manager, member(2, { active: false }), member(3, { organisationId: 2 })],
  });
  const me = { db: NO_DATABASE, engine, principal: { member: manager } };
  for (const agentId of [0, -1, 2, 3, 4, 2 ** 40, Number.MAX_SAFE_INTEGER])
    await expect(subjectOf(me, { agentId })).rejects.toMatchObject({ detail: { code: 'NOT_FOUND' } });
  for (const teamId of [2 ** 31, -(2 ** 40), Number.MAX_SAFE_INTEGER])
    await expect(subjectOf(me, { teamId })).rejects.toMatchObject({ detail: { code: 'NOT_FOUND' } });
});
