import { expect, test } from 'vitest';
import { Order } from '../../engine/order.ts';
import { Seeded } from '../support/seeded.ts';

interface Item {
  readonly rank: number;
  at: number;
}

const byRank = (a: Item, b: Item) => a.rank - b.rank;

test('those who stand come in order, whoever came and went before', () => {
  const random = new Seeded(7);
  for (let round = 0; round < 2000; round++) {
    const order = new Order(byRank);
    const standing: Item[] = [];
    for (let step = 0; step < 30; step++) {
      const item = { rank: random.below(40), at: -1 };
      standing.push(item);
      order.add(item);
      for (const gone of standing.splice(random.below(standing.length), random.below(2))) order.remove(gone);
      expect(order.size).toBe(standing.length);
    }
    const ranks: number[] = [];
    for (let { first } = order; first !== null; { first } = order) {
      ranks.push(first.rank);
      order.remove(first);
    }
    expect(ranks).toEqual(standing.toSorted(byRank).map(({ rank }) => rank));
  }
});

test('what is removed must stand in that order', () => {
  const order = new Order(byRank);
  const item = { rank: 1, at: -1 };
  expect(() => order.remove(item)).toThrow(RangeError);
  order.add(item);
  order.remove(item);
  expect(order.first).toBeNull();
  expect(() => order.remove(item)).toThrow(RangeError);
});
