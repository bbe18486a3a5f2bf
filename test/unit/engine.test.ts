import { expect, test } from 'vitest';
import { Deeds } from '../support/deeds.ts';
import { startEngine } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';

test('A10: a fresh log-in starts at the default status; a choice is durable before it is answered', async () => {
  const { engine, clock } = await startEngine();
  const agent = new Deeds(engine, 1);
  expect(await agent.opens('s1')).toMatchObject({ ok: true, seq: 1 });
  expect(agent.record).toMatchObject({
    status: 'available',
    connectivity: 'connected',
    cause: 'agent',
    since: clock.now(),
  });
  expect(await agent.chooses('break', { session: 's1', id: 'c1' })).toMatchObject({ ok: true, seq: 2 });
  expect(await agent.chooses('busy', { session: 's1', id: 'c2' })).toMatchObject({
    ok: false,
    code: 'TRANSITION_NOT_ALLOWED',
    allowed: ['available', 'chat', 'backoffice', 'offline'],
  });
  expect(await agent.chooses('break', { session: 's1', id: 'c1' })).toMatchObject({ ok: true, seq: 2 });
  agent.loses('s1');
  await settle();
  const graceUntil = clock.now() + 30_000;
  expect(agent.record).toMatchObject({ status: 'break', connectivity: 'reconnecting', graceUntil });
  await clock.advance(31_000);
  expect(agent.record).toMatchObject({
    status: 'offline',
    connectivity: 'disconnected',
    cause: 'disconnect',
    graceUntil: null,
  });
  await engine[Symbol.asyncDispose]();
});
