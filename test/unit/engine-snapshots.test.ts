import { expect, test, vi } from 'vitest';
import type { EngineOptions } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import type { CommittedBatch, Offset } from '../../engine/journal/port.ts';
import { MemorySnapshots } from '../../engine/snapshots/memory.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';

/** A journal that counts what is read of it. */
class CountedJournal extends MemoryJournal {
  read = 0;

  override async *follow(after: Offset, signal: AbortSignal): AsyncGenerator<CommittedBatch, void, void> {
    for await (const batch of super.follow(after, signal)) {
      this.read += 1;
      yield batch;
    }
  }
}

type Options = NonNullable<EngineOptions['snapshots']>;

/** An engine that takes images after ten batches, and an agent who is here. */
async function start(options: Partial<Options> = {}, journal = new CountedJournal()) {
  const snapshots = { store: new MemorySnapshots(), afterOffsets: 10, lookMs: 1000, ...options };
  const { engine, clock } = await startEngine({ journal, snapshots });
  await clock.advance(1);
  const agent = new Deeds(engine, 1);
  const change = async (count: number) => {
    for (let left = count; left > 0; left--)
      await agent.chooses(agent.record.dutyCode === 'busy' ? 'available' : 'busy');
    await clock.advance(1000);
  };
  return { engine, clock, journal, agent, change, snapshots };
}

test('F4: a start after a clean stop reads nothing of the log, and knows what there was', async () => {
  const { engine, agent, journal, snapshots } = await start();
  await agent.opens('s1');
  await agent.chooses('lunch', { session: 's1', reason: 'hungry', id: 'c1' });
  const before = agent.record;
  await engine[Symbol.asyncDispose]();
  journal.read = 0;
  const { agent: again } = await start(snapshots, journal);
  expect(journal.read).toBe(1);
  // The one thing that happened since: it began anew.
  expect(again.record).toMatchObject({
    seq: before.seq + 1,
    connectivity: 'reconnecting',
    dutyCode: 'lunch',
  });
  expect(await again.chooses('lunch', { session: 's1', id: 'c1' })).toMatchObject({ ok: true, seq: 2 });
});

test('B6, F4: a command that changed nothing is judged afresh after a restart, whether an image was taken or not', async () => {
  for (const withImage of [true, false]) {
    const { engine, agent, journal, snapshots } = await start();
    await agent.opens('s1');
    const { seq } = agent.record;
    expect(await agent.chooses('available', { id: 'c1', expectSeq: seq })).toMatchObject({ ok: true, seq });
    await agent.chooses('busy');
    // Asked again it has its first answer; so it has no more after the restart.
    expect(await agent.chooses('available', { id: 'c1', expectSeq: seq })).toMatchObject({ ok: true, seq });
    if (withImage) await engine[Symbol.asyncDispose]();
    const { agent: again } = await start(snapshots, journal);
    const answer = await again.chooses('available', { id: 'c1', expectSeq: seq });
    expect(answer).toMatchObject({ ok: false, code: 'CONFLICT' });
  }
});

test('B6, F4: what changed nothing drives no answer out of an image that a restart without one would know', async () => {
  for (const withImage of [true, false]) {
    const { engine, agent, journal, snapshots } = await start();
    await agent.opens('s1');
    const first = await agent.chooses('busy', { id: 'first' });
    for (let n = 0; n < 64; n++) await agent.chooses('busy', { id: `again ${n}` });
    if (withImage) await engine[Symbol.asyncDispose]();
    const { agent: again } = await start(snapshots, journal);
    expect(await again.chooses('busy', { id: 'first' })).toEqual(first);
  }
});

test('B6, F4: an answer outlives several restarts, with images and without, though the agent sends nothing', async () => {
  const { engine, agent, journal, snapshots } = await start();
  await agent.opens('s1');
  const first = await agent.chooses('busy', { session: 's1', id: 'c1' });
  await engine[Symbol.asyncDispose]();
  const { engine: second } = await start(snapshots, journal);
  await second[Symbol.asyncDispose]();
  // The third is taken for dead: what it wrote is in no image.
  const { agent: third } = await start(snapshots, journal);
  await third.opens('s2');
  const later = await third.chooses('available', { session: 's2', id: 'c2' });
  expect([first, later]).toMatchObject([{ ok: true }, { ok: true }]);
  const { agent: fourth } = await start(snapshots, journal);
  expect(await fourth.chooses('busy', { session: 's1', id: 'c1' })).toEqual(first);
  expect(await fourth.chooses('busy', { session: 's2', id: 'c2' })).toEqual(later);
});

test('B9, F4: who was only asked after is in no image: other master data at the next start are no event', async () => {
  const { engine, agent, journal, snapshots } = await start();
  await agent.opens('s1');
  expect(await new Deeds(engine, 2).chooses('busy')).toMatchObject({ ok: false, code: 'NOT_CONNECTED' });
  await engine[Symbol.asyncDispose]();
  const members = [member(1), member(2, { name: 'Another Name' }), member(3)];
  const { engine: next, clock } = await startEngine({ journal, snapshots, members });
  await clock.advance(1000);
  expect(next.record(2)).toMatchObject({ seq: 0, member: { name: 'Another Name' } });
});

test('F3, F4: the log is given up behind the image before the newest one, and nothing that others still read', async () => {
  let held = 0;
  const { agent, change, journal } = await start({ heldBack: () => held });
  await agent.opens('s1');
  await change(12);
  await change(12);
  expect(await journal.floor()).toBe(0);
  held = (await journal.head()) - 3;
  await change(12);
  const floor = await journal.floor();
  expect(floor).toBeGreaterThan(0);
  expect(floor).toBeLessThanOrEqual(held);
  held = 5;
  await change(12);
  expect(await journal.floor()).toBe(floor);
});

test('F4: a restart goes on from the images, and from what came after them', async () => {
  const { agent, change, journal, snapshots } = await start({ heldBack: () => Infinity });
  await agent.opens('s1');
  await change(25);
  await change(4);
  const { seq, dutyCode } = agent.record;
  // The first engine is taken for dead.
  const { agent: again } = await start(snapshots, journal);
  expect(again.record).toMatchObject({ seq: seq + 1, dutyCode, connectivity: 'reconnecting' });
});

test('F2: a log whose beginning is in no image that can be read stops the start, and says what helps', async () => {
  const { agent, change, journal } = await start({ heldBack: () => Infinity });
  await agent.opens('s1');
  for (let round = 0; round < 3; round++) await change(12);
  expect(await journal.floor()).toBeGreaterThan(0);
  await expect(start({ store: new MemorySnapshots() }, journal)).rejects.toThrow(
    /the journal begins at \d+, and what went before is in no snapshot that can be read: restore a backup/,
  );
});

test('F3: images that can not be written are told of and tried again; commands go on and the log keeps everything', async () => {
  const store = new MemorySnapshots();
  const save = vi.spyOn(store, 'save').mockRejectedValue(new Error('ENOSPC: no space left'));
  const troubles: string[] = [];
  const { agent, change, journal } = await start({
    store,
    heldBack: () => Infinity,
    onTrouble: (error) => troubles.push(error.message),
  });
  await agent.opens('s1');
  await change(12);
  expect(troubles).toEqual(['ENOSPC: no space left']);
  expect(await agent.chooses('away')).toMatchObject({ ok: true });
  expect(await journal.floor()).toBe(0);
  save.mockRestore();
  for (let round = 0; round < 3; round++) await change(12);
  expect(troubles).toHaveLength(1);
  expect(await journal.floor()).toBeGreaterThan(0);
});
