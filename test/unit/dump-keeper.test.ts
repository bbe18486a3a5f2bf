import { afterEach, beforeEach, expect, test } from 'vitest';
import { DumpKeeper } from '../../api/dumps/keeper.ts';
import type { Dump } from '../../api/dumps/store.ts';
import { Deferred } from '../support/deferred.ts';
import { FakeClock } from '../support/fake-clock.ts';

const HOUR_MS = 3_600_000;
const EPOCH = 'log';

let clock: FakeClock;
let head: number;
let newest: Dump | null;
let taken: number;
let troubles: string[];
/** What a dump waits for, and how it fails. */
let going: Promise<void>;
let failure: Error | null;
let keeper: DumpKeeper;

beforeEach(() => {
  clock = new FakeClock();
  head = 0;
  newest = null;
  taken = 0;
  troubles = [];
  going = Promise.resolve();
  failure = null;
});
afterEach(() => keeper[Symbol.asyncDispose]());

function dumpOf(position: number): Dump {
  const positions = { documents: { epoch: EPOCH, position } };
  const manifest = {
    format: 1,
    takenAt: clock.now(),
    positions,
    bytes: 7,
    chunkBytes: 1,
    checksums: [],
  } as const;
  return { number: taken, manifest };
}

async function start(): Promise<void> {
  keeper = await DumpKeeper.start({
    clock,
    journal: { epoch: EPOCH, head: () => Promise.resolve(head) },
    dumps: {
      get newest() {
        return newest;
      },
      heldSafely: (copy, epoch) => (copy === 'documents' && epoch === EPOCH ? 5 : 0),
    },
    async dump(signal) {
      taken += 1;
      await going;
      signal.throwIfAborted();
      if (failure !== null) throw failure;
      return (newest = dumpOf(head));
    },
    onTrouble: ({ message }) => troubles.push(message),
  });
}

test('F3: where there is no dump it is made first, and then one an hour', async () => {
  await start();
  expect(taken).toBe(1);
  await clock.advance(HOUR_MS - 20_000);
  expect(taken).toBe(1);
  await clock.advance(40_000);
  expect(taken).toBe(2);
  expect(keeper.heldSafely('documents')).toBe(5);
  expect(troubles).toEqual([]);
});

test('F3: the dump of an earlier run counts, by its age and by the journal that it holds', async () => {
  newest = dumpOf(1000);
  head = 1000;
  clock.jump(HOUR_MS / 2);
  await start();
  expect(taken).toBe(0);
  await clock.advance(HOUR_MS / 2 + 10_000);
  expect(taken).toBe(1);
});

test('F3: after 256 MB of journal one is made before its time', async () => {
  await start();
  head = (256 << 20) - 1;
  await clock.advance(30_000);
  expect(taken).toBe(1);
  head += 1;
  await clock.advance(10_000);
  expect(taken).toBe(2);
  await clock.advance(60_000);
  expect(taken).toBe(2);
});

test('F3: one that fails is told, shown, and tried again a minute later; three hours without one are overdue', async () => {
  await start();
  failure = new Error('no space left on device');
  await clock.advance(HOUR_MS + 10_000);
  expect(troubles).toEqual(['no space left on device']);
  expect(keeper.status()).toMatchObject({ isFresh: true, trouble: 'no space left on device' });
  await clock.advance(40_000);
  expect(troubles).toHaveLength(1);
  await clock.advance(30_000);
  expect(troubles).toHaveLength(2);
  await clock.advance(2 * HOUR_MS);
  expect(keeper.status()).toMatchObject({ isFresh: false });
  failure = null;
  await clock.advance(70_000);
  expect(keeper.status()).toMatchObject({ isFresh: true, trouble: null, bytes: 7 });
});

test('F3: a clock that is set back or on makes none, and no negative age', async () => {
  await start();
  clock.jump(-2 * HOUR_MS);
  await clock.advance(60_000);
  expect(keeper.status().ageMs).toBe(0);
  clock.jump(4 * HOUR_MS);
  await clock.advance(60_000);
  expect(taken).toBe(1);
});

test('F3: while one is made no other is begun, whoever asks', async () => {
  await start();
  const wait = new Deferred();
  going = wait.promise;
  const asked = [keeper.take(), keeper.take()];
  await clock.advance(2 * HOUR_MS);
  expect(taken).toBe(2);
  wait.resolve();
  await Promise.all(asked);
  expect(taken).toBe(2);
});

test('F3: a stop breaks off the one that is being made: that is no trouble', async () => {
  await start();
  const before = newest;
  const wait = new Deferred();
  going = wait.promise;
  const asked = keeper.take();
  const stopped = keeper[Symbol.asyncDispose]();
  wait.resolve();
  await Promise.all([asked, stopped]);
  expect(newest).toBe(before);
  expect(troubles).toEqual([]);
  await clock.advance(3 * HOUR_MS);
  expect(taken).toBe(2);
});
