import { describe, expect, test } from 'vitest';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import type { Law } from '../../engine/law.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';
import { LAW } from '../support/laws.ts';
import { startUnder, withConfig } from '../support/live-law.ts';
import { SummaryViewer } from '../support/summary-viewer.ts';
import { Viewer } from '../support/viewer.ts';

const FEW = withConfig({ BREAKER_MIN_AGENTS: 3 });
const ALL = { organisationId: 1, scope: { all: true }, view: 'full' } as const;

function lose(agents: readonly Deeds[]): void {
  for (const agent of agents) agent.loses(`s${agent.agent}`);
}

/** So many agents at work, each with one session, ids from 1. */
async function atWork(count: number, law: Law = FEW) {
  const members = Array.from({ length: count }, (_, at) => member(at + 1));
  const journal = new MemoryJournal();
  const started = await startUnder(law, { members, journal });
  const agents = members.map(({ id }) => new Deeds(started.engine, id));
  await Promise.all(agents.map((agent) => agent.opens(`s${agent.agent}`)));
  const incidents = () => started.engine.summaries.read(ALL).incidents;
  return { ...started, journal, agents, incidents };
}

/** By how much an agent's deadlines come after the end of a freeze: those of all don't come at once. */
const spread = (id: number) => (id % 10) * 1000;

