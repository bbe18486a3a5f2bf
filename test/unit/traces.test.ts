import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { PARTITIONS, partitionOf } from '../../engine/population.ts';
import { Round } from '../../engine/round.ts';
import { MemorySnapshots } from '../../engine/snapshots/memory.ts';
import { type Standing, Traces } from '../../engine/traces.ts';
import { Cluster } from '../support/cluster.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { type FakeClock, settle } from '../support/fake-clock.ts';
import { direct, Reception, sends } from '../support/post.ts';
import { startTold } from '../support/told-journal.ts';
import { ALL } from '../support/viewer.ts';

const MINUTE = 60_000;
const SUPERVISOR = 900;
const NONE = { actors: 0, answers: 0, unwritten: 0, refusals: 0, activity: 0, mailboxes: 0, tiles: 0 };
const IDS = Array.from({ length: 200 }, (_, at) => at + 1);

/** Two hundred agents of whom everything is kept that may be. */
async function startBusy() {
  const members = [...IDS, SUPERVISOR].map((id) => member(id));
  const { engine, clock, journal } = await startEngine({ members });
  const agents = IDS.map((id) => new Deeds(engine, id));
  for (const agent of agents) {
    await agent.opens(`s${agent.agent}`);
    agent.stirs(`s${agent.agent}`, clock.now());
    await agent.isForced('meeting', { id: 'all of you', by: SUPERVISOR });
    await agent.chooses('busy', { id: 'c1' });
    await agent.chooses('busy', { id: 'c2' });
    await agent.chooses('nonsense', { id: 'c3' });
    using reception = new Reception(engine, agent.agent);
    await sends(engine, SUPERVISOR, { to: direct(agent.agent) });
    reception.confirm();
    await settle();
    await engine.messages.read(agent.agent, reception.ids);
  }
  engine.topics.board(ALL);
  return { engine, clock, journal, agents };
}

const areKept = (count: number) => ({
  actors: 0,
  answers: count + 1,
  unwritten: count,
  refusals: count,
  activity: count,
  mailboxes: count,
  tiles: count + 1,
});

describe('B8: memory', () => {
  test('B8: keeps nothing but the record of who has been offline for ten minutes', async () => {
    const { engine, clock, agents } = await startBusy();
    expect(engine.traces).toEqual(areKept(200));
    for (const agent of agents) {
      await agent.saysBye(`s${agent.agent}`);
      agent.stirs(`s${agent.agent}`, clock.now());
    }
    const records = agents.map(({ record }) => record);
    await clock.advance(9 * MINUTE);
    expect(engine.traces).toEqual({ ...areKept(200), activity: 0, tiles: 0 });
    await clock.advance(3 * MINUTE);
    expect(engine.traces).toEqual(NONE);
    expect(agents.map(({ record }) => record)).toEqual(records);
  });

  test('B8: keeps all of it of who is here, is awaited, or has something due', async () => {
    const { engine, clock, agents } = await startBusy();
    const [here, awaited, flapping, ...others] = agents;
    for (const agent of others) await agent.saysBye(`s${agent.agent}`);
    for (let n = 0; n < 6; n++) {
      flapping?.loses(`s${flapping.agent}`);
      await settle();
      await flapping?.opens('again', { session: `s${flapping.agent}`, seq: flapping.record.seq });
    }
    await flapping?.saysBye(`s${flapping.agent}`);
    expect(flapping?.record).toMatchObject({ stability: 'flapping', status: 'offline' });
    await clock.sleep(12 * MINUTE);
    awaited?.loses(`s${awaited.agent}`);
    await clock.advance(3_000);
    expect([here, awaited].map((agent) => agent?.record.connectivity)).toEqual(['connected', 'reconnecting']);
    expect(engine.traces).toMatchObject({ answers: 3, unwritten: 3, refusals: 3, mailboxes: 3 });
    await clock.advance(12 * MINUTE);
    expect(engine.traces).toMatchObject({ answers: 1, unwritten: 1, refusals: 1, mailboxes: 1 });
  });

  test('B8: keeps no actor of whom something was refused, or was handed to the owner', async () => {
    const cluster = new Cluster([...IDS.map((id) => member(id)), member(201, { active: false })]);
    const all = Array.from({ length: PARTITIONS }, (_, id) => id);
    const owner = await cluster.join(all);
    const other = await cluster.join([]);
    for (const id of IDS) {
      const [session, agent] = [`${other.name}-${randomUUID()}`, new Deeds(other.engine, id)];
      await agent.opens(session);
      await agent.chooses('busy', { session });
      agent.loses(session);
    }
    await new Deeds(owner.engine, 201).chooses('busy');
    await owner.engine.enrol(member(201, { active: false }));
    await settle();
    for (const { engine } of [owner, other]) expect(engine.traces.actors).toBe(0);
  });

  test('B8: is given back on every node that reads along, not only where the agents are decided for', async () => {
    const cluster = new Cluster([member(1)]);
    const owner = await cluster.join([partitionOf(1)]);
    const other = await cluster.join([]);
    const agent = new Deeds(owner.engine, 1);
    await agent.opens(`${owner.name}-${randomUUID()}`);
    await agent.chooses('busy', { id: 'c1' });
    await agent.chooses('offline');
    await settle();
    expect([owner, other].map(({ engine }) => engine.traces.answers)).toEqual([1, 1]);
    await cluster.clock.advance(12 * MINUTE);
    expect([owner, other].map(({ engine }) => engine.traces.answers)).toEqual([0, 0]);
  });
});

