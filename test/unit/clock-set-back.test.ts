import { describe, expect, test } from 'vitest';
import { BREAK, goneTo, withoutClocks } from '../support/awaiting.ts';
import { Deeds } from '../support/deeds.ts';
import { member } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';
import { MINUTE } from '../support/limited.ts';
import { startUnder, withConfig } from '../support/live-law.ts';

const HOUR = 60 * MINUTE;

describe('D6: a clock that is set back', () => {
  test('D6: during a break warning, end and escalation come when they would have', async () => {
    const { clock, told } = await goneTo('break');
    await clock.advance(5 * MINUTE);
    clock.jump(-HOUR);
    await clock.advance(30 * MINUTE);
    expect(told).toEqual(BREAK);
  });

  test('D6: also where something happens in between, and where it is set ahead again', async () => {
    for (const againMs of [0, HOUR, 2 * HOUR]) {
      const { agent, clock, told } = await goneTo('break');
      await clock.advance(5 * MINUTE);
      clock.jump(-HOUR);
      await clock.advance(2 * MINUTE);
      agent.loses('s1');
      await clock.advance(10_000);
      await agent.opens('s2', { session: 's1', seq: agent.record.seq });
      await clock.advance(MINUTE);
      await agent.extends('a long queue');
      await clock.advance(MINUTE);
      clock.jump(againMs);
      await clock.advance(30 * MINUTE);
      expect(withoutClocks(told).slice(3)).toEqual(
        BREAK.map(([type, afterMs]) => [type, afterMs + 5 * MINUTE]),
      );
      expect(told.some(([type]) => type === 'clock_set_ahead')).toBe(againMs > HOUR);
    }
  });

  test('D6: one grace after the other is as long as it should be', async () => {
    const { agent, clock, told } = await goneTo('available');
    clock.jump(-HOUR);
    for (let times = 0; times < 2; times++) {
      agent.loses('s1');
      await clock.advance(20_000);
      await agent.opens('s2', { session: 's1', seq: agent.record.seq });
      await clock.advance(10 * MINUTE);
    }
    agent.loses('s1');
    await clock.advance(MINUTE);
    expect(told.at(-1)).toEqual(['grace_expired', 20 * MINUTE + 70_000]);
  });

  test('D6, B3: time stands for an agent for whom nothing is yet to come, until the clock has caught up', async () => {
    const { agent, clock } = await goneTo('available');
    const { lastAt } = agent.record;
    clock.jump(-HOUR);
    await clock.advance(10 * MINUTE);
    await agent.chooses('busy');
    expect(agent.record.lastAt).toBe(lastAt);
    await clock.advance(51 * MINUTE);
    await agent.chooses('available');
    expect(agent.record.lastAt).toBe(clock.now());
  });

  test('D6, C8: connections that come and go seldom don’t flap', async () => {
    const { agent, clock } = await goneTo('available');
    clock.jump(-HOUR);
    for (let times = 0; times < 5; times++) {
      agent.loses('s1');
      await clock.advance(1_000);
      await agent.opens('x', { session: 's1', seq: agent.record.seq });
      await clock.advance(5 * MINUTE);
    }
    expect(agent.record.stability).toBe('steady');
  });
});

describe('D6, C7: a clock that is set while many are lost', () => {
  test.each([0, -HOUR, HOUR])(
    'D6, C7: who is lost together is so though their time differs, and timers stand still; set by %d ms',
    async (byMs) => {
      const members = Array.from({ length: 12 }, (_, at) => member(at + 1));
      const law = withConfig({ BREAKER_MIN_AGENTS: 4 });
      const { engine, clock } = await startUnder(law, { members });
      const agents = members.map(({ id }) => new Deeds(engine, id));
      await Promise.all(agents.map((agent) => agent.opens(`s${agent.agent}`)));
      await clock.advance(2 * HOUR);
      // To some something has happened just now, to others not for long.
      await Promise.all(agents.slice(0, 2).map((agent) => agent.chooses('break')));
      const lose = () => {
        for (const { agent } of agents.slice(1, 3)) engine.lose(agent, `s${agent}`);
      };
      for (const { agent } of agents.slice(3, 5)) engine.lose(agent, `s${agent}`);
      await settle();
      clock.jump(byMs);
      lose();
      await settle();
      expect(engine.incident(1)?.kind).toBe('mass_disconnect');
      await clock.advance(59_000);
      expect(agents.slice(1, 5).map(({ record }) => record.connectivity)).toEqual(
        Array(4).fill('reconnecting'),
      );
      await clock.advance(11_000);
      expect(agents.slice(1, 5).map(({ record }) => record.connectivity)).toEqual(
        Array(4).fill('disconnected'),
      );
    },
  );

  test('D6, C7: losses that lie an hour apart are no mass disconnect', async () => {
    const members = Array.from({ length: 12 }, (_, at) => member(at + 1));
    const { engine, clock } = await startUnder(withConfig({ BREAKER_MIN_AGENTS: 4 }), { members });
    const agents = members.map(({ id }) => new Deeds(engine, id));
    await Promise.all(agents.map((agent) => agent.opens(`s${agent.agent}`)));
    await clock.advance(MINUTE);
    clock.jump(-HOUR);
    for (const { agent } of agents.slice(0, 6)) {
      engine.lose(agent, `s${agent}`);
      await clock.advance(10 * MINUTE);
    }
    expect(engine.incident(1)).toBeNull();
  });
});
