import { describe, expect, test } from 'vitest';
import type { Law } from '../../engine/law.ts';
import { tileOf } from '../../engine/tile.ts';
import { settle } from '../support/fake-clock.ts';
import { LAW } from '../support/laws.ts';
import { changed, startUnder, withConfig } from '../support/live-law.ts';

const MINUTE = 60_000;

/** Somebody in a task, on that duty. */
async function inTask(code = 'busy', law: Law = LAW) {
  const started = await startUnder(law);
  const { agent, events } = started;
  await agent.opens('s1');
  await agent.works('s1', 1, 3);
  if (code !== 'available') await agent.chooses(code);
  events.splice(0);
  const tile = () => tileOf(agent.record, 'full');
  return { ...started, tile, ends: () => agent.works('s1', 0, 3) };
}

/** Somebody in a wrap-up, and in no task. */
async function wrappingUp(law: Law = LAW) {
  const started = await inTask('busy', law);
  await started.agent.chooses('wrap_up');
  await started.ends();
  started.events.splice(0);
  return started;
}

describe('D4: a status for later', () => {
  test('D4: in a task it waits, shown to whoever sees the agent in full, and comes with the end of the task', async () => {
    const { agent, clock, events, tile, ends } = await inTask();
    expect(await agent.queues('break', { reason: 'coffee' })).toMatchObject({ ok: true });
    expect(tile()).toMatchObject({ status: 'busy', queued: 'break' });
    expect(tileOf(agent.record, 'basic')).not.toHaveProperty('queued');
    await agent.works('s1', 2, 3);
    await agent.works('s1', 1, 3);
    expect(tile()).toMatchObject({ status: 'busy', queued: 'break' });
    await clock.advance(MINUTE);
    await ends();
    expect(tile()).toMatchObject({ status: 'break', cause: 'agent', by: 1, reason: 'coffee', current: 0 });
    expect(tile()).not.toHaveProperty('queued');
    expect(agent.record).toMatchObject({ since: clock.now(), limitUntil: clock.now() + 15 * MINUTE });
    expect(events.map(({ type }) => type)).toEqual([
      'status_queued',
      'workload_changed',
      'workload_changed',
      'workload_changed',
    ]);
  });

  test('D4: with neither a task nor a wrap-up it comes at once', async () => {
    const { agent, ends, events } = await inTask('available');
    await ends();
    await agent.queues('break');
    expect(agent.record).toMatchObject({ status: 'break', queued: null });
    expect(events.at(-1)?.type).toBe('status_chosen');
    await agent.queues('offline');
    expect(agent.record.status).toBe('offline');
  });

  test('D3, D4: a wrap-up is a step between: what was queued comes at its end', async () => {
    const { agent, clock, ends, tile } = await inTask();
    await agent.queues('lunch', { reason: 'hungry' });
    await agent.chooses('wrap_up');
    expect(tile()).toMatchObject({ status: 'wrap_up', queued: 'lunch' });
    await ends();
    expect(tile()).toMatchObject({ status: 'wrap_up', queued: 'lunch' });
    await clock.advance(2 * MINUTE);
    expect(tile()).toMatchObject({ status: 'lunch', cause: 'agent', reason: 'hungry', by: 1 });
  });

  test('D3, D4: in a wrap-up it waits for its end, and goes before what the catalogue says', async () => {
    for (const onOverrun of [{ action: 'set', code: 'away' }, { action: 'log_out' }] as const) {
      const { agent, clock } = await wrappingUp(changed('wrap_up', { onOverrun }));
      await agent.queues('break');
      expect(agent.record).toMatchObject({ status: 'wrap_up', queued: { code: 'break' } });
      await clock.advance(2 * MINUTE);
      expect(agent.record).toMatchObject({ status: 'break', cause: 'agent', queued: null });
    }
  });

  test('D4: amazon-connect-streams#613: a queued status does not win over a newer choice', async () => {
    const { agent, clock, ends } = await inTask();
    await agent.queues('break');
    await agent.chooses('away');
    expect(agent.record).toMatchObject({ status: 'away', queued: null });
    await ends();
    expect(agent.record.status).toBe('away');

    await agent.chooses('busy');
    await agent.works('s1', 1, 3);
    await agent.queues('break');
    await agent.queues('away');
    await ends();
    expect(agent.record).toMatchObject({ status: 'away', queued: null });

    const other = await wrappingUp();
    await other.agent.queues('break');
    await other.agent.chooses('available');
    await other.clock.advance(10 * MINUTE);
    expect(other.agent.record).toMatchObject({ dutyCode: 'available', queued: null });
    expect(clock.now()).toBeGreaterThan(0);
  });

  test('A9: it is judged when it is asked, as a choice; and comes, whatever the law says by then', async () => {
    const { agent, enact, ends } = await inTask();
    expect(await agent.queues('nonsense')).toMatchObject({ code: 'UNKNOWN_STATUS' });
    expect(await agent.queues('retired')).toMatchObject({ code: 'UNKNOWN_STATUS' });
    expect(await agent.queues('coaching')).toMatchObject({ code: 'TRANSITION_NOT_ALLOWED' });
    expect(await agent.queues('training')).toMatchObject({ code: 'REASON_REQUIRED' });
    expect(await agent.queues('break', { session: 'another' })).toMatchObject({ code: 'NOT_CONNECTED' });
    expect(agent.record.queued).toBeNull();
    await agent.queues('lunch');
    await enact(changed('lunch', { archived: true }));
    await ends();
    expect(agent.record.status).toBe('lunch');
  });

  test('A10: the same code again, now or for later, ends what is queued; the same queued again journals nothing', async () => {
    for (const again of ['chooses', 'queues'] as const) {
      const { agent, ends } = await inTask();
      await agent.queues('break');
      const { seq } = agent.record;
      await agent.queues('break');
      expect(agent.record.seq).toBe(seq);
      await agent[again]('busy');
      expect(agent.record).toMatchObject({ queued: null, seq: seq + 1 });
      await agent[again]('busy');
      expect(agent.record.seq).toBe(seq + 1);
      await ends();
      expect(agent.record.status).toBe('busy');
    }
  });

  test('D3: the same wrap-up behind itself is nothing to wait for', async () => {
    const { agent, clock, ends } = await inTask();
    await agent.queues('wrap_up');
    await agent.chooses('wrap_up');
    expect(agent.record.queued).toBeNull();
    await agent.queues('wrap_up');
    await ends();
    await clock.advance(2 * MINUTE);
    expect(agent.record.status).toBe('available');
  });

  test('C3: a log-out may wait, also under a hold, and is one in every tab', async () => {
    const { agent, events, ends } = await inTask();
    await agent.opens('s2');
    await agent.isForced('meeting', { hold: true });
    expect(await agent.queues('break')).toMatchObject({ code: 'TRANSITION_NOT_ALLOWED' });
    await agent.queues('offline', { reason: 'the last one' });
    await ends();
    expect(agent.record).toMatchObject({
      status: 'offline',
      cause: 'agent',
      dutyReason: 'the last one',
      sessions: [],
      workload: 'free',
      max: null,
      override: 'held',
    });
    expect(events.at(-1)).toMatchObject({ type: 'workload_changed', effects: ['dismiss'] });
  });

  test('C3: going offline forgets it', async () => {
    const { agent, clock } = await inTask();
    await agent.queues('break');
    agent.loses('s1');
    await clock.advance(31_000);
    expect(agent.record).toMatchObject({ status: 'offline', queued: null });
    await agent.opens('s2');
    await agent.works('s2', 1, 1);
    await agent.works('s2', 0, 1);
    expect(agent.record.status).toBe('available');
  });

  test('E1: what was queued comes below an override, and ends none', async () => {
    const { agent, ends } = await inTask();
    await agent.isForced('meeting');
    await agent.queues('break');
    await ends();
    expect(agent.record).toMatchObject({ status: 'meeting', override: 'forced', dutyCode: 'break' });
    await agent.isReleased();
    expect(agent.record.status).toBe('break');
  });

  test('A8: the end of another duty’s time is no choice: what is queued stays', async () => {
    const law = changed('busy', { maxSeconds: 60, onOverrun: { action: 'set', code: 'away' } });
    const { agent, clock, ends } = await inTask('busy', law);
    await agent.queues('break');
    await clock.advance(MINUTE);
    expect(agent.record).toMatchObject({ status: 'away', queued: { code: 'break' } });
    await ends();
    expect(agent.record.status).toBe('break');
  });

  test('C2: it is activity', async () => {
    const { agent, clock } = await inTask('available', withConfig({ MAX_AGENT_IDLE_TIME: 60 }));
    await clock.advance(2 * MINUTE);
    expect(agent.record.activity).toBe('idle');
    await agent.queues('break');
    await settle();
    expect(agent.record.activity).toBe('active');
  });

  test('E2: why tells what waits', async () => {
    const { agent, engine } = await inTask();
    await agent.queues('break', { reason: 'coffee' });
    await agent.isForcedNext('meeting');
    expect(engine.why(1)).toMatchObject({
      waiting: { queued: { code: 'break', reason: 'coffee' }, forcedNext: { code: 'meeting', by: 900 } },
    });
  });
});