describe('B6, B8: a command that is sent again', () => {
  test('B6, B8: of an agent who is offline has its first answer for ten minutes, then it is judged afresh', async () => {
    const { agent, clock } = await startTold();
    await agent.isForced('meeting', { hold: true });
    await agent.chooses('offline');
    const release = () => agent.isReleased({ id: 'c1' });
    const first = await release();
    expect(first).toMatchObject({ ok: true });
    await clock.sleep(10 * MINUTE - 1);
    expect(await release()).toEqual(first);
    await clock.sleep(1);
    expect(await release()).toMatchObject({ code: 'CONFLICT' });
    // That answer lasts as long again.
    await clock.sleep(10 * MINUTE - 1);
    expect(await release()).toMatchObject({ code: 'CONFLICT' });
  });

  test.each(['the log', 'an image'])('B6, B8: so it is after a restart, from %s', async (from) => {
    const snapshots = { store: new MemorySnapshots(), afterOffsets: 1, lookMs: 1000 };
    const journal = new MemoryJournal();
    const options = { journal, ...(from === 'an image' && { snapshots }) };
    const start = async (clock?: FakeClock) => {
      const started = await startEngine({ ...options, ...(clock && { clock }) });
      await settle();
      return { ...started, agent: new Deeds(started.engine, 1) };
    };
    const { engine, clock, agent } = await start();
    await agent.opens('s1');
    await agent.isForced('meeting', { hold: true });
    await agent.chooses('offline');
    const first = await agent.isReleased({ id: 'c1' });
    await engine.snapshot();
    await engine[Symbol.asyncDispose]();
    await clock.sleep(10 * MINUTE - 1);
    const next = await start(clock);
    expect(await next.agent.isReleased({ id: 'c1' })).toEqual(first);
    await next.engine[Symbol.asyncDispose]();
    await clock.sleep(1);
    const last = await start(clock);
    expect(await last.agent.isReleased({ id: 'c1' })).toMatchObject({ code: 'CONFLICT' });
    await clock.advance(12 * MINUTE);
    expect(last.engine.traces).toMatchObject({ answers: 0, unwritten: 0, refusals: 0 });
  });

  test.each(['here', 'after a restart'])(
    'B6, B8: does not find the answer again with the agent’s return, %s',
    async (where) => {
      const { agent, clock, engine, journal } = await startTold();
      // Between two turns of the wheel: no memory is given back yet when the agent returns.
      await clock.advance(500);
      await agent.chooses('busy', { id: 'c1' });
      await agent.chooses('busy', { id: 'c2' });
      await agent.chooses('offline');
      await clock.advance(10 * MINUTE);
      expect(engine.traces).toMatchObject({ answers: 1, unwritten: 1 });
      await agent.opens('s2');
      if (where === 'after a restart') await engine[Symbol.asyncDispose]();
      const later = where === 'here' ? agent : new Deeds((await startEngine({ journal, clock })).engine, 1);
      await settle();
      const { seq } = later.record;
      expect(await later.chooses('busy', { id: 'c1' })).toMatchObject({ ok: true, seq: seq + 1 });
      expect(await later.chooses('available', { id: 'c2' })).toMatchObject({ ok: true, seq: seq + 2 });
    },
  );

  test('B6, B8: has it also when the log took long to take what ended the absence in time', async () => {
    const { agent, clock, told } = await startTold();
    await agent.isForced('meeting', { hold: true });
    await agent.chooses('offline');
    const first = await agent.isReleased({ id: 'c1' });
    await clock.advance(10 * MINUTE - 1_000);
    told.delayMs = 3 * MINUTE;
    const opened = agent.opens('s2');
    await clock.advance(3 * MINUTE + 1_000);
    expect(await opened).toMatchObject({ ok: true });
    expect(await agent.isReleased({ id: 'c1' })).toEqual(first);
  });

  test('B6, B8, H1: by somebody who is never here, as a message is, is done once all the same', async () => {
    const { engine, clock } = await startEngine();
    const first = await sends(engine, 2, { to: direct(1), id: 'm1' });
    await clock.sleep(10 * MINUTE - 1);
    expect(await sends(engine, 2, { to: direct(1), id: 'm1' })).toEqual(first);
    await clock.sleep(1);
    expect(await sends(engine, 2, { to: direct(1), id: 'm1' })).not.toEqual(first);
  });
});

