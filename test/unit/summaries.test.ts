import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { watch } from '../../engine/watcher.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { scannedSummary } from '../support/scanned-summary.ts';
import { SummaryViewer } from '../support/summary-viewer.ts';
import { ALL } from '../support/viewer.ts';

const members = [
  member(1),
  member(2),
  member(3, { teamId: 2 }),
  member(4, { teamId: null, department: null }),
  member(5, { onBoard: false, role: 'supervisor' }),
];

async function start() {
  const { engine, clock } = await startEngine({ members });
  const agents = members.map(({ id }) => new Deeds(engine, id));
  const [one, two, three] = agents;
  if (one === undefined || two === undefined || three === undefined) throw new RangeError('three are needed');
  return { engine, clock, summaries: engine.summaries, one, two, three };
}

const departmentOf = (department: string) => ({ ...ALL, scope: { department } });

describe('a summary', () => {
  test('A4, A6: counts a scope by status, category, connectivity and team, and names who has waited longest', async () => {
    const { clock, summaries, one, two, three } = await start();
    await one.opens('s1');
    const since = clock.now();
    await clock.advance(1_000);
    await two.opens('s2');
    await three.opens('s3');
    await three.chooses('lunch');
    three.loses('s3');
    await clock.advance(1);
    expect(summaries.read(ALL)).toMatchObject({
      total: 4,
      routable: 2,
      byStatus: { available: 2, lunch: 1, offline: 1 },
      byCategory: { available: 2, busy: 0, away: 0, break: 1, wrap_up: 0, offline: 1 },
      byConnectivity: { connected: 2, reconnecting: 1, disconnected: 1 },
      teams: [
        { teamId: 1, total: 2, routable: 2, byStatus: { available: 2 } },
        { teamId: 2, total: 1, routable: 0, byCategory: { break: 1 } },
        { teamId: null, total: 1, byConnectivity: { disconnected: 1 } },
      ],
      longest: {
        available: { id: 1, name: 'Agent 1', since },
        lunch: { id: 3, since: since + 1_000 },
      },
      overruns: { count: 0, agents: [] },
      incidents: [],
    });
    expect(Object.keys(summaries.read(ALL).longest)).toEqual(['available', 'lunch']);
    expect(summaries.read({ ...ALL, scope: { admin: true } }).total).toBe(5);
    expect(summaries.read({ ...ALL, scope: { department: 'Support' } }).total).toBe(3);
    expect(summaries.read({ ...ALL, scope: { agentId: 3 } })).toMatchObject({
      total: 1,
      byStatus: { lunch: 1 },
    });
    expect(summaries.read({ ...ALL, view: 'basic' }).overruns).toEqual({ count: 0 });
  });

  test('J1: holds nobody of another organisation', async () => {
    const { summaries } = await start();
    for (const scope of [{ all: true }, { admin: true }, { teamId: 1 }, { agentId: 1 }] as const)
      expect(summaries.read({ organisationId: 2, scope, view: 'full' })).toMatchObject({
        total: 0,
        byStatus: {},
        teams: [],
      });
  });

  test('F2: is the same after a restart', async () => {
    const { engine, journal, clock } = await startEngine({ members });
    await new Deeds(engine, 1).opens('s1');
    await new Deeds(engine, 2).opens('s2');
    await new Deeds(engine, 2).chooses('busy');
    const { longest, byStatus } = engine.summaries.read(ALL);
    await engine[Symbol.asyncDispose]();
    const { engine: next } = await startEngine({ members, journal, clock });
    await clock.advance(100);
    expect(next.summaries.read(ALL)).toMatchObject({
      longest,
      byStatus,
      byConnectivity: { connected: 0, reconnecting: 2, disconnected: 2 },
    });
  });
});

