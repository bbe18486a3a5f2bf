import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { tileOf } from '../../engine/tile.ts';
import { partitionOf } from '../../engine/population.ts';
import { BREAK, goneTo, listen, withoutClocks } from '../support/awaiting.ts';
import { Cluster } from '../support/cluster.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { type FakeClock, settle } from '../support/fake-clock.ts';
import { LAW } from '../support/laws.ts';
import { MINUTE } from '../support/limited.ts';

const HOUR = 60 * MINUTE;

describe('D6: a clock that is set ahead', () => {
  test.each([5, 14, 15.5])(
    'D6: %d minutes into a break: warning, end and escalation come when they would have',
    async (minutes) => {
      const { agent, clock, told } = await goneTo('break');
      await clock.advance(minutes * MINUTE);
      clock.jump(HOUR);
      await clock.advance(30 * MINUTE);
      expect(withoutClocks(told)).toEqual(BREAK);
      expect(agent.record).toMatchObject({ status: 'break', limit: 'escalated' });
    },
  );

  test('D6: the end moves on disk and on tiles, by one event that nobody did', async () => {
    const { agent, clock, events } = await goneTo('break');
    const begun = agent.record.dutySince;
    events.splice(0);
    await clock.advance(5 * MINUTE);
    clock.jump(HOUR);
    await clock.advance(1_000);
    const at = begun + HOUR + 5 * MINUTE + 1_000;
    expect(events).toEqual([
      {
        type: 'clock_set_ahead',
        agent: 1,
        organisation: 1,
        seq: 3,
        at,
        set: { dutySince: begun + HOUR, limitUntil: begun + HOUR + 15 * MINUTE },
      },
    ]);
    expect(tileOf(agent.record, 'full')).toMatchObject({
      since: begun,
      deadline: clock.now() + 10 * MINUTE - 1_000,
    });
  });

  test('D6: a wrap-up lasts as long as any', async () => {
    const { clock, told } = await goneTo('wrap_up');
    await clock.advance(MINUTE);
    clock.jump(HOUR);
    await clock.advance(3 * MINUTE);
    expect(withoutClocks(told)).toEqual([['limit_over', 2 * MINUTE]]);
  });

  test('D6: whoever is in the grace has the rest of it, and comes back into the same break', async () => {
    const { agent, clock, told } = await goneTo('break');
    await clock.advance(10 * MINUTE);
    agent.loses('s1');
    await clock.advance(10_000);
    clock.jump(HOUR);
    await clock.advance(19_000);
    await agent.opens('s2', { session: 's1', seq: agent.record.seq });
    expect(agent.record).toMatchObject({ status: 'break', sessions: [{ id: 's1', lostAt: null }] });
    await clock.advance(30 * MINUTE);
    expect(withoutClocks(told).slice(2)).toEqual(BREAK);
  });

  test('D6: who stays away is gone when the grace is over', async () => {
    const { agent, clock, told } = await goneTo('available');
    agent.loses('s1');
    await clock.advance(10_000);
    clock.jump(HOUR);
    await clock.advance(MINUTE);
    expect(withoutClocks(told)).toEqual([
      ['session_lost', 0],
      ['grace_expired', 30_000],
    ]);
  });

  test('D6: one lost session of several can be resumed as long as ever, and no longer', async () => {
    for (const { afterMs, isResumed } of [
      { afterMs: 29_000, isResumed: true },
      { afterMs: 31_000, isResumed: false },
    ]) {
      const { agent, clock } = await goneTo('available');
      await agent.opens('s2');
      agent.loses('s1');
      await clock.advance(10_000);
      clock.jump(HOUR);
      await clock.advance(afterMs - 10_000);
      await agent.opens('s3', { session: 's1', seq: agent.record.seq });
      expect(agent.record.sessions.map(({ id }) => id)).toEqual(isResumed ? ['s1', 's2'] : ['s2', 's3']);
    }
  });

  test('D6: flapping is over when it would have been', async () => {
    const { agent, clock, told } = await goneTo('available');
    for (let times = 0; times < 4; times++) {
      agent.loses('s1');
      await settle();
      await agent.opens('x', { session: 's1', seq: agent.record.seq });
    }
    expect(agent.record.stability).toBe('flapping');
    await clock.advance(30_000);
    clock.jump(HOUR);
    await clock.advance(2 * MINUTE);
    expect(told.at(-1)).toEqual(['flapping_ended', MINUTE]);
  });

  test('D6, C8: changes of connectivity that were too many are so across it, and others aren’t', async () => {
    for (const { apartMs, stability } of [
      { apartMs: 50_000, stability: 'flapping' },
      { apartMs: 61_000, stability: 'steady' },
    ]) {
      const { agent, clock } = await goneTo('available');
      for (let times = 0; times < 3; times++) {
        agent.loses('s1');
        await settle();
        await agent.opens('x', { session: 's1', seq: agent.record.seq });
      }
      clock.jump(HOUR);
      await clock.advance(apartMs);
      agent.loses('s1');
      await settle();
      expect(agent.record.stability).toBe(stability);
    }
  });

  test('D6: a command right after it is not judged by deadlines that only the clock has made past', async () => {
    const { agent, clock, told } = await goneTo('break');
    await clock.advance(14 * MINUTE);
    clock.jump(HOUR);
    expect(await agent.extends('a long queue', { id: 'c' })).toMatchObject({ ok: true, seq: 5 });
    expect(await agent.extends('a long queue', { id: 'c' })).toMatchObject({ ok: true, seq: 5 });
    await clock.advance(30 * MINUTE);
    expect(told.map(([type]) => type)).toEqual([
      'limit_near',
      'clock_set_ahead',
      'break_extended',
      'limit_near',
      'limit_over',
      'limit_escalated',
    ]);
    expect(told.slice(3).map(([, afterMs]) => afterMs / MINUTE)).toEqual([18, 20, 21]);
  });

  test('D6, C4: so is a return in the grace', async () => {
    const { agent, clock } = await goneTo('available');
    await agent.opens('s2');
    agent.loses('s1');
    await settle();
    clock.jump(HOUR);
    await agent.opens('s3', { session: 's1', seq: agent.record.seq });
    expect(agent.record.sessions.map(({ id }) => id)).toEqual(['s1', 's2']);
  });

  test('D6, B7: whoever expected the seq before it is told what it is now', async () => {
    const { agent, clock } = await goneTo('break');
    const { seq } = agent.record;
    clock.jump(HOUR);
    const answer = await agent.chooses('available', { expectSeq: seq });
    expect(answer).toMatchObject({ ok: false, code: 'CONFLICT', current: { seq: seq + 1 } });
  });

  test('D6: twice, within a second or not, moves all of it twice', async () => {
    for (const betweenMs of [0, 5_000]) {
      const { clock, told } = await goneTo('break');
      await clock.advance(5 * MINUTE);
      clock.jump(HOUR);
      await clock.advance(betweenMs);
      clock.jump(3 * HOUR);
      await clock.advance(30 * MINUTE);
      expect(withoutClocks(told)).toEqual(BREAK);
      expect(told).toHaveLength(BREAK.length + (betweenMs === 0 ? 1 : 2));
    }
  });

  test('D6: brought right by a second it moves nothing', async () => {
    const { clock, told } = await goneTo('break');
    for (const byMs of [1_000, -1_000]) {
      await clock.advance(MINUTE);
      clock.jump(byMs);
    }
    await clock.advance(30 * MINUTE);
    expect(told).toEqual(BREAK);
  });

  test('D6: while a choice is on its way to disk moves what that brings', async () => {
    const slow: { ms: number; clock: FakeClock | null } = { ms: 0, clock: null };
    const { agent, clock, told } = await goneTo('available', {
      journal: new MemoryJournal({
        delay: () => new Promise((resolve) => void (slow.clock?.after(slow.ms, resolve) ?? resolve())),
      }),
    });
    Object.assign(slow, { ms: 5_000, clock });
    void agent.chooses('break');
    await clock.advance(100);
    clock.jump(HOUR);
    await clock.advance(5_000);
    slow.ms = 0;
    await clock.advance(30 * MINUTE);
    expect(told.map(([type]) => type)).toEqual([
      'status_chosen',
      'clock_set_ahead',
      ...BREAK.map(([type]) => type),
    ]);
    expect(withoutClocks(told).slice(1)).toEqual(BREAK);
  });

  test('D6, F5: that can’t be written down at once is repeated, and nothing overtakes it', async () => {
    const journal = { isFailing: false };
    const { agent, clock, told } = await goneTo('break', {
      journal: new MemoryJournal({ fails: () => journal.isFailing }),
    });
    await clock.advance(12 * MINUTE);
    journal.isFailing = true;
    clock.jump(HOUR);
    expect(await agent.chooses('available')).toMatchObject({ code: 'JOURNAL_FAILED' });
    clock.jump(HOUR);
    await clock.advance(2 * MINUTE);
    expect(told).toEqual([]);
    journal.isFailing = false;
    await clock.advance(30 * MINUTE);
    expect(told.map(([type]) => type)).toEqual(['clock_set_ahead', ...BREAK.map(([type]) => type)]);
    expect(withoutClocks(told).slice(1)).toEqual(BREAK.slice(1));
  });

  test('D6, C6: a restart finds it on disk', async () => {
    const journal = new MemoryJournal();
    const { agent, clock, engine, told } = await goneTo('break', { journal });
    await clock.advance(5 * MINUTE);
    clock.jump(HOUR);
    // The engine stops before it would have looked at the clock.
    await engine[Symbol.asyncDispose]();
    expect(told.map(([type]) => type)).toEqual(['clock_set_ahead']);
    const next = await startEngine({ journal, clock });
    const later = listen(next.engine, clock);
    const again = new Deeds(next.engine, 1);
    await again.opens('s2', { session: 's1', seq: agent.record.seq });
    await clock.advance(30 * MINUTE);
    expect(later.slice(2)).toEqual(BREAK.map(([type, afterMs]) => [type, afterMs - 5 * MINUTE]));
  });

  test('D6: so does another owner, to whom the partition is handed at once', async () => {
    const cluster = new Cluster([member(1)]);
    const partition = partitionOf(1);
    const one = await cluster.join([partition]);
    const two = await cluster.join([]);
    const agent = new Deeds(one.engine, 1);
    await agent.opens(`node1-${randomUUID()}`);
    await agent.chooses('break');
    const told = listen(two.engine, cluster.clock);
    await cluster.clock.advance(5 * MINUTE);
    cluster.clock.jump(HOUR);
    await cluster.handOver(partition, two);
    await cluster.clock.advance(30 * MINUTE);
    expect(told).toEqual([['clock_set_ahead', 5 * MINUTE], ...BREAK]);
  });

  test('D6: of many only who awaits something is told so, each once, and nobody’s time is over early', async () => {
    const members = Array.from({ length: 2_000 }, (_, at) => member(at + 1));
    const { engine, clock, journal } = await startEngine({ members, config: () => LAW.config });
    const agents = members.map(({ id }) => new Deeds(engine, id));
    await Promise.all(agents.map((agent) => agent.opens(`s${agent.agent}`)));
    const onBreak = agents.slice(0, 1_000);
    await Promise.all(onBreak.map((agent) => agent.chooses('break')));
    const told = new Map<string, number>();
    for (const { agent } of agents)
      engine.listen(agent, ({ event: { type } }) => void told.set(type, (told.get(type) ?? 0) + 1));
    await clock.advance(2 * MINUTE);
    const before = await journal.head();
    clock.jump(HOUR);
    await clock.advance(2 * MINUTE);
    expect([...told]).toEqual([['clock_set_ahead', 1_000]]);
    // Each of sixteen partitions wrote them at once.
    expect((await journal.head()) - before).toBeLessThanOrEqual(2 * 16);
    await clock.advance(10 * MINUTE);
    expect(told.get('limit_over')).toBeUndefined();
    await clock.advance(MINUTE + 1_000);
    expect(told.get('limit_over')).toBe(1_000);
  });

  test('D6: while no engine runs it is believed', async () => {
    const journal = new MemoryJournal();
    const { agent, clock, engine } = await goneTo('break', { journal });
    await engine[Symbol.asyncDispose]();
    clock.jump(HOUR);
    const next = await startEngine({ journal, clock });
    const later = listen(next.engine, clock);
    const again = new Deeds(next.engine, 1);
    await again.opens('s2', { session: 's1', seq: agent.record.seq });
    await clock.advance(2_000);
    expect(later.slice(2).map(([type]) => type)).toEqual(['limit_over']);
  });
});
