import { describe, expect, test } from 'vitest';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { tileOf } from '../../engine/tile.ts';
import { Deeds } from '../support/deeds.ts';
import { startEngine } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';
import { LAW } from '../support/laws.ts';
import { startUnder, withConfig } from '../support/live-law.ts';

const ALL = { organisationId: 1, scope: { all: true } } as const;

/** An agent whose connection can be made to come and go: each time is two changes. */
async function start(law = LAW, journal = new MemoryJournal()) {
  const started = await startUnder(law, { journal });
  const { agent, clock, engine } = started;
  await agent.opens('s');
  const back = async (resume = true) => {
    await agent.opens(`again ${agent.record.seq}`, resume ? { session: 's', seq: agent.record.seq } : null);
    await clock.advance(1_000);
  };
  const away = async (how: { byServer?: boolean } = {}) => {
    agent.loses(agent.record.sessions.find(({ lostAt }) => lostAt === null)?.id ?? '', how);
    await clock.advance(1_000);
  };
  const flap = async (times: number, how: { byServer?: boolean } = {}) => {
    for (let n = 0; n < times; n++) {
      await away(how);
      await back();
    }
  };
  const tile = () => tileOf(agent.record, 'basic');
  const read = (view: 'basic' | 'full') => engine.summaries.read({ ...ALL, view });
  return { ...started, back, away, flap, tile, read };
}

