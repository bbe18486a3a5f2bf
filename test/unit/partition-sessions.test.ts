import { describe, expect, test } from 'vitest';
import { collectionsDuring } from '../support/collections.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';
import { eventsOf, startTold } from '../support/told-journal.ts';

describe('C1: several sessions', () => {
  test('C1: an agent is connected while one of them lives, whichever it is', async () => {
    const { agent } = await startTold();
    for (const session of ['s2', 's3']) await agent.opens(session);
    for (const session of ['s2', 's1']) {
      agent.loses(session);
      await settle();
      expect(agent.record).toMatchObject({ connectivity: 'connected', graceUntil: null });
    }
    expect(agent.record.sessions).toHaveLength(3);
    agent.loses('s3');
    await settle();
    expect(agent.record.connectivity).toBe('reconnecting');
    await agent.opens('s4', { session: 's2', seq: agent.record.seq });
    expect(agent.record.connectivity).toBe('connected');
  });
});

describe('C2: activity is a level, not an edge', () => {
  test('C2: activity that comes while the agent goes idle is not lost', async () => {
    const { agent, clock, told } = await startTold();
    told.delayMs = 50;
    await clock.advance(299_000);
    const idling = clock.advance(1_010);
    await idling;
    expect(agent.record.activity).toBe('active');
    agent.stirs('s1', clock.now());
    await clock.advance(200);
    expect(agent.record.activity).toBe('active');
    expect(agent.record.seq).toBe(3);
  });

  test('C2: activity that comes while other things wait is not lost', async () => {
    const { agent, clock, told } = await startTold();
    await clock.advance(300_000);
    expect(agent.record.status).toBe('away');
    told.delayMs = 50;
    const forced = Promise.all([
      agent.isForced('meeting'),
      agent.isReleased(),
      agent.isForced('lunch'),
      agent.isReleased(),
    ]);
    agent.stirs('s1', clock.now());
    await clock.advance(500);
    await forced;
    expect(agent.record).toMatchObject({ status: 'available', activity: 'active' });
  });

  test('C2: a command is activity, though it be refused', async () => {
    const { agent, clock } = await startTold();
    await clock.advance(300_000);
    expect(await agent.chooses('wrap_up')).toMatchObject({ code: 'TRANSITION_NOT_ALLOWED' });
    await settle();
    expect(agent.record).toMatchObject({ status: 'available', activity: 'active' });
  });

  test('C2: who acts while the limit comes does not become idle', async () => {
    const { agent, clock, told } = await startTold();
    await clock.advance(299_990);
    told.delayMs = 50;
    const forced = agent.isForced('meeting');
    const chosen = agent.chooses('chat');
    await clock.advance(3_000);
    await Promise.all([forced, chosen]);
    expect(agent.record).toMatchObject({ status: 'chat', activity: 'active', seq: 3 });
  });

  test('C1, C2: activity told again does not wake; of one idle device and one in use the agent is active', async () => {
    const { agent, clock } = await startTold();
    await agent.opens('s2');
    const seenAt = clock.now();
    await clock.advance(200_000);
    agent.stirs('s2', clock.now());
    agent.stirs('s1', seenAt);
    await clock.advance(150_000);
    expect(agent.record.activity).toBe('active');
    await clock.advance(151_000);
    expect(agent.record).toMatchObject({ activity: 'idle', idleSince: seenAt + 200_000 });
    for (const at of [seenAt + 200_000, seenAt, seenAt + 200_500]) agent.stirs('s2', at);
    await settle();
    expect(agent.record.activity).toBe('idle');
  });

  test('C2: activity that is told of the future is of now', async () => {
    const { agent, clock } = await startTold();
    const seenAt = clock.now();
    agent.stirs('s1', seenAt + 3_600_000);
    await clock.advance(299_000);
    expect(agent.record.activity).toBe('active');
    await clock.advance(2_000);
    expect(agent.record).toMatchObject({ activity: 'idle', idleSince: seenAt });
  });

  test('C4, C6: an auto-away outlasts a restart and a new connection, until there is activity', async () => {
    const { agent, engine, journal, clock } = await startTold();
    await clock.advance(300_000);
    await engine[Symbol.asyncDispose]();
    const next = await startEngine({ journal, clock });
    const again = new Deeds(next.engine, 1);
    await again.opens('s2', { session: 's1', seq: 2 });
    await clock.advance(20_000);
    expect(again.record).toMatchObject({ status: 'away', cause: 'idle', connectivity: 'connected' });
    again.stirs('s1', clock.now());
    await settle();
    expect(again.record).toMatchObject({ status: 'available' });
    expect(agent.record).toMatchObject({ status: 'away' });
  });

  test('B5: a heartbeat that changes nothing is not journalled', async () => {
    const { agent, clock, journal } = await startTold();
    for (let n = 0; n < 100; n++) {
      await clock.advance(1_000);
      agent.stirs('s1', clock.now());
    }
    expect(await eventsOf(journal)).toHaveLength(1);
  });

  test('B5: a heartbeat that changes nothing makes nothing that has to be cleared away', async () => {
    const { agent, clock, engine } = await startTold();
    const now = clock.now();
    const collections = await collectionsDuring(() => {
      for (let n = 0; n < 200_000; n++) engine.touch(1, 's1', now);
    });
    // With an event each that comes to nothing there were dozens.
    expect(collections).toBeLessThan(8);
    expect(agent.record).toMatchObject({ activity: 'active', seq: 1 });
  });
});

