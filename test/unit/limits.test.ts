import { describe, expect, test } from 'vitest';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { tileOf } from '../../engine/tile.ts';
import { Deeds } from '../support/deeds.ts';
import { startEngine } from '../support/engines.ts';
import { LAW } from '../support/laws.ts';
import { goneTo, MINUTE, timesOf } from '../support/limited.ts';
import { changed, startUnder, withConfig } from '../support/live-law.ts';

describe('D2: breaks', () => {
  test('D2: last as long as is configured: the agent is told before and at the end, the supervisors a minute later', async () => {
    const { agent, clock, events, begun } = await goneTo('break');
    expect(agent.record).toMatchObject({ limit: 'running', limitUntil: begun + 15 * MINUTE });
    await clock.advance(20 * MINUTE);
    expect(timesOf(events, begun)).toEqual([
      ['limit_near', 13 * MINUTE, 'notify_break_ending'],
      ['limit_over', 15 * MINUTE, 'notify_break_over'],
      ['limit_escalated', 16 * MINUTE, 'notify_supervisors'],
    ]);
    // Alert is all that was agreed on: the break goes on.
    expect(agent.record).toMatchObject({ status: 'break', since: begun, limit: 'escalated' });
  });

  test('D2: a code’s own limit goes before the configured one, on a break and elsewhere', async () => {
    for (const code of ['lunch', 'busy']) {
      const { agent, clock, events, begun } = await goneTo(code, changed(code, { maxSeconds: 180 }));
      expect(agent.record.limitUntil).toBe(begun + 3 * MINUTE);
      await clock.advance(5 * MINUTE);
      expect(timesOf(events, begun)).toEqual([
        ['limit_near', MINUTE, 'notify_break_ending'],
        ['limit_over', 3 * MINUTE, 'notify_break_over'],
        ['limit_escalated', 4 * MINUTE, 'notify_supervisors'],
      ]);
    }
  });

  test('D2: a duty without a limit has no end', async () => {
    const { agent, clock, events } = await goneTo('busy');
    await clock.advance(600 * MINUTE);
    expect(events).toEqual([]);
    expect(agent.record).toMatchObject({ limit: 'none', limitUntil: null });
  });

  test.each([60, 120])('D2: of a break of %i seconds there is no warning', async (maxSeconds) => {
    const { clock, events } = await goneTo('lunch', changed('lunch', { maxSeconds }));
    await clock.advance(maxSeconds * 1000);
    expect(events.map(({ type }) => type)).toEqual(['limit_over']);
  });

  test('D2: the limit runs on the duty: a fresh log-in may have one, another reason keeps it, another code begins anew', async () => {
    const law = changed('available', { maxSeconds: 600 });
    const { agent, clock, begun } = await goneTo('available', law);
    expect(agent.record.limitUntil).toBe(begun + 10 * MINUTE);
    await clock.advance(MINUTE);
    await agent.chooses('available', { reason: 'still here' });
    expect(agent.record.limitUntil).toBe(begun + 10 * MINUTE);
    await agent.chooses('break');
    expect(agent.record.limitUntil).toBe(begun + 16 * MINUTE);
    await agent.chooses('available');
    expect(agent.record.limitUntil).toBe(begun + 11 * MINUTE);
    await agent.chooses('busy');
    expect(agent.record).toMatchObject({ limit: 'none', limitUntil: null });
  });

  test('D2, E1: an override above the break changes nothing of it', async () => {
    const { agent, clock, events, begun } = await goneTo('break');
    await agent.isForced('meeting', { hold: true });
    await clock.advance(17 * MINUTE);
    expect(agent.record).toMatchObject({ status: 'meeting', dutyCode: 'break', limit: 'escalated' });
    await agent.isReleased();
    expect(agent.record).toMatchObject({ status: 'break', dutySince: begun });
    expect(events.filter(({ type }) => type === 'limit_over')).toHaveLength(1);
  });

  test('D2, C3: ends offline', async () => {
    const { agent, clock } = await goneTo('break');
    await agent.saysBye('s1');
    expect(agent.record).toMatchObject({ limit: 'none', limitUntil: null });
    await clock.advance(60 * MINUTE);
    expect(agent.record.seq).toBe(3);
  });

  test('A5, D2: while the agent reconnects the limit waits; who comes back after the end is told of the end alone', async () => {
    const { agent, clock, events, begun } = await goneTo(
      'break',
      withConfig({ RECONNECT_GRACE_SECONDS: 600 }),
    );
    await clock.advance(12 * MINUTE);
    agent.loses('s1');
    await clock.advance(5 * MINUTE);
    expect(agent.record).toMatchObject({ limit: 'running', connectivity: 'reconnecting', status: 'break' });
    await agent.opens('s2', { session: 's1', seq: agent.record.seq });
    await clock.advance(1_000);
    expect(timesOf(events.slice(2), begun)).toMatchObject([
      ['limit_over', 17 * MINUTE + 1_000, 'notify_break_over'],
    ]);
    await clock.advance(MINUTE);
    expect(agent.record.limit).toBe('escalated');
  });

  test('C6, D2: after a restart the end is when it was', async () => {
    const journal = new MemoryJournal();
    const { agent, clock, engine } = await startUnder(LAW, { journal });
    await agent.opens('s1');
    await agent.chooses('break');
    const { limitUntil } = agent.record;
    await clock.advance(14 * MINUTE);
    await engine[Symbol.asyncDispose]();
    const next = await startEngine({ journal, clock });
    const again = new Deeds(next.engine, 1);
    await again.opens('s2', { session: 's1', seq: 3 });
    expect(again.record).toMatchObject({ limit: 'warned', limitUntil });
    await clock.advance(MINUTE + 1_000);
    expect(again.record.limit).toBe('over');
  });

  test('D2: the full tile tells the end, the basic one doesn’t', async () => {
    const { agent, begun } = await goneTo('break');
    expect(tileOf(agent.record, 'full')).toMatchObject({ deadline: begun + 15 * MINUTE });
    expect(tileOf(agent.record, 'basic')).not.toHaveProperty('deadline');
  });

  test('E2: why tells how far the time has run, and what comes next', async () => {
    const { engine, begun } = await goneTo('break');
    expect(engine.why(1)).toMatchObject({
      axes: { limit: { state: 'running', limitUntil: begun + 15 * MINUTE, extendedMs: 0, overAt: null } },
      nextDeadline: { at: begun + 13 * MINUTE, what: 'warn' },
    });
  });

  test('D2: a summary tells whose time is over, and since when, until they turn elsewhere', async () => {
    const { agent, engine, clock, begun } = await goneTo('break');
    const read = () =>
      engine.summaries.read({ organisationId: 1, scope: { all: true }, view: 'full' }).overruns;
    expect(read()).toEqual({ count: 0, agents: [] });
    await clock.advance(15 * MINUTE);
    expect(read()).toEqual({ count: 1, agents: [{ id: 1, name: 'Agent 1', since: begun + 15 * MINUTE }] });
    await agent.chooses('available');
    expect(read()).toEqual({ count: 0, agents: [] });
  });
});