describe('C8: a connection that flaps', () => {
  test('C8: six changes in a minute are none of it; the seventh is, and all is shown so, and nothing is routed', async () => {
    const { agent, clock, flap, away, back, tile, read } = await start();
    await flap(3);
    expect(tile()).toMatchObject({ connectivity: 'connected', routable: true });
    expect(read('full').incidents).toEqual([]);
    await away();
    const since = clock.now() - 1_000;
    expect(agent.record).toMatchObject({ stability: 'flapping', flapping: { since, until: since + 60_000 } });
    await back();
    const until = clock.now() - 1_000 + 60_000;
    expect(tile()).toMatchObject({
      status: 'available',
      connectivity: 'reconnecting',
      graceUntil: until,
      routable: false,
    });
    expect(read('full')).toMatchObject({
      routable: 0,
      byConnectivity: { connected: 0, reconnecting: 1 },
      incidents: [{ kind: 'flapping', since, agent: { id: 1, name: 'Agent 1' } }],
    });
    expect(read('basic').incidents).toEqual([{ kind: 'flapping', since }]);
  });

  test('C8: a minute without a change ends it; until then the agent goes on as ever', async () => {
    const { agent, clock, events, flap, tile, read } = await start();
    await flap(4);
    const until = agent.record.flapping?.until ?? 0;
    await clock.advance(until - clock.now() - 1);
    expect(tile().connectivity).toBe('reconnecting');
    expect(await agent.chooses('lunch')).toMatchObject({ ok: true });
    expect(await agent.chooses('available')).toMatchObject({ ok: true });
    await clock.advance(1_001);
    expect(events.at(-1)).toMatchObject({ type: 'flapping_ended', set: { routable: true } });
    expect(tile()).toMatchObject({ connectivity: 'connected', routable: true });
    expect(tile()).not.toHaveProperty('graceUntil');
    expect(read('full').incidents).toEqual([]);
    await flap(3);
    expect(agent.record.stability).toBe('steady');
  });

  test('C8: flex-project-template#303: hours of it are one incident, and no growing memory', async () => {
    const { agent, events, clock, flap, read } = await start();
    const since: (number | undefined)[] = [];
    for (let hours = 0; hours < 3; hours++) {
      await flap(300);
      since.push(read('full').incidents[0]?.since);
    }
    expect(new Set(since).size).toBe(1);
    expect(agent.record.flips).toEqual([]);
    expect(events.filter(({ type }) => type === 'flapping_ended')).toEqual([]);
    expect(new Set(events.map(({ set }) => set.connectivity))).not.toContain('disconnected');
    await clock.advance(61_000);
    expect(agent.record.stability).toBe('steady');
  });

  test('C8: changes that lie further apart are none of it', async () => {
    const { agent, clock, flap } = await start();
    for (let minutes = 0; minutes < 10; minutes++) {
      await flap(2);
      await clock.advance(60_000);
    }
    expect(agent.record.stability).toBe('steady');
  });

  test('C8: drops that we caused don’t count, nor the returns from them; nor do restarts', async () => {
    const journal = new MemoryJournal();
    const { agent, clock, flap, engine } = await start(LAW, journal);
    await flap(20, { byServer: true });
    expect(agent.record).toMatchObject({ stability: 'steady', flips: [] });
    let running = engine;
    for (let restarts = 0; restarts < 5; restarts++) {
      await running[Symbol.asyncDispose]();
      ({ engine: running } = await startEngine({ journal, clock }));
      const again = new Deeds(running, 1);
      await again.opens(`s${restarts}`, { session: 's', seq: again.record.seq });
      await settle();
      expect(again.record).toMatchObject({ connectivity: 'connected', flips: [] });
    }
  });

  test('C8: log-outs and log-ins don’t count; the end of a grace does, and the log-in after it', async () => {
    const { agent, clock, away, back } = await start(withConfig({ RECONNECT_GRACE_SECONDS: 5 }));
    for (let times = 0; times < 10; times++) {
      await agent.saysBye(agent.record.sessions[0]?.id ?? '');
      await back(false);
    }
    expect(agent.record.flips).toEqual([]);
    await away();
    await clock.advance(6_000);
    expect(agent.record.status).toBe('offline');
    expect(agent.record.flips).toHaveLength(2);
    await back(false);
    expect(agent.record.flips).toHaveLength(3);
    await away();
    await agent.saysBye(agent.record.sessions[0]?.id ?? '');
    await back(false);
    expect(agent.record.flips).toHaveLength(4);
  });

  test('C8: the last of several sessions counts, and no other', async () => {
    const { agent, clock } = await start();
    await agent.opens('tab');
    for (let times = 0; times < 10; times++) {
      agent.loses('s');
      await clock.advance(500);
      await agent.opens('x', { session: 's', seq: agent.record.seq });
    }
    expect(agent.record.flips).toEqual([]);
  });

  test('C8: who is gone for good is shown so, though it flapped; the incident ends by itself', async () => {
    const { agent, clock, flap, away, tile, read } = await start();
    await flap(4);
    await away();
    await clock.advance(29_500);
    expect(tile()).toMatchObject({ status: 'offline', connectivity: 'disconnected' });
    expect(read('full').incidents).toHaveLength(1);
    await clock.advance(61_000);
    expect(agent.record.stability).toBe('steady');
    expect(read('full').incidents).toEqual([]);
  });

  test('C8, C6: it outlasts a restart', async () => {
    const journal = new MemoryJournal();
    const { agent, clock, flap, engine } = await start(LAW, journal);
    await flap(4);
    const { flapping } = agent.record;
    await engine[Symbol.asyncDispose]();
    const next = await startEngine({ journal, clock });
    const again = new Deeds(next.engine, 1);
    await again.opens('t', { session: 's', seq: again.record.seq });
    expect(again.record).toMatchObject({ stability: 'flapping', flapping });
    await clock.advance(61_000);
    expect(again.record.stability).toBe('steady');
  });

  test('C8: the limit and the window are the configuration’s', async () => {
    const { agent, clock, flap, away } = await start(withConfig({ FLAP_LIMIT: 2, FLAP_WINDOW_SECONDS: 5 }));
    await flap(1);
    expect(agent.record.stability).toBe('steady');
    await away();
    expect(agent.record.flapping?.until).toBe(clock.now() - 1_000 + 5_000);
  });

  test('E2: why tells of it', async () => {
    const { engine, flap } = await start();
    await flap(1);
    expect(engine.why(1)).toMatchObject({ stability: { state: 'steady', flapping: null } });
    expect(engine.why(1)?.stability.flips).toHaveLength(2);
    await flap(3);
    expect(engine.why(1)).toMatchObject({
      stability: { state: 'flapping' },
      nextDeadline: { what: 'steady' },
    });
  });
});
