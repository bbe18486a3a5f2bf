import { expect, test } from 'vitest';
import { Feed, type Written } from '../../engine/journal/feed.ts';
import type { CommittedBatch } from '../../engine/journal/port.ts';
import { batchOf } from '../support/batches.ts';

test('F3: a follower looks once for what the storage gave up, then waits', async () => {
  let looks = 0;
  const feed = new Feed({
    from: 50,
    keepBytes: 0,
    async *history() {
      if (++looks > 10) throw new Error('looked again and again');
      yield* await Promise.resolve([]);
    },
  });
  const following = feed.follow(0, new AbortController().signal).next();
  await new Promise((resolve) => setImmediate(resolve));
  expect(looks).toBe(1);
  feed.publish(written(60));
  expect((await following).value).toMatchObject({ offset: 60 });
});

test('G3: however much is published, only the newest is kept at hand', async () => {
  const asked: number[] = [];
  const feed = new Feed({
    from: 0,
    keepBytes: 10_000,
    async *history(after) {
      asked.push(after);
      yield* await Promise.resolve([committed(99_000)]);
    },
  });
  for (let offset = 1; offset <= 100_000; offset++) feed.publish(written(offset));
  const signal = new AbortController().signal;
  expect((await feed.follow(99_999, signal).next()).value).toMatchObject({ offset: 100_000 });
  expect(asked).toEqual([]);
  expect((await feed.follow(90_000, signal).next()).value).toMatchObject({ offset: 99_000 });
  expect(asked).toEqual([90_000]);
});

test('B4: whoever stands amidst what was written at once is handed the rest of it', async () => {
  const feed = new Feed({ from: 0, keepBytes: 10_000, history: () => readFrom([]) });
  feed.publish(written(10, 20, 30));
  feed.publish(written(40));
  const following = feed.follow(20, new AbortController().signal);
  expect([(await following.next()).value?.offset, (await following.next()).value?.offset]).toEqual([30, 40]);
});

async function* readFrom(batches: readonly CommittedBatch[]) {
  yield* await Promise.resolve(batches);
}

function written(...offsets: readonly number[]): Written {
  return { offset: offsets.at(-1) ?? 0, bytes: 100, batches: () => offsets.map(committed) };
}

function committed(offset: number): CommittedBatch {
  return { ...batchOf({ partition: 0, term: 1 }, `${offset}`), offset };
}