test('F2: whoever changes while a start still counts is counted once, as they are by then', async () => {
  const crowd = Array.from({ length: 600 }, (_, at) => member(at + 1, { teamId: 1 + (at % 7) }));
  const { engine, journal } = await startEngine({ members: crowd });
  await Promise.all(crowd.map(({ id }) => new Deeds(engine, id).opens(`before ${id}`)));
  await engine[Symbol.asyncDispose]();
  const all = [...crowd, member(601)];
  const { engine: next } = await startEngine({ members: all, journal, clock: new BusyClock() });
  for (let round = 0; round < 3; round++) {
    let left = 10;
    expect(next.summaries.beginNext(() => left-- > 0)).toBe(true);
    const some = crowd.filter(({ id }) => id % 3 === round);
    for (const { id } of some.slice(0, 60)) await new Deeds(next, id).opens(`behind ${id}`);
    for (const each of some.slice(60, 90)) await next.enrol({ ...each, teamId: 8 });
    for (const each of some.slice(90, 120)) await next.enrol({ ...each, active: false });
    await next.enrol(member(602 + round));
    await setImmediate();
  }
  await new Deeds(next, 601).opens('the first');
  const { incidents, ...summary } = next.summaries.read(ALL);
  const everybody = Array.from({ length: 604 }, (_, at) => at + 1);
  const records = everybody.flatMap((id) => next.record(id) ?? []).filter(({ member: { active } }) => active);
  const { incidents: _, ...scanned } = scannedSummary(records, ALL);
  expect(incidents).toHaveLength(1);
  expect(summary).toEqual(scanned);
  expect(summary.total).toBe(604 - 90);
});

/** For whom each look takes long. */
class BusyClock extends FakeClock {
  #looks = 0;

  override monotonic(): number {
    return super.monotonic() + ++this.#looks / 2;
  }
}

