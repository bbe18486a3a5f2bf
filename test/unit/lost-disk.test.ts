import { describe, expect, test } from 'vitest';
import { settle } from '../support/fake-clock.ts';
import { startArena } from '../support/gateways.ts';
import { goneTo, MINUTE } from '../support/limited.ts';
import { changed, startUnder } from '../support/live-law.ts';

describe('C9: a client that knows more than the server', () => {
  test('C9: logs in anew, whatever the state, and the event says what it knew', async () => {
    const { agent, events, clock } = await goneTo('busy');
    await agent.works('s1', 2, 3);
    await agent.queues('break');
    await agent.isForced('meeting');
    await agent.isForcedNext('away');
    await clock.advance(MINUTE);
    events.length = 0;
    const known = { session: 's1', seq: agent.record.seq + 1 };
    await agent.opens('s2', known);
    expect(events).toMatchObject([
      { type: 'session_opened', session: { id: 's2' }, ahead: known.seq, previous: 'meeting' },
    ]);
    expect(agent.record).toMatchObject({
      connectivity: 'connected',
      status: 'available',
      cause: 'agent',
      dutySince: clock.now(),
      activity: 'active',
      current: 0,
      max: null,
      forced: null,
      queued: null,
      forcedNext: null,
    });
  });

  test('C9: and one that knows as much goes on', async () => {
    const { agent, events } = await goneTo('busy');
    events.length = 0;
    const own = { login: agent.record.sessions[0]?.login ?? '' };
    const returns = () => agent.opens('s2', { session: 's1', seq: agent.record.seq }, own);
    await returns();
    expect(events).toEqual([]);
    agent.loses('s1');
    await returns();
    expect(events.map(({ ahead }) => ahead)).toEqual([undefined, undefined]);
    expect(agent.record).toMatchObject({ status: 'busy', sessions: [{ id: 's1' }] });
  });

  test('C9: the tabs that the agent has besides live on', async () => {
    const { agent } = await startUnder();
    await agent.opens('s1');
    await agent.opens('s2', { session: 's0', seq: 99 });
    expect(agent.record.sessions.map(({ id, lostAt }) => [id, lostAt])).toEqual([
      ['s1', null],
      ['s2', null],
    ]);
  });

  test('C9: begins the time of the duty afresh, though it be the same', async () => {
    const { agent, clock } = await goneTo('available', changed('available', { maxSeconds: 600 }));
    await clock.advance(9 * MINUTE);
    expect(agent.record.limit).toBe('warned');
    await agent.opens('s2', { session: 's1', seq: 99 });
    expect(agent.record).toMatchObject({ limit: 'running', limitUntil: clock.now() + 10 * MINUTE });
  });

  test('C9: of an agent who is offline, or idle, or in grace', async () => {
    const { agent, clock } = await startUnder();
    await agent.opens('s1', { session: 's0', seq: 5 });
    expect(agent.record).toMatchObject({ status: 'available', seq: 1 });
    await clock.advance(5 * MINUTE);
    expect(agent.record.activity).toBe('idle');
    agent.loses('s1');
    await settle();
    await agent.opens('s2', { session: 's1', seq: 50 });
    expect(agent.record).toMatchObject({
      connectivity: 'connected',
      graceUntil: null,
      status: 'available',
      activity: 'active',
    });
    await clock.advance(5 * MINUTE - 1);
    expect(agent.record.activity).toBe('active');
  });

  test('C9, E1: ends an override, and leaves a hold, which counts as if it were forced anew', async () => {
    const { agent } = await goneTo('busy');
    await agent.isForced('meeting', { hold: true });
    await agent.opens('s2', { session: 's1', seq: 99 });
    expect(agent.record).toMatchObject({
      status: 'meeting',
      dutyCode: 'available',
      forced: { code: 'meeting', hold: true },
    });
    await agent.isReleased();
    await agent.works('s2', 1, 2);
    await agent.isForcedNext('away', { hold: true });
    await agent.opens('s3', { session: 's2', seq: 99 });
    expect(agent.record).toMatchObject({ forced: { code: 'away', hold: true }, forcedNext: null });
  });

  test('C9: is told so after its welcome, and nobody else is', async () => {
    using arena = await startArena();
    const other = await arena.hello(1);
    const { listener, socket } = arena.open();
    const resume = { session: 'lost', seq: 2 };
    listener.message(JSON.stringify({ op: 'hello', token: 'agent:1', device: 'test', resume }));
    await settle();
    expect(socket.take()).toMatchObject([
      { op: 'welcome', resumed: false, seq: 2 },
      { op: 'notice', kind: 'incident', at: arena.clock.now(), text: expect.any(String) as unknown },
    ]);
    expect(other.socket.take().filter(({ op }) => op === 'notice')).toEqual([]);
    const again = await arena.hello(1, { resume: { session: 'lost', seq: 2 } });
    expect(again.welcome).toMatchObject({ resumed: false });
    expect(again.socket.take()).toEqual([]);
  });
});
