import { expect, test } from 'vitest';
import { type Asking, subjectOf } from '../../api/auth/scopes.ts';
import { type ErrorDetail, RollcallError } from '../../api/contract/errors.ts';
import { member, startEngine } from '../support/engines.ts';

/** Nobody supervises anything. */
const teams: Asking['teams'] = {
  has: () => false,
  supervisedBy: () => [],
  listen: () => ({ [Symbol.dispose]: () => undefined }),
};

function refusalOf(ask: () => unknown): ErrorDetail | null {
  try {
    ask();
    return null;
  } catch (error) {
    if (error instanceof RollcallError) return error.detail;
    throw error;
  }
}

async function asking(agents: number) {
  const manager = member(1_000_000, { role: 'manager', onBoard: false });
  const others = Array.from({ length: agents }, (_, index) => member(index + 1, { teamId: 1 + (index % 2) }));
  const { engine } = await startEngine({ members: [...others, manager] });
  return { teams, engine, principal: { member: manager } };
}

test('a board of more than 20,000 agents is refused, and a narrower one is shown', async () => {
  const many = await asking(20_001);
  expect(refusalOf(() => subjectOf(many, { all: true }))).toMatchObject({
    code: 'VALIDATION',
    fields: { scope: expect.any(String) as unknown },
  });
  expect(subjectOf(many, { department: 'Support' })).toMatchObject({ view: 'full' });
  expect(subjectOf(many, { agentId: 20_001 })).toMatchObject({ view: 'full' });

  const fewer = await asking(20_000);
  expect(subjectOf(fewer, { all: true })).toMatchObject({ view: 'full' });
});

test('J1: somebody who does not exist, is deactivated, or of another organisation is NOT_FOUND', async () => {
  const manager = member(1, { role: 'manager' });
  const { engine } = await startEngine({
    members: [manager, member(2, { active: false }), member(3, { organisationId: 2 })],
  });
  const me = { teams, engine, principal: { member: manager } };
  for (const agentId of [0, -1, 2, 3, 4, 2 ** 40, Number.MAX_SAFE_INTEGER])
    expect(refusalOf(() => subjectOf(me, { agentId }))).toMatchObject({ code: 'NOT_FOUND' });
  for (const teamId of [2 ** 31, -(2 ** 40), Number.MAX_SAFE_INTEGER])
    expect(refusalOf(() => subjectOf(me, { teamId }))).toMatchObject({ code: 'NOT_FOUND' });
});