describe('C3: log-out', () => {
  test('C3: log-out in one tab is log-out in all, at once', async () => {
    const { agent, journal } = await startTold();
    await agent.opens('s2');
    await agent.saysBye('s1');
    expect(agent.record).toMatchObject({
      status: 'offline',
      cause: 'agent',
      connectivity: 'disconnected',
      sessions: [],
    });
    expect((await eventsOf(journal)).at(-1)).toMatchObject({ type: 'logged_out', effects: ['dismiss'] });
  });

  test('C3: choosing or being forced offline is log-out', async () => {
    const { agent } = await startTold();
    expect(await agent.chooses('offline', { session: 's1' })).toMatchObject({ ok: true, seq: 2 });
    expect(agent.record).toMatchObject({ status: 'offline', cause: 'agent' });
    await agent.opens('s2');
    expect(await agent.isForced('offline')).toMatchObject({ ok: true });
    expect(agent.record).toMatchObject({ status: 'offline', cause: 'override' });
  });

  test('C3: a late or repeated bye of a session that is over logs nobody out', async () => {
    const { agent } = await startTold();
    await agent.saysBye('s1');
    await agent.opens('s2');
    expect(await agent.saysBye('s1')).toMatchObject({ ok: true, seq: 3 });
    expect(await agent.chooses('offline', { session: 's1' })).toMatchObject({ ok: true, seq: 3 });
    expect(agent.record).toMatchObject({ status: 'available', connectivity: 'connected' });
  });
});

describe('C6: a restart', () => {
  test('C6: whoever was connected or reconnecting has a fresh grace; who comes back in it never left', async () => {
    const { agent, engine, journal, clock } = await startTold();
    await agent.opens('s2');
    const other = new Deeds(engine, 2);
    await other.opens('t1');
    await agent.chooses('break');
    other.loses('t1');
    await clock.advance(20_000);
    await engine[Symbol.asyncDispose]();
    const next = await startEngine({ journal, clock });
    const [again, otherAgain] = [new Deeds(next.engine, 1), new Deeds(next.engine, 2)];
    await settle();
    // A start freezes timers (C7): the grace is not over before that is, and those of all are not over at once.
    const frozen = clock.now() + 60_000;
    const lost = { connectivity: 'reconnecting' };
    expect(again.record).toMatchObject({ ...lost, graceUntil: frozen + 1_000, status: 'break' });
    expect(otherAgain.record).toMatchObject({ ...lost, graceUntil: frozen + 2_000 });
    await again.opens('s3', { session: 's2', seq: 1 });
    await clock.advance(63_000);
    expect(again.record).toMatchObject({ connectivity: 'connected', status: 'break' });
    expect(again.record.sessions).toMatchObject([{ id: 's2' }]);
    expect(otherAgain.record).toMatchObject({ status: 'offline', cause: 'disconnect' });
  });

  test('B9: master data that changed while nobody looked become an event, for whoever has a history', async () => {
    const { agent, engine, journal, clock } = await startTold();
    await agent.saysBye('s1');
    await engine[Symbol.asyncDispose]();
    const next = await startEngine({
      journal,
      clock,
      members: [member(1, { name: 'Renamed' }), member(2, { name: 'New' })],
    });
    await settle();
    expect((await eventsOf(journal)).at(-1)).toMatchObject({ type: 'profile_changed', agent: 1, seq: 3 });
    expect(new Deeds(next.engine, 1).record).toMatchObject({ seq: 3, member: { name: 'Renamed' } });
    expect(new Deeds(next.engine, 2).record).toMatchObject({ seq: 0, member: { name: 'New' } });
  });

  test('B9: whoever is gone from the roster is off the boards', async () => {
    const { engine, journal, clock } = await startTold();
    await engine[Symbol.asyncDispose]();
    const next = await startEngine({ journal, clock, members: [member(2)] });
    await clock.advance(62_000);
    expect(new Deeds(next.engine, 1).record).toMatchObject({ status: 'offline', member: { active: false } });
    expect(await new Deeds(next.engine, 1).opens('s2')).toMatchObject({ code: 'NOT_FOUND' });
  });
});
