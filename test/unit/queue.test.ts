import { expect, test } from 'vitest';
import { Queue } from '../../engine/queue.ts';
import { Seeded } from '../support/seeded.ts';

/** Some who stand, each with a rank, and a queue of them. */
function queueOf() {
  const ranks = new Map<number, number>();
  const queue = new Queue({ width: 2, stands: ([rank, id = 0]) => ranks.get(id) === rank });
  const put = (id: number, rank: number) => {
    ranks.set(id, rank);
    queue.add(rank, id);
  };
  return { ranks, queue, put };
}

test('the first is the least of those who stand, whoever came, went and changed before', () => {
  const random = new Seeded(7);
  for (let round = 0; round < 200; round++) {
    const { ranks, queue, put } = queueOf();
    for (let step = 0; step < 200; step++) {
      put(random.below(20), random.below(40));
      if (random.chance(0.4)) ranks.delete(random.below(20));
      const [first] = [...ranks]
        .map(([id, rank]) => [rank, id] as const)
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(queue.first()).toEqual(first ?? null);
    }
  }
});

test('what has left is not kept for ever', () => {
  const { queue, put } = queueOf();
  for (let step = 0; step < 10_000; step++) put(step % 50, step);
  expect(queue.size).toBeLessThanOrEqual(101);
});

test('one who stands twice is the first once, and is gone at once', () => {
  const { ranks, queue, put } = queueOf();
  put(1, 5);
  put(1, 5);
  put(2, 6);
  expect(queue.first()).toEqual([5, 1]);
  ranks.delete(1);
  expect(queue.first()).toEqual([6, 2]);
  ranks.clear();
  expect(queue.first()).toBeNull();
});