describe('A8: when the time is over', () => {
  test('A8: another code may be set, whatever the graph says; its own limit begins', async () => {
    const law = changed('lunch', { maxSeconds: 60, onOverrun: { action: 'set', code: 'wrap_up' } });
    const { agent, clock, events, begun } = await goneTo('lunch', law);
    await clock.advance(MINUTE);
    expect(agent.record).toMatchObject({
      status: 'wrap_up',
      cause: 'overrun',
      dutyReason: null,
      limit: 'running',
      limitUntil: begun + 3 * MINUTE,
    });
    expect(events).toMatchObject([
      { type: 'limit_over', cause: 'overrun', previous: 'lunch', effects: ['notify_break_over'] },
    ]);
    expect(events[0]).not.toHaveProperty('by');
    expect(tileOf(agent.record, 'full')).not.toHaveProperty('by');
  });

  test('A8: it may log the agent out, at once and in every tab', async () => {
    const law = changed('lunch', { maxSeconds: 60, onOverrun: { action: 'log_out' } });
    const { agent, clock, events } = await goneTo('lunch', law);
    await agent.opens('s2');
    await agent.works('s1', 1, 1);
    await clock.advance(MINUTE);
    expect(agent.record).toMatchObject({
      status: 'offline',
      cause: 'overrun',
      connectivity: 'disconnected',
      sessions: [],
      workload: 'free',
      limit: 'none',
    });
    expect(events.at(-1)?.effects).toEqual(['dismiss', 'notify_break_over']);
    await agent.opens('s3');
    expect(agent.record).toMatchObject({ status: 'available', cause: 'agent' });
  });

  test('A8, E1: a log-out ends an override, unless it is held', async () => {
    const law = changed('lunch', { maxSeconds: 60, onOverrun: { action: 'log_out' } });
    for (const hold of [false, true]) {
      const { agent, clock } = await goneTo('lunch', law);
      await agent.isForced('meeting', { hold });
      await clock.advance(MINUTE);
      expect(agent.record).toMatchObject({ status: 'offline', override: hold ? 'held' : 'none' });
    }
  });

  test('A8: a code that is no duty any more is not set: the agent is told, and stays', async () => {
    const law = changed('lunch', { maxSeconds: 60, onOverrun: { action: 'set', code: 'retired' } });
    const { agent, clock } = await goneTo('lunch', law);
    await clock.advance(MINUTE);
    expect(agent.record).toMatchObject({ status: 'lunch', limit: 'over' });
  });

  test('A8: what is agreed on is what the law says then', async () => {
    const { agent, clock, enact } = await goneTo('lunch', changed('lunch', { maxSeconds: 60 }));
    await enact(changed('lunch', { maxSeconds: 60, onOverrun: { action: 'set', code: 'away' } }));
    await clock.advance(MINUTE);
    expect(agent.record).toMatchObject({ status: 'away', cause: 'overrun' });
  });

  test('A8: a second timer that comes late does it no second time', async () => {
    const { agent, engine, clock, events } = await goneTo('lunch', changed('lunch', { maxSeconds: 60 }));
    await clock.advance(MINUTE);
    await engine.dispatch(1, { input: { type: 'overrun' } });
    expect(events.map(({ type }) => type)).toEqual(['limit_over']);
    expect(agent.record.limit).toBe('over');
  });
});