describe('C7: many who are lost at once', () => {
  test('C7: are the platform’s: they have longer to come back, spread, and the board says so', async () => {
    const { agents, clock, incidents } = await atWork(12);
    const since = clock.now();
    lose(agents.slice(0, 5));
    await settle();
    expect(incidents()).toEqual([{ kind: 'mass_disconnect', since, until: since + 60_000 }]);
    for (const { agent, record } of agents.slice(0, 5)) {
      const until = since + 60_000 + spread(agent);
      expect(record).toMatchObject({ connectivity: 'reconnecting', graceUntil: until, platformUntil: until });
    }
    await clock.advance(59_999);
    expect(agents.filter(({ record }) => record.connectivity === 'reconnecting')).toHaveLength(5);
    await clock.advance(1);
    expect(incidents()).toEqual([]);
    const gone: number[] = [];
    for (let seconds = 0; seconds < 7; seconds++) {
      await clock.advance(1_000);
      gone.push(agents.filter(({ record }) => record.status === 'offline').length);
    }
    expect(gone).toEqual([1, 2, 3, 4, 5, 5, 5]);
  });

  test('C7: few, or a small share, have the ordinary grace', async () => {
    const { agents, clock, incidents } = await atWork(30);
    const since = clock.now();
    lose(agents.slice(0, 5));
    await settle();
    expect(incidents()).toEqual([]);
    expect(agents[0]?.record).toMatchObject({ graceUntil: since + 30_000, platformUntil: null });
  });

  test('C7: whoever was lost before, or goes while it lasts, has as long; whoever comes back is rid of it', async () => {
    const { agents, clock } = await atWork(12);
    lose(agents.slice(11));
    await clock.advance(20_000);
    const until = clock.now() + 60_000;
    lose(agents.slice(0, 4));
    await clock.advance(50_000);
    lose(agents.slice(4, 5));
    await settle();
    expect(agents[11]?.record.graceUntil).toBe(until + spread(12));
    // A grace that ends later anyway keeps its end.
    expect(agents[4]?.record).toMatchObject({
      graceUntil: clock.now() + 30_000,
      platformUntil: until + spread(5),
    });
    await agents[0]?.opens('t', { session: 's1', seq: agents[0].record.seq });
    expect(agents[0]?.record).toMatchObject({ connectivity: 'connected', platformUntil: null });
  });

  test('C7: nobody goes idle meanwhile; who would have, does at its end, spread', async () => {
    const { agents, clock } = await atWork(12);
    await clock.advance(295_000);
    lose(agents.slice(0, 4));
    await clock.advance(59_000);
    expect(agents.filter(({ record }) => record.activity === 'idle')).toEqual([]);
    await clock.advance(2_000);
    expect(agents.filter(({ record }) => record.activity === 'idle').map(({ agent }) => agent)).toEqual([
      10, 11,
    ]);
    await clock.advance(9_000);
    expect(agents.filter(({ record }) => record.activity === 'idle')).toHaveLength(8);
  });

  test('C7: there is no second one while it lasts; there may be one after', async () => {
    const { agents, clock, incidents } = await atWork(12);
    lose(agents.slice(0, 4));
    await settle();
    const [first] = incidents();
    await clock.advance(30_000);
    lose(agents.slice(4, 8));
    await settle();
    expect(incidents()).toEqual([first]);
    await clock.advance(31_000);
    expect(incidents()).toEqual([]);
    lose(agents.slice(8, 12));
    await settle();
    expect(incidents()).toMatchObject([{ kind: 'mass_disconnect', since: clock.now() }]);
  });

  test('J1: it is one organisation’s, and touches no other', async () => {
    const members = [1, 2, 3, 4, 5, 6, 7, 8].map((id) => member(id, { organisationId: 1 + (id % 2) }));
    const { engine, clock } = await startUnder(FEW, { members });
    const agents = members.map(({ id }) => new Deeds(engine, id));
    await Promise.all(agents.map((agent) => agent.opens(`s${agent.agent}`)));
    for (const agent of agents.slice(0, 7)) if (agent.agent % 2 === 0) agent.loses(`s${agent.agent}`);
    agents[0]?.loses('s1');
    await settle();
    expect(engine.incident(1)?.kind).toBe('mass_disconnect');
    expect(engine.incident(2)).toBeNull();
    expect(agents[0]?.record.graceUntil).toBe(clock.now() + 30_000);
  });

  test('D6: a clock that is set back draws it not out', async () => {
    const { agents, clock, incidents } = await atWork(12);
    lose(agents.slice(0, 4));
    await settle();
    clock.jump(-3_600_000);
    await clock.advance(71_000);
    expect(incidents()).toEqual([]);
    expect(agents.filter(({ record }) => record.status === 'offline')).toHaveLength(4);
    agents[5]?.loses('s6');
    await settle();
    expect(agents[5]?.record.platformUntil).toBeNull();
  });

  test('C8: it is nobody’s flapping', async () => {
    const { agents, clock } = await atWork(12);
    lose(agents.slice(0, 4));
    await settle();
    const [, second] = agents;
    for (let times = 0; times < 8; times++) {
      await second?.opens('x', { session: 's2', seq: second.record.seq });
      await clock.advance(500);
      second?.loses('s2');
      await clock.advance(500);
    }
    expect(second?.record.stability).toBe('steady');
  });

  test('E2: why tells of it, for who is away and for who is here', async () => {
    const { agents, engine, clock } = await atWork(12);
    lose(agents.slice(0, 4));
    await settle();
    const until = clock.now() + 60_000;
    expect(engine.why(2)).toMatchObject({
      frozenUntil: until + spread(2),
      axes: { connectivity: { state: 'reconnecting', platformUntil: until + spread(2) } },
    });
    expect(engine.why(9)).toMatchObject({ frozenUntil: until + spread(9) });
    await clock.advance(71_000);
    expect(engine.why(9)).toMatchObject({ frozenUntil: null });
  });
});

describe('C7: a start of the engine', () => {
  test('C7, C6: counts as one for every organisation that had somebody here, and for no other', async () => {
    const journal = new MemoryJournal();
    const members = [member(1), member(2), member(3, { organisationId: 2 })];
    const { engine, clock } = await startUnder(LAW, { members, journal });
    await new Deeds(engine, 1).opens('s1');
    await new Deeds(engine, 3).opens('s3');
    await new Deeds(engine, 3).saysBye('s3');
    expect(engine.incident(1)).toBeNull();
    await engine[Symbol.asyncDispose]();
    const next = await startEngine({ journal, clock, members });
    await settle();
    const since = clock.now();
    expect(next.engine.incident(1)).toEqual({ kind: 'restart', since, until: since + 60_000 });
    expect(next.engine.incident(2)).toBeNull();
    expect(new Deeds(next.engine, 1).record).toMatchObject({
      graceUntil: since + 60_000 + spread(1),
      platformUntil: since + 60_000 + spread(1),
    });
    await clock.advance(62_000);
    expect(new Deeds(next.engine, 1).record.status).toBe('offline');
  });

  test('C7: a second start begins the time anew', async () => {
    const journal = new MemoryJournal();
    const { engine, clock } = await startUnder(LAW, { journal });
    await new Deeds(engine, 1).opens('s1');
    await engine[Symbol.asyncDispose]();
    const second = await startEngine({ journal, clock });
    await clock.advance(50_000);
    await second.engine[Symbol.asyncDispose]();
    const third = await startEngine({ journal, clock });
    await settle();
    const until = clock.now() + 60_000 + spread(1);
    expect(new Deeds(third.engine, 1).record).toMatchObject({ graceUntil: until, platformUntil: until });
  });
});