describe('B8, H2: a mailbox', () => {
  test('H2, B8: that was put away gets nothing a second time, and what comes next', async () => {
    const { engine, clock } = await startEngine();
    const confirmed = async () => {
      using reception = new Reception(engine, 2);
      reception.confirm();
      await settle();
      await engine.messages.read(2, reception.ids);
      return reception.contents;
    };
    await sends(engine, 1, { to: { kind: 'all' }, content: 'to all' });
    await sends(engine, 1, { to: direct(2), content: 'to one' });
    expect(await confirmed()).toEqual(['to all', 'to one']);
    await clock.advance(11 * MINUTE);
    expect(engine.traces.mailboxes).toBe(0);
    expect(await confirmed()).toEqual([]);
    await clock.advance(11 * MINUTE);
    await sends(engine, 1, { to: { kind: 'all' }, content: 'once more' });
    expect(await confirmed()).toEqual(['once more']);
  });

  test('H2, B8: in which something waits stays, until it has expired', async () => {
    const { engine, clock } = await startEngine();
    await sends(engine, 1, { to: direct(2), content: 'waits' });
    await sends(engine, 1, { to: direct(3), content: 'expires', expiresAt: clock.now() + MINUTE });
    await clock.advance(11 * MINUTE);
    expect(engine.traces.mailboxes).toBe(1);
    using reception = new Reception(engine, 2);
    expect(reception.contents).toEqual(['waits']);
  });
});

/** Of somebody to whom nothing ever happened. */
const standing = (id: number): Standing => ({
  member: { id },
  connectivity: 'disconnected',
  flapping: null,
  lastAt: 0,
});

describe('B8: traces', () => {
  test('B8: are looked at some at a time, round after round, and given back', () => {
    const traces = new Traces<string>();
    for (const id of IDS) traces.leave(id, 'a trace', id % 2 === 0 ? 0 : MINUTE);
    traces.tend(50, { standingOf: standing, now: 10 * MINUTE });
    expect(traces.size).toBe(175);
    for (let n = 0; n < 4; n++) traces.tend(50, { standingOf: standing, now: 10 * MINUTE });
    expect(traces.size).toBe(100);
    for (let n = 0; n < 4; n++) traces.tend(50, { standingOf: standing, now: 11 * MINUTE });
    expect(traces.size).toBe(0);
  });

  test('B8: whatever comes and goes meanwhile, a round sees everybody who stays', () => {
    const map = new Map(IDS.map((id) => [id, id]));
    const round = new Round(map);
    const seen = new Set<number>();
    for (let n = 0; n < 20; n++) {
      for (const [id] of round.next(10)) seen.add(id);
      map.delete(2 * n + 1);
      map.set(1000 + n, n);
    }
    expect(IDS.filter((id) => id % 2 === 0 || id > 40).every((id) => seen.has(id))).toBe(true);
  });
});