describe('D3: wrap-up', () => {
  test('D3: ends by timer, without a word, into available', async () => {
    const { agent, clock, events, begun } = await goneTo('wrap_up');
    await clock.advance(2 * MINUTE);
    expect(timesOf(events, begun)).toEqual([['limit_over', 2 * MINUTE]]);
    expect(agent.record).toMatchObject({ status: 'available', cause: 'overrun', routable: true });
  });

  test('D3: a code’s own limit and what it sets go before', async () => {
    const law = changed('wrap_up', { maxSeconds: 200, onOverrun: { action: 'set', code: 'away' } });
    const { agent, clock, events, begun } = await goneTo('wrap_up', law);
    await clock.advance(4 * MINUTE);
    expect(timesOf(events, begun)).toEqual([['limit_over', 200_000]]);
    expect(agent.record.status).toBe('away');
  });

  test('D3: it ends though the code to set is no duty any more', async () => {
    const law = changed('wrap_up', { onOverrun: { action: 'set', code: 'retired' } });
    const { agent, clock } = await goneTo('wrap_up', law);
    await clock.advance(2 * MINUTE);
    expect(agent.record.status).toBe('available');
  });

  test('D3: of no length it is over at once; an agent may end it before', async () => {
    const { agent, clock } = await goneTo('wrap_up', withConfig({ WRAP_UP_SECONDS: 0 }));
    expect(agent.record.status).toBe('wrap_up');
    await clock.advance(1_000);
    expect(agent.record.status).toBe('available');
    const other = await goneTo('wrap_up');
    await other.agent.chooses('away');
    await other.clock.advance(3 * MINUTE);
    expect(other.agent.record).toMatchObject({ status: 'away', cause: 'agent' });
  });

  test('D3: without the seeded available, it ends in the status of a fresh log-in', async () => {
    const archived = changed('available', { archived: true });
    const law = { ...archived, config: { ...archived.config, DEFAULT_LOGIN_STATUS: 'busy' } };
    const { agent, clock } = await goneTo('wrap_up', law);
    await clock.advance(2 * MINUTE);
    expect(agent.record).toMatchObject({ status: 'busy', cause: 'overrun' });
  });
});
