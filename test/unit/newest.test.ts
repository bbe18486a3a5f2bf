import { describe, expect, test } from 'vitest';
import { Newest } from '../../engine/newest.ts';
import { Seeded } from '../support/seeded.ts';

describe('B6: the newest of each sender', () => {
  test('B6: are those of a map that gives up its oldest entry, whatever comes', () => {
    const random = new Seeded(11);
    for (const limit of [1, 2, 7, 64]) {
      const newest = new Newest<number>(limit);
      const expected = new Map<string, number>();
      for (let step = 0; step < 2000; step++) {
        const key = String(random.below(2 * limit + 3));
        expect(newest.get(key)).toBe(expected.get(key));
        newest.set(key, step);
        expected.set(key, step);
        if (expected.size > limit) expected.delete([...expected.keys()][0] ?? '');
        expect(newest.size).toBe(expected.size);
        expect([...newest]).toEqual([...expected]);
      }
    }
  });

  test('B6: are none at first', () => {
    const none = new Newest<string>(3);
    expect([none.size, [...none], none.get('')]).toEqual([0, [], undefined]);
  });
});
