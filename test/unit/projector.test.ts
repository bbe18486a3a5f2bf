import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { Projector, type ProjectorOptions } from '../../engine/projector.ts';
import { type Projection, TargetRefused } from '../../engine/projection.ts';
import { Deeds } from '../support/deeds.ts';
import { Deferred } from '../support/deferred.ts';
import { startEngine } from '../support/engines.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { FakeTarget } from '../support/fake-target.ts';
import { History } from '../support/histories.ts';

let clock: FakeClock;
let journal: MemoryJournal;
let engine: Engine;
let target: FakeTarget;
let agent: Deeds;
let projector: Projector;
let troubles: Error[];

beforeEach(async () => {
  clock = new FakeClock();
  journal = new MemoryJournal({ keepBytes: 1 });
  ({ engine } = await startEngine({ clock, journal }));
  target = new FakeTarget();
  agent = new Deeds(engine, 1);
  troubles = [];
});
afterEach(async () => {
  await projector[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

function start(more: Partial<ProjectorOptions> = {}): void {
  projector = new Projector({
    journal,
    clock,
    target,
    random: () => 0.5,
    onTrouble: (error) => troubles.push(error),
    ...more,
  });
}

/** So many changes of one agent, one after another. */
async function changes(count: number): Promise<void> {
  if (agent.record.connectivity === 'disconnected') await agent.opens('s1');
  for (let made = 0; made < count; made++) {
    const status = agent.record.dutyCode === 'busy' ? 'available' : 'busy';
    expect(await agent.chooses(status)).toMatchObject({ ok: true });
  }
}

/** Everything in the journal, in order. */
async function everything(): Promise<unknown> {
  return (await History.of(journal)).events;
}

describe('F3: a projector', () => {
  test('copies what was there and what comes, in groups, and knows where it is', async () => {
    await changes(5);
    start();
    await clock.advance(200);
    await changes(5);
    await clock.advance(200);
    expect(target.events).toEqual(await everything());
    expect(target.projections.length).toBeLessThanOrEqual(3);
    const head = await journal.head();
    expect(await projector.status()).toEqual({
      state: 'running',
      position: head,
      lag: { offsets: 0, ageMs: 0 },
      missing: 0,
      trouble: null,
    });
    expect(projector.safe()).toBe(head);
    expect(troubles).toEqual([]);
  });

  test('that is asked for something now, does it now', async () => {
    start();
    await changes(3);
    const head = await journal.head();
    await settle();
    expect(target.stands).toBe(0);
    expect(await projector.reached(head, 1000)).toBe(true);
    expect(target.stands).toBe(head);
    expect(await projector.reached(head, 1000)).toBe(true);
    const waiting = projector.reached(head + 1, 1000);
    await clock.advance(1000);
    expect(await waiting).toBe(false);
  });

  test('whose target is away keeps its place, holds nothing, tells, and catches up', async () => {
    start();
    await changes(2);
    await clock.advance(200);
    target.isAway = true;
    const before = clock.now();
    for (let seconds = 0; seconds < 60; seconds++) {
      await changes(5);
      await clock.advance(1000);
    }
    expect(await projector.status()).toMatchObject({
      state: 'away',
      position: target.stands,
      lag: { offsets: 300, ageMs: clock.now() - before },
      trouble: 'the target is away',
    });
    expect(troubles.length).toBeGreaterThan(10);
    target.isAway = false;
    await clock.advance(10_000);
    expect(target.events).toEqual(await everything());
    expect(await projector.status()).toMatchObject({
      state: 'running',
      lag: { offsets: 0, ageMs: 0 },
      trouble: null,
    });
  });

  test('asks a target that is away less and less often, and never more than each five seconds', async () => {
    target.isAway = true;
    start();
    await clock.advance(1000);
    expect(target.asked).toBeLessThanOrEqual(5);
    await clock.advance(20_000);
    const before = target.asked;
    await clock.advance(50_000);
    expect(target.asked - before).toBeGreaterThanOrEqual(9);
    expect(target.asked - before).toBeLessThanOrEqual(20);
  });

  test('whose target refuses one event tells, brings everything before it, and tries on', async () => {
    await changes(20);
    let isPatient = false;
    target.judge = ({ entries }: Projection) => {
      const isBad = entries.some((entry) => entry.kind === 'event' && entry.event.seq === 10);
      if (isBad && !isPatient) throw new TargetRefused('a bad row');
    };
    start();
    await clock.advance(30_000);
    expect(target.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await projector.status()).toMatchObject({ state: 'refused', trouble: 'a bad row' });
    const told = troubles.length;
    await clock.advance(30_000);
    expect(troubles.length).toBeGreaterThan(told);
    isPatient = true;
    await clock.advance(10_000);
    expect(target.events).toEqual(await everything());
    expect(await projector.status()).toMatchObject({ state: 'running', trouble: null });
    // And groups are groups again.
    await changes(10);
    const groups = target.projections.length;
    await clock.advance(200);
    expect(target.projections.length).toBe(groups + 1);
  });

  test('whose target is set back follows it again; and one that is overtaken goes on from there', async () => {
    start();
    await changes(10);
    await clock.advance(200);
    target.stands = (await History.of(journal)).batches[3]?.offset ?? 0;
    target.events.splice(4);
    await changes(1);
    await clock.advance(400);
    expect(target.events).toEqual(await everything());

    await changes(5);
    const history = await History.of(journal);
    const next = history.batches.findIndex(({ offset }) => offset > target.stands);
    await target.apply(history.projection(next, next + 3));
    await clock.advance(400);
    expect(target.events).toEqual(await everything());
  });

  test('that finds documents of a longer journal says so, and takes nothing', async () => {
    await changes(3);
    target.stands = 1000;
    start();
    await clock.advance(1000);
    const { state, trouble } = await projector.status();
    expect(state).toBe('refused');
    expect(trouble).toContain(
      `holds the journal up to 1000, and the journal ends at ${await journal.head()}`,
    );
  });

  test('lets the journal be trimmed no further than its target holds it safely', async () => {
    let dumped = 0;
    target.isAway = true;
    start({ heldSafely: (position) => Math.min(position, dumped) });
    await changes(5);
    await clock.advance(300);
    expect(projector.safe()).toBe(0);
    target.isAway = false;
    await clock.advance(1000);
    expect(projector.safe()).toBe(0);
    dumped = 3;
    expect(projector.safe()).toBe(3);
    dumped = 1000;
    expect(projector.safe()).toBe(await journal.head());
  });

  test('tells what the journal had given up before', async () => {
    await changes(5);
    const apply = target.apply.bind(target);
    target.apply = async (projection) => ({ ...(await apply(projection)), missing: 2 });
    start();
    await clock.advance(300);
    expect((await projector.status()).missing).toBe(2);
    expect(troubles.map(({ message }) => message)).toEqual([expect.stringMatching(/^2 events up to /)]);
  });

  test('that is stopped while it asks where to begin, ends', async () => {
    const position = new Deferred();
    target.position = async () => {
      await position.promise;
      return 0;
    };
    start();
    const stopped = projector[Symbol.asyncDispose]();
    position.resolve();
    await stopped;
    expect((await projector.status()).state).toBe('stopped');
  });

  test('that is stopped lets its target finish, and the next one leaves nothing out', async () => {
    const held = new Deferred();
    target.hold = held.promise;
    start();
    await changes(5);
    await clock.advance(200);
    const stopped = projector[Symbol.asyncDispose]();
    await settle();
    held.resolve();
    await stopped;
    expect(await projector.reached(1000, 1000)).toBe(false);
    expect((await projector.status()).state).toBe('stopped');
    target.hold = Promise.resolve();
    await changes(5);
    start();
    await clock.advance(400);
    expect(target.events).toEqual(await everything());
  });
});