describe('E1: a forced status for later', () => {
  test('E1, D4: waits for the end of the task; the agent’s choices don’t replace it; then the agent is told', async () => {
    const { agent, events, tile, ends } = await inTask();
    await agent.isForcedNext('meeting', { reason: 'all hands' });
    expect(tile()).toMatchObject({ status: 'busy', queued: 'meeting' });
    expect(events.at(-1)).toMatchObject({ type: 'force_queued', by: 900, reason: 'all hands' });
    expect(events.at(-1)).not.toHaveProperty('effects');
    await agent.chooses('away');
    expect(tile()).toMatchObject({ status: 'away', queued: 'meeting' });
    await ends();
    expect(tile()).toMatchObject({
      status: 'meeting',
      duty: 'away',
      cause: 'override',
      by: 900,
      reason: 'all hands',
    });
    expect(events.at(-1)?.effects).toEqual(['notify_forced']);
  });

  test('E1: with neither a task nor a wrap-up it stands at once', async () => {
    const { agent, ends } = await inTask();
    await ends();
    await agent.isForcedNext('meeting');
    expect(agent.record).toMatchObject({ status: 'meeting', forcedNext: null });
  });

  test('E1, D4: both come due: the duty becomes what was queued, and the override stands above it', async () => {
    for (const end of ['task', 'wrap-up'] as const) {
      const { agent, clock, tile, ends } = end === 'task' ? await inTask() : await wrappingUp();
      await agent.queues('break');
      await agent.isForcedNext('meeting', { hold: true });
      expect(tile().queued).toBe('meeting');
      if (end === 'task') await ends();
      await clock.advance(2 * MINUTE);
      expect(tile()).toMatchObject({ status: 'meeting', duty: 'break', held: true });
      expect(tile()).not.toHaveProperty('queued');
    }
  });

  test('E1, D3: an agent who ends the wrap-up brings it, above what was chosen; a choice in a task doesn’t', async () => {
    const { agent, tile } = await wrappingUp();
    await agent.isForcedNext('meeting');
    await agent.chooses('available');
    expect(tile()).toMatchObject({ status: 'meeting', duty: 'available' });

    const other = await inTask();
    await other.agent.chooses('wrap_up');
    await other.agent.isForcedNext('meeting');
    await other.agent.chooses('available');
    expect(other.tile()).toMatchObject({ status: 'available', queued: 'meeting' });
    await other.ends();
    expect(other.tile().status).toBe('meeting');
  });

  test('E1: a newer one replaces it, for later or at once; a release drops both; without either it is CONFLICT', async () => {
    const { agent, tile } = await inTask();
    await agent.isForcedNext('meeting');
    await agent.isForcedNext('lunch');
    expect(tile().queued).toBe('lunch');
    await agent.isForced('away');
    expect(tile()).toMatchObject({ status: 'away' });
    expect(tile()).not.toHaveProperty('queued');
    await agent.isForcedNext('meeting');
    await agent.isReleased();
    expect(agent.record).toMatchObject({ status: 'busy', override: 'none', forcedNext: null });
    await agent.isForcedNext('meeting');
    await agent.isReleased();
    expect(agent.record).toMatchObject({ override: 'none', forcedNext: null });
    expect(await agent.isReleased()).toMatchObject({ code: 'CONFLICT' });
  });

  test('E1: the agent’s choice ends the override that stands, and leaves the one that waits', async () => {
    const { agent, ends } = await inTask();
    await agent.isForced('away');
    await agent.isForcedNext('meeting');
    await agent.chooses('available');
    expect(agent.record).toMatchObject({ override: 'none', forcedNext: { code: 'meeting' } });
    await ends();
    expect(agent.record.status).toBe('meeting');
  });

  test('E1, C3: a forced log-out may wait: for a task, and for a wrap-up, however it ends', async () => {
    const task = await inTask();
    await task.agent.queues('break');
    await task.agent.isForcedNext('offline', { reason: 'shift is over' });
    await task.ends();
    const timed = await wrappingUp();
    await timed.agent.isForcedNext('offline', { reason: 'shift is over' });
    await timed.clock.advance(2 * MINUTE);
    const ended = await wrappingUp();
    await ended.agent.isForcedNext('offline', { reason: 'shift is over' });
    expect(await ended.agent.chooses('available')).toMatchObject({ ok: true });
    for (const { agent, events, tile } of [task, timed, ended]) {
      expect(agent.record).toMatchObject({ status: 'offline', connectivity: 'disconnected', sessions: [] });
      expect(tile()).toMatchObject({ cause: 'override', reason: 'shift is over' });
      expect(events.at(-1)?.effects).toEqual(['dismiss']);
      expect(await agent.isReleased()).toMatchObject({ code: 'CONFLICT' });
    }
  });

  test('E1: going offline drops it; one with a hold stands from then on', async () => {
    for (const hold of [false, true]) {
      const { agent, clock } = await inTask();
      await agent.isForced('away', { hold });
      await agent.isForcedNext('meeting', { hold });
      agent.loses('s1');
      await clock.advance(31_000);
      expect(agent.record).toMatchObject({ status: 'offline', forcedNext: null });
      expect(agent.record.forced?.code).toBe(hold ? 'meeting' : undefined);
      await agent.opens('s2');
      expect(agent.record.status).toBe(hold ? 'meeting' : 'available');
    }
  });

  test('E1: is for an agent who is here, with a status that there is', async () => {
    const { agent } = await inTask();
    expect(await agent.isForcedNext('nonsense')).toMatchObject({ code: 'UNKNOWN_STATUS' });
    await agent.saysBye('s1');
    expect(await agent.isForcedNext('meeting')).toMatchObject({ code: 'NOT_CONNECTED' });
    expect(await agent.isForcedNext('offline')).toMatchObject({ code: 'NOT_CONNECTED' });
  });
});