describe('C7: summaries', () => {
  test('C7: in every scope and view, and whoever watches is told of its beginning and its end', async () => {
    const { agents, engine, clock } = await atWork(12);
    const scopes = [{ all: true }, { teamId: 1 }, { teamId: 9 }, { agentId: 12 }, { admin: true }] as const;
    const viewers = scopes.map(
      (scope) => new SummaryViewer(engine.summaries, { organisationId: 1, scope, view: 'basic' }),
    );
    const foreign = new SummaryViewer(engine.summaries, { ...ALL, organisationId: 2 });
    const held = () => viewers.map(({ summary }) => summary?.incidents.map(({ kind }) => kind));
    expect(held()).toEqual([[], [], [], [], []]);
    lose(agents.slice(0, 5));
    await clock.advance(1_100);
    expect(held()).toEqual(scopes.map(() => ['mass_disconnect']));
    await clock.advance(60_000);
    expect(held()).toEqual(scopes.map(() => []));
    expect(foreign.summary?.incidents).toEqual([]);
  });

  test('C7: Rocket.Chat#21182: 5,000 are lost and come back: one incident, nobody leaves, watchers get few batches', async () => {
    const { left, incidents, batches, changes } = await massDisconnect(5_000, LAW);
    expect({ left, incidents }).toEqual({ left: 0, incidents: 1 });
    // Each is lost, and comes back; all of a tick in one batch.
    expect(batches).toBeLessThanOrEqual(100);
    expect(changes).toBeLessThanOrEqual(3 * 5_000);
  });

  test('C7: Rocket.Chat#21182: without the breaker the same is a storm of agents who leave the board', async () => {
    const { left, incidents } = await massDisconnect(5_000, withConfig({ BREAKER_MIN_AGENTS: 10_000 }));
    expect(incidents).toBe(0);
    expect(left).toBe(3_000);
  });
});

/** All are lost at once, and come back evenly between second 10 and second 60; the grace is 30 seconds. */
async function massDisconnect(count: number, law: Law) {
  const { agents, engine, clock } = await atWork(count, law);
  const viewer = new Viewer(engine.topics);
  const summaries = new SummaryViewer(engine.summaries, ALL);
  const kinds = new Set<string>();
  const left = new Set<number>();
  for (const { agent } of agents)
    engine.listen(agent, ({ record }) => record.status === 'offline' && left.add(agent));
  lose(agents);
  await clock.advance(10_000);
  for (let second = 0; second < 50; second++) {
    const back = agents.filter(({ agent }) => agent % 50 === second);
    await Promise.all(
      back.map((deeds) =>
        deeds.opens(`t${deeds.agent}`, { session: `s${deeds.agent}`, seq: deeds.record.seq }),
      ),
    );
    await clock.advance(1_000);
    for (const { kind, since } of summaries.summary?.incidents ?? []) kinds.add(`${kind} ${since}`);
  }
  const heard = viewer.heard.flatMap((batch) => (batch.type === 'changes' ? [batch.changes] : []));
  const found = {
    left: left.size,
    incidents: kinds.size,
    batches: heard.length,
    changes: heard.flat().length,
  };
  console.log(`${count} lost at once, and back within a minute, as one watcher is told:`, found);
  return found;
}
