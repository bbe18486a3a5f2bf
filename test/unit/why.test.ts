import { describe, expect, test } from 'vitest';
import { settle } from '../support/fake-clock.ts';
import { startTold } from '../support/told-journal.ts';

describe('E2: why', () => {
  test('E2: names the axis that decides, and what the others are', async () => {
    const { agent, clock, engine } = await startTold();
    const decided: unknown[] = [];
    const note = () => decided.push([engine.why(1)?.winner, agent.record.status]);
    note();
    await clock.advance(300_000);
    note();
    await agent.works('s1', 2, 2);
    note();
    await agent.isForced('lunch');
    note();
    expect(engine.why(1)?.axes).toMatchObject({
      connectivity: { state: 'connected' },
      duty: { code: 'available', category: 'available' },
      workload: { state: 'full' },
      override: { state: 'forced', forced: { code: 'lunch', reason: 'as I say' } },
    });
    await agent.isReleased();
    await agent.chooses('break');
    note();
    agent.loses('s1');
    await settle();
    note();
    await clock.advance(31_000);
    note();
    expect(decided).toEqual([
      ['duty', 'available'],
      ['activity', 'away'],
      ['workload', 'busy'],
      ['override', 'lunch'],
      ['duty', 'break'],
      // Nobody guesses that an agent is gone (A5).
      ['duty', 'break'],
      ['connectivity', 'offline'],
    ]);
  });

  test('E2: tells when each session was last active, and the last command that was refused', async () => {
    const { agent, clock, engine } = await startTold();
    await agent.opens('s2');
    const seenAt = clock.now();
    agent.stirs('s2', seenAt);
    await clock.advance(60_000);
    expect(engine.why(1)).toMatchObject({
      sessions: [
        { id: 's1', activeAt: null },
        { id: 's2', activeAt: seenAt },
      ],
      axes: { activity: { state: 'active', activeAt: seenAt } },
      lastRejected: null,
    });
    await agent.chooses('wrap_up');
    await agent.chooses('busy');
    expect(engine.why(1)).toMatchObject({
      lastRejected: { at: clock.now(), command: 'choose', code: 'TRANSITION_NOT_ALLOWED' },
    });
  });
});

test.each([
  { current: 0, max: 3, state: 'free', utilisationPercent: 0 },
  { current: 1, max: 3, state: 'tasked', utilisationPercent: 33 },
  { current: 2, max: 3, state: 'tasked', utilisationPercent: 67 },
  { current: 3, max: 3, state: 'full', utilisationPercent: 100 },
  { current: 4, max: 3, state: 'full', utilisationPercent: 133 },
])(
  'A3: of $current tasks, with $max as the most, the workload is $state and $utilisationPercent per cent',
  async (workload) => {
    const { agent, engine } = await startTold();
    expect(engine.why(1)?.axes.workload).toEqual({
      state: 'free',
      current: 0,
      max: null,
      utilisationPercent: null,
    });
    await agent.works('s1', workload.current, workload.max);
    expect(engine.why(1)?.axes.workload).toEqual(workload);
  },
);
