import { describe, expect, test } from 'vitest';
import { settle } from '../support/fake-clock.ts';
import { LAW } from '../support/laws.ts';
import { changed, withConfig } from '../support/live-law.ts';
import { goneTo, MINUTE, timesOf } from '../support/limited.ts';

describe('D2: the one extension', () => {
  test('D2: gives more time, once, and the agent is told anew before the end', async () => {
    const { agent, clock, events, begun } = await goneTo('break');
    await clock.advance(14 * MINUTE);
    expect(agent.record.limit).toBe('warned');
    expect(await agent.extends('the doctor called', { session: 's1' })).toMatchObject({ ok: true });
    expect(events.at(-1)).toMatchObject({ type: 'break_extended', by: 1, reason: 'the doctor called' });
    expect(agent.record).toMatchObject({
      limit: 'running',
      limitUntil: begun + 20 * MINUTE,
      extendedMs: 5 * MINUTE,
      dutyReason: null,
      status: 'break',
    });
    expect(await agent.extends('and again')).toMatchObject({
      code: 'CONFLICT',
      message: 'the break was extended already',
      current: { seq: agent.record.seq, tile: { deadline: begun + 20 * MINUTE } },
    });
    await clock.advance(7 * MINUTE);
    expect(timesOf(events.slice(2), begun)).toEqual([
      ['limit_near', 18 * MINUTE, 'notify_break_ending'],
      ['limit_over', 20 * MINUTE, 'notify_break_over'],
      ['limit_escalated', 21 * MINUTE, 'notify_supervisors'],
    ]);
  });

  test('D2: the next break has one of its own', async () => {
    const { agent } = await goneTo('break');
    await agent.extends('a long queue');
    await agent.chooses('available');
    expect(agent.record).toMatchObject({ limit: 'none', extendedMs: 0 });
    await agent.chooses('break');
    expect(await agent.extends('a long queue')).toMatchObject({ ok: true });
  });

  test('D2: may come after the end, while it still gives time', async () => {
    const { agent, clock, begun } = await goneTo('break');
    await clock.advance(15 * MINUTE + 1_000);
    expect(agent.record.limit).toBe('over');
    await agent.extends('a long queue');
    expect(agent.record).toMatchObject({ limit: 'running', limitUntil: begun + 20 * MINUTE, overAt: null });

    const late = await goneTo('break');
    await late.clock.advance(20 * MINUTE);
    expect(late.agent.record.limit).toBe('escalated');
    expect(await late.agent.extends('a long queue')).toMatchObject({
      code: 'CONFLICT',
      message: 'the break is over for too long',
    });
  });

  test.each([
    { title: 'off a break', code: 'busy', law: LAW, message: 'no break with an end to extend' },
    { title: 'of a wrap-up', code: 'wrap_up', law: LAW, message: 'no break with an end to extend' },
    {
      title: 'where breaks are not extended',
      code: 'break',
      law: withConfig({ BREAK_EXTENSION_MINUTES: 0 }),
      message: 'not extended here',
    },
  ])('D2: $title there is none', async ({ code, law, message }) => {
    const { agent } = await goneTo(code, law);
    const answer = await agent.extends('a long queue');
    expect(answer).toMatchObject({ ok: false, code: 'CONFLICT', current: { seq: agent.record.seq } });
    expect(answer).toHaveProperty('message', expect.stringContaining(message));
  });

  test('D2: needs a reason, and somebody who is here', async () => {
    const { agent } = await goneTo('break');
    expect(await agent.extends('')).toMatchObject({ code: 'REASON_REQUIRED' });
    expect(await agent.extends('a long queue', { session: 'another' })).toMatchObject({
      code: 'NOT_CONNECTED',
    });
    await agent.saysBye('s1');
    expect(await agent.extends('a long queue')).toMatchObject({ code: 'NOT_CONNECTED' });
  });

  test('B6: sent twice is done once', async () => {
    const { agent } = await goneTo('break');
    const first = await agent.extends('a long queue', { session: 's1', id: 'e' });
    expect(await agent.extends('a long queue', { session: 's1', id: 'e' })).toEqual(first);
  });

  test('C2: it is activity', async () => {
    const law = changed('break', { idleLimit: { seconds: 60 } });
    const { agent, clock } = await goneTo('break', law);
    await clock.advance(2 * MINUTE);
    expect(agent.record.activity).toBe('idle');
    await agent.extends('a long queue');
    await settle();
    expect(agent.record.activity).toBe('active');
  });
});

describe('D2: a law that changes', () => {
  test('D2: gives who is on a break more time, or less, from its beginning', async () => {
    const { agent, clock, begun, enact } = await goneTo('break');
    await clock.advance(14 * MINUTE);
    await agent.extends('a long queue');
    await enact(withConfig({ DEFAULT_STATUS_BREAK_DURATION: 30 }));
    expect(agent.record).toMatchObject({ limit: 'running', limitUntil: begun + 35 * MINUTE });
    await enact(withConfig({ DEFAULT_STATUS_BREAK_DURATION: 5 }));
    expect(agent.record).toMatchObject({ limit: 'running', limitUntil: begun + 10 * MINUTE });
    await clock.advance(1_000);
    expect(agent.record.limit).toBe('over');
  });

  test('D2: what was over is over no more where the new end lies ahead, and stays over where it doesn’t', async () => {
    const { agent, clock, begun, enact } = await goneTo('break');
    await clock.advance(17 * MINUTE);
    const { seq } = agent.record;
    await enact(withConfig({ DEFAULT_STATUS_BREAK_DURATION: 16 }));
    expect(agent.record).toMatchObject({ limit: 'escalated', seq });
    await enact(withConfig({ DEFAULT_STATUS_BREAK_DURATION: 20 }));
    expect(agent.record).toMatchObject({ limit: 'running', limitUntil: begun + 20 * MINUTE, overAt: null });
  });

  test('D2: a limit may come to be, and go', async () => {
    const { agent, clock, begun, enact } = await goneTo('busy');
    await clock.advance(MINUTE);
    await enact(changed('busy', { maxSeconds: 600 }));
    expect(agent.record).toMatchObject({ limit: 'running', limitUntil: begun + 10 * MINUTE });
    await clock.advance(8 * MINUTE);
    expect(agent.record.limit).toBe('warned');
    await enact(LAW);
    expect(agent.record).toMatchObject({ limit: 'none', limitUntil: null });
  });
});
