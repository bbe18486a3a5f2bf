import { describe, expect, test } from 'vitest';
import type { AgentConnection } from '../../api/agent-connection.ts';
import { type Arena, startArena } from '../support/gateways.ts';
import { changed } from '../support/live-law.ts';

const MINUTE = 60_000;

/** Two tabs of an agent on a break, and what they are told while time passes. */
async function onBreak(arena: Arena, code = 'break') {
  const { say, socket } = await arena.hello(1);
  const tab = await arena.hello(1);
  await say({ op: 'status', id: 'b', status: code });
  tab.socket.take();
  const told = () => [socket, tab.socket].map((each) => each.take().filter(({ op }) => op === 'notice'));
  const passes = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 20_000) {
      await arena.clock.advance(20_000);
      for (const each of [socket, tab.socket]) each.onPinged();
    }
    return told();
  };
  return { say, socket, tab: tab.socket, passes, begun: arena.clock.now() };
}

describe('D2: what the agent is told of a break, in every tab', () => {
  test('D2: two minutes before the end, and at the end; of the extension there is no notice', async () => {
    using arena = await startArena();
    const { say, passes, begun } = await onBreak(arena);
    const ending = {
      op: 'notice',
      kind: 'break_ending',
      at: begun + 13 * MINUTE,
      until: begun + 15 * MINUTE,
    };
    expect(await passes(14 * MINUTE)).toEqual([[ending], [ending]]);
    const [state, ok] = await say({ op: 'extend', id: 'e', reason: 'a long queue' });
    expect(state).toMatchObject({ op: 'state', tile: { deadline: begun + 20 * MINUTE } });
    expect(ok).toMatchObject({ op: 'ok', id: 'e' });
    const over = { op: 'notice', kind: 'break_over', at: begun + 20 * MINUTE };
    expect((await passes(8 * MINUTE))[1]).toMatchObject([{ kind: 'break_ending' }, over]);
    expect(await say({ op: 'extend', id: 'f', reason: 'more' })).toMatchObject([
      { op: 'no', id: 'f', code: 'CONFLICT', current: { tile: { status: 'break' } } },
    ]);
    expect(await say({ op: 'extend', id: 'g', reason: ' ' })).toMatchObject([
      { op: 'no', id: 'g', code: 'VALIDATION', fields: { reason: expect.any(String) as unknown } },
    ]);
  });

  test('C3, D2: where the end is a log-out, they are told, and then closed, not to come back', async () => {
    using arena = await startArena();
    await arena.enact(changed('lunch', { maxSeconds: 60, onOverrun: { action: 'log_out' } }));
    const { passes, socket, tab } = await onBreak(arena, 'lunch');
    expect(await passes(MINUTE)).toMatchObject([[{ kind: 'break_over' }], [{ kind: 'break_over' }]]);
    for (const each of [socket, tab])
      expect(each.closedWith).toEqual({ code: 4410, reason: 'logged out: the time was over' });
  });
});

describe('C8: a connection that flaps', () => {
  test('C8: is told to its agent at each return, until it is over', async () => {
    using arena = await startArena();
    const notices: unknown[] = [];
    let held: object = {};
    for (let times = 0; times < 6; times++) {
      const { socket, say } = arena.open();
      const [welcome, ...more] = await say({ op: 'hello', token: 'agent:1', device: 'test', ...held });
      held = { resume: { session: welcome?.['session'], seq: welcome?.['seq'] } };
      notices.push(...more);
      await arena.clock.advance(1_000);
      socket.drop();
      await arena.clock.advance(1_000);
    }
    const { flapping } = arena.engine.record(1) ?? {};
    // The seventh change was the fourth loss: it is told at the fifth hello, and at the sixth.
    expect(notices).toMatchObject([
      { op: 'notice', kind: 'flapping', at: flapping?.since },
      { op: 'notice', kind: 'flapping', at: flapping?.since, until: (flapping?.until ?? 0) - 1_000 },
    ]);
  });

  test('C8: what went wrong on the server says nothing of the connection', async () => {
    using arena = await startArena();
    let held: object = {};
    for (let times = 0; times < 10; times++) {
      const { socket, welcome } = await arena.hello(1, held);
      held = { resume: { session: welcome?.['session'], seq: welcome?.['seq'] } };
      socket.onClosed();
      await arena.clock.advance(1_000);
    }
    expect(arena.engine.record(1)?.stability).toBe('flapping');
    for (let times = 0; times < 10; times++) {
      const { listener } = await arena.hello(2);
      (listener as AgentConnection).close(4500, 'something went wrong on the server');
      await arena.clock.advance(1_000);
    }
    expect(arena.engine.record(2)).toMatchObject({ stability: 'steady', flips: [] });
  });
});
