import { describe, expect, test } from 'vitest';
import { partitionOf } from '../../engine/population.ts';
import type { Subject } from '../../engine/topics.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { ALL, Viewer } from '../support/viewer.ts';

const TEAM: Subject = { organisationId: 1, scope: { teamId: 1 }, view: 'full' };

describe('G2: a tick', () => {
  test('G2: what changes within a tick travels as one batch, one entry an agent, at its end', async () => {
    const { engine, clock } = await startEngine();
    const [one, two] = [new Deeds(engine, 1), new Deeds(engine, 2)];
    await one.opens('s1');
    await clock.advance(20);
    using viewer = new Viewer(engine.topics);
    await two.opens('s2');
    await one.chooses('busy');
    await one.chooses('away');
    await clock.advance(19);
    expect(viewer.heard).toHaveLength(1);
    await clock.advance(1);
    expect(viewer.heard).toHaveLength(2);
    expect(viewer.last).toMatchObject({
      changes: [
        { id: 1, status: 'away', seq: 3 },
        { id: 2, status: 'available' },
      ],
      removed: [],
    });
  });

  test('G1: who comes in the middle of a tick is given what is so already, and nothing twice', async () => {
    const { engine, clock } = await startEngine();
    const agent = new Deeds(engine, 1);
    using early = new Viewer(engine.topics);
    await agent.opens('s1');
    using late = new Viewer(engine.topics);
    await clock.advance(100);
    expect(late.heard).toHaveLength(1);
    expect(late.last).toMatchObject({
      type: 'snapshot',
      agents: [{ id: 1, status: 'available' }, { id: 2 }, { id: 3 }],
    });
    expect(early.heard).toHaveLength(2);
    expect(early.cursor).toBe(late.cursor);
  });

  test('G1: a cursor never names half of what became durable together', async () => {
    const neighbours = Array.from({ length: 60 }, (_, at) => at + 1).filter(
      (id) => partitionOf(id) === partitionOf(1),
    );
    const { engine } = await startEngine({ members: neighbours.map((id) => member(id)) });
    const cursors: string[] = [];
    for (const id of neighbours) engine.listen(id, () => cursors.push(engine.topics.board(ALL).cursor));
    await Promise.all(neighbours.map((id) => new Deeds(engine, id).opens(`s${id}`)));
    expect(neighbours.length).toBeGreaterThan(2);
    expect(new Set(cursors).size).toBe(1);
    using resumed = new Viewer(engine.topics, ALL, cursors[0] ?? '');
    expect(resumed.last).toMatchObject({ type: 'changes', changes: [], removed: [] });
  });
});

describe('G1: cursors are bound', () => {
  test('G1: to organisation, scope, view and log: any other is given a snapshot', async () => {
    const members = [member(1), member(2, { organisationId: 2 })];
    const { engine } = await startEngine({ members });
    const { engine: another } = await startEngine({ members });
    const { cursor } = engine.topics.board(ALL);
    const others: Subject[] = [
      { ...ALL, organisationId: 2 },
      { ...ALL, view: 'basic' },
      { ...ALL, scope: { admin: true } },
      { ...ALL, scope: { agentId: 1 } },
      TEAM,
    ];
    const types = others.map((subject) => new Viewer(engine.topics, subject, cursor).last?.type);
    expect(types).toEqual(others.map(() => 'snapshot'));
    using elsewhere = new Viewer(another.topics, ALL, cursor);
    expect(elsewhere.last?.type).toBe('snapshot');
    using own = new Viewer(engine.topics, ALL, cursor);
    expect(own.last?.type).toBe('changes');
  });

  test('G1: after a restart everybody is given a snapshot, for the roster may have changed without a word', async () => {
    const { engine, journal, clock } = await startEngine();
    const { cursor } = engine.topics.board(ALL);
    await engine[Symbol.asyncDispose]();
    const next = await startEngine({ journal, clock, members: [member(1, { name: 'Renamed' }), member(4)] });
    using viewer = new Viewer(next.engine.topics, ALL, cursor);
    expect(viewer.last).toMatchObject({ type: 'snapshot', agents: [{ id: 1, name: 'Renamed' }, { id: 4 }] });
  });

  test('G1: a board’s cursor goes on where the board ends, however long nobody watched', async () => {
    const { engine, clock } = await startEngine();
    engine.topics.board(ALL);
    await clock.advance(299_000);
    const { cursor } = engine.topics.board(ALL);
    await clock.advance(60_000);
    using viewer = new Viewer(engine.topics, ALL, cursor);
    expect(viewer.last?.type).toBe('changes');
  });
});

