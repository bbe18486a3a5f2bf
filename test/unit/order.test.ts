import { expect, test } from 'vitest';
import { Order } from '../../engine/order.ts';
import { Seeded } from '../support/seeded.ts';

/** Some who stand, each with a rank, and an order of them. */
function orderOf() {
  const ranks = new Map<number, number>();
  const order = new Order({ width: 2, stands: ([rank, id = 0]) => ranks.get(id) === rank });
  const put = (id: number, rank: number) => {
    ranks.set(id, rank);
    order.add(rank, id);
  };
  return { ranks, order, put };
}

test('the first is the least of those who stand, whoever came, went and changed before', () => {
  const random = new Seeded(7);
  for (let round = 0; round < 200; round++) {
    const { ranks, order, put } = orderOf();
    for (let step = 0; step < 200; step++) {
      put(random.below(20), random.below(40));
      if (random.chance(0.4)) ranks.delete(random.below(20));
      const [first] = [...ranks]
        .map(([id, rank]) => [rank, id] as const)
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(order.first()).toEqual(first ?? null);
    }
  }
});

test('what has left is not kept for ever', () => {
  const { order, put } = orderOf();
  for (let step = 0; step < 10_000; step++) put(step % 50, step);
  expect(order.size).toBeLessThanOrEqual(101);
});

test('one who stands twice is the first once, and is gone at once', () => {
  const { ranks, order, put } = orderOf();
  put(1, 5);
  put(1, 5);
  put(2, 6);
  expect(order.first()).toEqual([5, 1]);
  ranks.delete(1);
  expect(order.first()).toEqual([6, 2]);
  ranks.clear();
  expect(order.first()).toBeNull();
});
