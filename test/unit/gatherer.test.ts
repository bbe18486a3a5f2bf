import { expect, test } from 'vitest';
import { Gatherer } from '../../engine/gatherer.ts';
import type { CommittedBatch } from '../../engine/journal/port.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import type { Writer } from '../../engine/journal/port.ts';
import { batchOf } from '../support/batches.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';

const NEVER = new AbortController().signal;

async function make(limits: { maxEvents?: number; maxBytes?: number } = {}) {
  const clock = new FakeClock();
  const journal = new MemoryJournal();
  const writer = await journal.claim(0);
  const gatherer = new Gatherer(journal.follow(0, NEVER), {
    clock,
    waitMs: 200,
    maxEvents: 100,
    maxBytes: 10_000,
    ...limits,
  });
  return { clock, journal, gatherer, writer, append: (...ids: string[]) => appendAll(writer, ids) };
}

async function appendAll(writer: Writer, ids: readonly string[]): Promise<void> {
  for (const id of ids) await writer.append(batchOf(writer, id));
}

const idsOf = (group: readonly CommittedBatch[] | null) => group?.map(({ id }) => id);

test('F3: what comes within the wait is one group', async () => {
  const { clock, gatherer, append } = await make();
  const group = gatherer.next();
  await append('a');
  await clock.advance(150);
  await append('b');
  await clock.advance(50);
  expect(idsOf(await group)).toEqual(['a', 'b']);
  const next = gatherer.next();
  await append('c');
  await clock.advance(200);
  expect(idsOf(await next)).toEqual(['c']);
});

test('F3: a group that is full waits for nothing', async () => {
  const { gatherer, append } = await make({ maxEvents: 2 });
  await append('a', 'b', 'c', 'd');
  expect(idsOf(await gatherer.next())).toEqual(['a', 'b']);
  expect(idsOf(await gatherer.next())).toEqual(['c', 'd']);
  const bytes = await make({ maxBytes: 1 });
  await bytes.append('a', 'b');
  expect(idsOf(await bytes.gatherer.next())).toEqual(['a']);
});

test('F3: what somebody waits for is not kept waiting, and what comes later waits again', async () => {
  const { clock, gatherer, writer, append } = await make();
  await append('a', 'b');
  const group = gatherer.next();
  await settle();
  gatherer.hurry(writer.claimedAt + 2);
  expect(idsOf(await group)).toEqual(['a', 'b']);

  gatherer.hurry(writer.claimedAt + 4);
  await append('c', 'd', 'e');
  expect(idsOf(await gatherer.next())).toEqual(['c', 'd']);
  let isOver = false;
  const next = gatherer.next().then((found) => {
    isOver = true;
    return found;
  });
  await clock.advance(100);
  expect(isOver).toBe(false);
  await clock.advance(100);
  expect(idsOf(await next)).toEqual(['e']);
});

test('F3: no more is read ahead than one batch, however much there is', async () => {
  let taken = 0;
  async function* endless() {
    for (;;) {
      taken += 1;
      yield { ...batchOf({ partition: 0, term: 1 }, `${taken}`), offset: taken };
      await settle();
    }
  }
  const limits = { clock: new FakeClock(), waitMs: 200, maxEvents: 10, maxBytes: 10_000 };
  const gatherer = new Gatherer(endless(), limits);
  expect(await gatherer.next()).toHaveLength(10);
  for (let turns = 0; turns < 50; turns++) await settle();
  expect(taken).toBe(11);
});

test('a journal that ends gives what it had, then nothing', async () => {
  const { journal, gatherer, append } = await make();
  await append('a');
  await journal[Symbol.asyncDispose]();
  expect(idsOf(await gatherer.next())).toEqual(['a']);
  expect(await gatherer.next()).toBeNull();
});

test('a journal that breaks fails whoever waits for more', async () => {
  const limits = { clock: new FakeClock(), waitMs: 200, maxEvents: 10, maxBytes: 10_000 };
  const gatherer = new Gatherer(breaking(), limits);
  await expect(gatherer.next()).rejects.toThrow('broken');
});

async function* breaking() {
  yield { ...batchOf({ partition: 0, term: 1 }, 'a'), offset: 1 };
  await settle();
  throw new Error('broken');
}
