/** What has gone wrong elsewhere, and must not here. Each test is named after the report. */
import { describe, expect, test } from 'vitest';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';
import { eventsOf, startTold } from '../support/told-journal.ts';
import { ALL, shown, Viewer } from '../support/viewer.ts';

describe('presence elsewhere', () => {
  test('C3: Rocket.Chat#10172, chatwoot#6631: a closed browser does not leave its user online', async () => {
    const { agent, clock, told, engine } = await startTold();
    using viewer = new Viewer(engine.topics);
    told.isFailing = true;
    agent.loses('s1');
    await clock.advance(3_000);
    told.isFailing = false;
    clock.jump(-600_000);
    await clock.advance(32_000);
    expect(agent.record).toMatchObject({ status: 'offline', cause: 'disconnect', sessions: [] });
    expect(viewer.heard.findLast(({ type }) => type === 'changes')).toMatchObject({
      changes: [{ id: 1, status: 'offline' }],
    });
  });

  test('C4: Rocket.Chat#41585: an auto-away is not lost on reconnects', async () => {
    const { agent, clock } = await startTold();
    await clock.advance(300_000);
    const { since } = agent.record;
    for (let times = 0; times < 5; times++) {
      agent.loses('s1');
      await clock.advance(7_000);
      await agent.opens(`again${times}`, { session: 's1', seq: agent.record.seq });
      agent.stirs('s1', agent.record.idleSince ?? 0);
      await clock.advance(7_000);
      expect(agent.record).toMatchObject({ status: 'away', cause: 'idle', since });
    }
  });

  test('C2: Rocket.Chat#42162: nobody is stuck away: activity told on reconnect ends it', async () => {
    const { agent, clock, told } = await startTold();
    await clock.advance(300_000);
    agent.loses('s1');
    await clock.advance(7_000);
    told.delayMs = 50;
    const activeAt = clock.now() - 2_000;
    const resumed = agent.opens('s2', { session: 's1', seq: 3 });
    agent.stirs('s1', activeAt);
    await clock.advance(500);
    await resumed;
    expect(agent.record).toMatchObject({
      status: 'available',
      activity: 'active',
      connectivity: 'connected',
    });
  });

  test('C1: Rocket.Chat#12526: one idle device does not make an active user away', async () => {
    const { agent, clock } = await startTold();
    await agent.opens('idle device');
    const opened = agent.record.seq;
    for (let minutes = 0; minutes < 60; minutes++) {
      await clock.advance(60_000);
      agent.stirs('s1', clock.now());
      agent.stirs('idle device', clock.now() - 3_000_000);
    }
    expect(agent.record).toMatchObject({ status: 'available', seq: opened });
  });

  test('C4, C5: chatwoot#5076: a background tab that drops each minute and comes back is never seen to leave', async () => {
    const { agent, clock, engine } = await startTold();
    const { since } = agent.record;
    const statuses = new Set<string>();
    engine.listen(1, ({ record }) => statuses.add(`${record.status} ${record.since}`));
    for (let minutes = 0; minutes < 30; minutes++) {
      await clock.advance(40_000);
      agent.loses('s1');
      await clock.advance(20_000);
      await agent.opens(`again${minutes}`, { session: 's1', seq: agent.record.seq });
      agent.stirs('s1', clock.now());
    }
    expect([...statuses]).toEqual([`available ${since}`]);
  });

  test('C3, A10: amazon-connect-streams#493: log-out is offline at once, and no old status returns', async () => {
    const { agent, clock, engine, journal } = await startTold();
    await agent.chooses('lunch', { session: 's1' });
    await agent.works('s1', 2, 2);
    await agent.saysBye('s1');
    expect(agent.record).toMatchObject({
      status: 'offline',
      connectivity: 'disconnected',
      current: 0,
      max: null,
    });
    await engine[Symbol.asyncDispose]();
    const next = await startEngine({ journal, clock });
    const again = new Deeds(next.engine, 1);
    await clock.advance(120_000);
    expect(again.record).toMatchObject({ status: 'offline', cause: 'agent' });
    await again.opens('s2', { session: 's1', seq: 4 });
    expect(again.record).toMatchObject({
      status: 'available',
      dutyCode: 'available',
      workload: 'free',
      idleSince: null,
    });
  });

  test('C3, A10, D4: amazon-connect-streams#843: a log-out is one in every tab, and nothing that waited or came late undoes it', async () => {
    const { agent, clock, engine } = await startTold();
    await agent.opens('s2');
    await agent.chooses('busy', { session: 's1' });
    await agent.works('s1', 1, 2);
    await agent.queues('lunch', { session: 's2' });
    using viewer = new Viewer(engine.topics);
    await agent.saysBye('s1');
    const gone = { status: 'offline', cause: 'agent', sessions: [], queued: null, graceUntil: null };
    expect(agent.record).toMatchObject(gone);
    // The other tab doesn't know yet; its socket closes a moment later.
    expect(await agent.chooses('available', { session: 's2' })).toMatchObject({ code: 'NOT_CONNECTED' });
    expect(await agent.works('s2', 0, 2)).toMatchObject({ code: 'NOT_CONNECTED' });
    agent.stirs('s2', clock.now());
    agent.loses('s2');
    agent.loses('s1');
    await clock.advance(600_000);
    expect(agent.record).toMatchObject({ ...gone, seq: 6 });
    const changes = viewer.heard.flatMap((news) => (news.type === 'changes' ? news.changes : []));
    expect(changes.map(({ status }) => status)).toEqual(['offline']);
    // It comes back with what it had in hand: that is a fresh log-in.
    await agent.opens('s3', { session: 's2', seq: 5 });
    expect(agent.record).toMatchObject({ status: 'available', queued: null, current: 0 });
    expect(agent.record.sessions.map(({ id }) => id)).toEqual(['s3']);
  });

  test('F1: chatwoot#12261: what the journal says and what the board shows is the same', async () => {
    const { agent, clock, engine, journal } = await startTold();
    using viewer = new Viewer(engine.topics, { ...ALL, scope: { agentId: 1 } });
    for (const code of ['busy', 'wrap_up', 'lunch', 'available']) {
      await clock.advance(61_000);
      await agent.chooses(code);
    }
    await clock.advance(301_000);
    const events = await eventsOf(journal);
    const told = events.flatMap(({ set }) =>
      set.status === undefined ? [] : [`${set.status} ${set.since}`],
    );
    const seen = viewer.heard.flatMap((news) => (news.type === 'changes' ? news.changes : []));
    expect(seen.map(({ status, since }) => `${status} ${since}`)).toEqual(told.slice(1));
  });
});