describe('watching a summary', () => {
  test('G2: a change is told when its tick ends, then at most one a second, each time the newest', async () => {
    const { summaries, clock, one, two } = await start();
    using viewer = new SummaryViewer(summaries, ALL);
    expect(viewer.heard).toMatchObject([{ type: 'summary', byStatus: { offline: 4 } }]);
    await one.opens('s1');
    await clock.advance(19);
    expect(viewer.heard).toHaveLength(1);
    await clock.advance(1);
    expect(viewer.heard).toHaveLength(2);
    await two.opens('s2');
    await clock.advance(500);
    await two.chooses('busy');
    await clock.advance(499);
    expect(viewer.heard).toHaveLength(2);
    await clock.advance(1);
    expect(viewer.heard.slice(2)).toMatchObject([{ byStatus: { available: 1, busy: 1, offline: 2 } }]);
  });

  test('G2: what is as it was before is not told', async () => {
    const { summaries, clock, one } = await start();
    using viewer = new SummaryViewer(summaries, ALL);
    await one.opens('s1');
    await one.saysBye('s1');
    await one.opens('s2');
    await clock.advance(1_000);
    const { length } = viewer.heard;
    await one.chooses('available', { reason: 'as ever' });
    one.stirs('s2', clock.now());
    await clock.advance(1_000);
    expect(viewer.heard).toHaveLength(length);
  });

  test('G1: who comes in between is told at once, and nothing twice; others at their time', async () => {
    const { summaries, clock, one, two } = await start();
    using early = new SummaryViewer(summaries, ALL);
    await one.opens('s1');
    await clock.advance(20);
    await two.opens('s2');
    using late = new SummaryViewer(summaries, ALL);
    expect(late.heard).toMatchObject([{ byStatus: { available: 2 } }]);
    expect(early.heard.at(-1)).toMatchObject({ byStatus: { available: 1 } });
    expect(late.cursor).not.toBe(early.cursor);
    await clock.advance(1_000);
    expect(early.heard.at(-1)).toMatchObject({ byStatus: { available: 2 } });
    expect(late.heard).toHaveLength(1);
    expect(late.cursor).toBe(early.cursor);
  });

  test('G1: who holds what is over before it was told to others is told so', async () => {
    const { summaries, clock, one } = await start();
    using early = new SummaryViewer(summaries, { ...ALL, scope: { agentId: 1 } });
    await one.opens('s1');
    using late = new SummaryViewer(summaries, { ...ALL, scope: { agentId: 1 } });
    await one.saysBye('s1');
    await clock.advance(1_000);
    expect(late.heard.map((heard) => heard.type === 'summary' && heard.byStatus)).toEqual([
      { available: 1 },
      { offline: 1 },
    ]);
    expect(early.summary).toEqual(late.summary);
  });

  test('G1: a resume is given the summary, or a pulse where it is the one that is held', async () => {
    const { summaries, clock, one } = await start();
    const gone = new SummaryViewer(summaries, ALL);
    gone[Symbol.dispose]();
    using same = new SummaryViewer(summaries, ALL, gone.cursor);
    expect(same.heard).toEqual([{ type: 'pulse', asOf: clock.now() }]);
    expect(same.cursor).toBe(gone.cursor);
    await one.opens('s1');
    using changed = new SummaryViewer(summaries, ALL, gone.cursor);
    expect(changed.heard).toMatchObject([{ type: 'summary', byStatus: { available: 1 } }]);
    for (const other of [
      { ...ALL, organisationId: 2 },
      { ...ALL, view: 'basic' as const },
      { ...ALL, scope: { admin: true as const } },
    ]) {
      using elsewhere = new SummaryViewer(summaries, other, changed.cursor);
      expect(elsewhere.heard).toMatchObject([{ type: 'summary' }]);
    }
  });

  test('G1: whoever goes takes nothing from those who stay', async () => {
    const { summaries, clock, one } = await start();
    const gone = new SummaryViewer(summaries, ALL);
    using viewer = new SummaryViewer(summaries, ALL);
    gone[Symbol.dispose]();
    await one.opens('s1');
    await clock.advance(1_000);
    expect(viewer.heard).toHaveLength(2);
    expect(gone.heard).toHaveLength(1);
    expect(summaries.cursor(ALL)).toBe(viewer.cursor);
  });

  test('G1: a cursor is bound to its scope, also where two are alike', async () => {
    const { summaries } = await start();
    using viewer = new SummaryViewer(summaries, departmentOf('Nowhere'));
    using other = new SummaryViewer(summaries, departmentOf('Elsewhere'), viewer.cursor);
    expect(other.summary).toEqual(viewer.summary);
  });

  test('G5: no pulse names what a watcher does not hold', async () => {
    const { summaries, clock, one } = await start();
    using early = new SummaryViewer(summaries, ALL);
    await clock.advance(10_990);
    await one.opens('s1');
    using late = new SummaryViewer(summaries, ALL);
    const { cursor } = late;
    await clock.advance(15);
    expect(late.heard).toHaveLength(1);
    await clock.advance(15);
    expect(early.cursor).toBe(cursor);
  });

  test('G5: five seconds of silence end in a pulse with the cursor that is held', async () => {
    const { summaries, clock, one } = await start();
    using viewer = new SummaryViewer(summaries, ALL);
    await one.opens('s1');
    await clock.advance(1_000);
    const { cursor, heard } = viewer;
    heard.length = 0;
    await clock.advance(20_000);
    expect(heard.map(({ type }) => type)).toEqual(['pulse', 'pulse', 'pulse', 'pulse']);
    expect(viewer.cursor).toBe(cursor);
  });

  test('G3: a slow watcher is cut off at its bound, as of a board', async () => {
    const { summaries, clock, one } = await start();
    const signal = new AbortController().signal;
    const slow = watch(summaries, { subject: ALL, after: null, signal, maxWaiting: 1 });
    await slow.next();
    await one.opens('s1');
    await clock.advance(1_000);
    await one.chooses('busy');
    await clock.advance(1_000);
    await expect(slow.next()).rejects.toThrow('batches waited');
  });
});