describe('G4: scopes', () => {
  test('G1: who moves to another team is removed here and appears there', async () => {
    const { engine, clock } = await startEngine();
    using here = new Viewer(engine.topics, TEAM);
    using there = new Viewer(engine.topics, { ...TEAM, scope: { teamId: 2 } });
    using everywhere = new Viewer(engine.topics);
    await engine.enrol(member(1, { teamId: 2 }));
    await clock.advance(20);
    expect(here.last).toMatchObject({ changes: [], removed: [1] });
    expect(there.last).toMatchObject({ changes: [{ id: 1, teamId: 2 }], removed: [] });
    expect(everywhere.last).toMatchObject({ changes: [{ id: 1, teamId: 2 }], removed: [] });
  });

  test('G1: whoever is off the board stays where admins look; whoever is deactivated is removed everywhere', async () => {
    const { engine, clock } = await startEngine();
    using everywhere = new Viewer(engine.topics);
    using admins = new Viewer(engine.topics, { ...ALL, scope: { admin: true } });
    await engine.enrol(member(1, { onBoard: false }));
    await clock.advance(20);
    expect(everywhere.last).toMatchObject({ removed: [1] });
    expect(admins.last).toMatchObject({ changes: [{ id: 1 }], removed: [] });
    await engine.enrol(member(1, { onBoard: false, active: false }));
    await clock.advance(20);
    expect(everywhere.heard).toHaveLength(2);
    expect(admins.last).toMatchObject({ changes: [], removed: [1] });
  });

  test('G1: who is taken on appears; who is offline stays on the board', async () => {
    const { engine, clock } = await startEngine();
    using viewer = new Viewer(engine.topics);
    await engine.enrol(member(8));
    await clock.advance(20);
    expect(viewer.last).toMatchObject({ changes: [{ id: 8, status: 'offline', category: 'offline' }] });
  });

  test('J1: another organisation sees nothing of it', async () => {
    const { engine, clock } = await startEngine();
    using viewer = new Viewer(engine.topics, { ...ALL, organisationId: 2 });
    await new Deeds(engine, 1).opens('s1');
    await clock.advance(20);
    expect(viewer.heard).toMatchObject([{ type: 'snapshot', agents: [] }]);
  });
});

describe('G5: how old data is', () => {
  test('G5: five seconds of silence end in a pulse with the cursor that is held', async () => {
    const { engine, clock } = await startEngine();
    const agent = new Deeds(engine, 1);
    await agent.opens('s1');
    using viewer = new Viewer(engine.topics);
    await clock.advance(1_000);
    const { cursor, heard } = viewer;
    heard.length = 0;
    await clock.advance(20_000);
    expect(heard.map(({ type }) => type)).toEqual(['pulse', 'pulse', 'pulse', 'pulse']);
    expect(viewer.cursor).toBe(cursor);
    expect(viewer.last).toEqual({ type: 'pulse', asOf: clock.now() });
    await agent.chooses('busy');
    await clock.advance(4_500);
    expect(viewer.last?.type).toBe('changes');
  });

  test('G5: pulses go on while the wall clock goes back', async () => {
    const { engine, clock } = await startEngine();
    using viewer = new Viewer(engine.topics);
    await clock.advance(10_000);
    viewer.heard.length = 0;
    clock.jump(-3_600_000);
    const jumpedTo = clock.now();
    await clock.advance(10_000);
    expect(viewer.heard).toHaveLength(2);
    const asOf = viewer.last?.asOf ?? 0;
    expect(asOf > jumpedTo && asOf <= clock.now()).toBe(true);
  });
});