describe('boards elsewhere', () => {
  test('G2: Rocket.Chat#21182: a mass reconnect is one batch for everybody, not a storm', async () => {
    const count = 500;
    const ids = Array.from({ length: count }, (_, at) => at + 1);
    const { engine, clock } = await startEngine({ members: ids.map((id) => member(id)) });
    const agents = ids.map((id) => new Deeds(engine, id));
    await Promise.all(agents.map((agent) => agent.opens(`s${agent.agent}`)));
    for (const agent of agents) agent.loses(`s${agent.agent}`);
    await clock.advance(20);
    const viewers = Array.from({ length: 20 }, () => new Viewer(engine.topics));
    await Promise.all(
      agents.map((agent) => agent.opens(`t${agent.agent}`, { session: `s${agent.agent}`, seq: 2 })),
    );
    await clock.advance(20);
    for (const viewer of viewers) {
      const [, ...batches] = viewer.heard;
      expect(batches).toHaveLength(1);
      expect(batches[0]).toHaveProperty('changes.length', count);
    }
  });

  test('G1: phoenix#2255: who leaves between the snapshot and the first change is not left standing', async () => {
    const { agent, clock, engine } = await startTold();
    const leaving = agent.saysBye('s1');
    const { first } = engine.topics.watch(ALL, null, () => undefined);
    using viewer = new Viewer(engine.topics, ALL, first.cursor);
    await leaving;
    await clock.advance(20);
    expect(shown(first)).toMatchObject({
      type: 'snapshot',
      agents: [{ id: 1, status: 'available' }, { id: 2 }, { id: 3 }],
    });
    expect(viewer.heard).toMatchObject([
      { type: 'changes', changes: [] },
      { type: 'changes', after: first.cursor, changes: [{ id: 1, status: 'offline' }] },
    ]);
  });

  test('B4, F5: orleans#5687: two activations of one agent never use one sequence number', async () => {
    const { agent, clock, journal, told } = await startTold();
    told.delayMs = 50;
    const late = agent.isForced('meeting');
    await settle();
    const { engine: successor } = await startEngine({ journal, clock });
    const heir = new Deeds(successor, 1);
    const resumed = heir.opens('s2', { session: 's1', seq: 1 });
    const ghost = agent.isForced('lunch');
    await clock.advance(1_000);
    expect(await Promise.all([late, ghost])).toMatchObject([
      { code: 'UNAVAILABLE' },
      { code: 'UNAVAILABLE' },
    ]);
    expect(await resumed).toMatchObject({ ok: true, seq: 3 });
    const seqs = (await eventsOf(journal)).map(({ seq }) => seq);
    expect(seqs).toEqual([1, 2, 3]);
  });
});
