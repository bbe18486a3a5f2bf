import { expect, test } from 'vitest';
import { act, startEngine } from '../support/engines.ts';

test('A10: a fresh log-in starts at the default status; a choice is durable before it is answered', async () => {
  const { engine, clock } = await startEngine();
  expect(await act.open(engine, 1, 's1')).toMatchObject({ ok: true, seq: 1 });
  expect(engine.record(1)).toMatchObject({ status: 'available', connectivity: 'connected', cause: 'agent', since: clock.now() });
  expect(await act.choose(engine, 1, { status: 'break', session: 's1', id: 'c1' })).toMatchObject({ ok: true, seq: 2 });
  expect(await act.choose(engine, 1, { status: 'busy', session: 's1', id: 'c2' })).toMatchObject({
    ok: false,
    code: 'TRANSITION_NOT_ALLOWED',
    allowed: ['available', 'chat', 'backoffice', 'offline'],
  });
  expect(await act.choose(engine, 1, { status: 'break', session: 's1', id: 'c1' })).toMatchObject({ ok: true, seq: 2 });
  await act.lose(engine, 1, 's1');
  expect(engine.record(1)).toMatchObject({ status: 'break', connectivity: 'reconnecting', graceUntil: clock.now() + 30_000 });
  await clock.advance(31_000);
  expect(engine.record(1)).toMatchObject({ status: 'offline', connectivity: 'disconnected', cause: 'disconnect', graceUntil: null });
  await engine[Symbol.asyncDispose]();
});
