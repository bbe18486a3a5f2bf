import { describe, expect, test } from 'vitest';
import { Backoff } from '../../clients/sdk/backoff.ts';
import { Pace } from '../../clients/sdk/pace.ts';
import { Seeded } from '../support/seeded.ts';

describe('a backoff', () => {
  const bounds = [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000];

  test('waits up to a bound that doubles with each failure', () => {
    const backoff = new Backoff({ firstMs: 500, maxMs: 15_000, random: () => 1 });
    expect(bounds.map(() => backoff.nextMs())).toEqual(bounds);
    backoff.succeeded();
    expect(backoff.nextMs()).toBe(500);
  });

  test('spreads thousands who lost the same server evenly below the bound', () => {
    const seeded = new Seeded(7);
    const backoffs = Array.from(
      { length: 5_000 },
      () => new Backoff({ firstMs: 500, maxMs: 15_000, random: () => seeded.next() }),
    );
    for (const bound of bounds) {
      const waits = backoffs.map((backoff) => backoff.nextMs());
      expect(Math.max(...waits)).toBeLessThan(bound);
      const tenths = Array.from(
        { length: 10 },
        (_, tenth) => waits.filter((wait) => Math.floor((wait / bound) * 10) === tenth).length,
      );
      for (const count of tenths) expect(count).toBeGreaterThan(350);
    }
  });

  test('does not overflow after years of failures', () => {
    const backoff = new Backoff({ firstMs: 500, maxMs: 15_000, random: () => 0.5 });
    for (let failure = 0; failure < 5_000; failure++) backoff.nextMs();
    expect(backoff.nextMs()).toBe(7_500);
  });
});

describe('a pace', () => {
  test('gives some at once, and then one for each sixty milliseconds', () => {
    let now = 1_000;
    const pace = new Pace(() => now);
    const burst = Array.from({ length: 40 }, () => pace.take()).filter((wait) => wait === 0).length;
    expect(burst).toBe(30);
    expect(pace.take()).toBe(60);
    now += 59;
    expect(pace.take()).toBe(1);
    now += 1;
    expect(pace.take()).toBe(0);
    expect(pace.take()).toBe(60);
    now += 600;
    expect(Array.from({ length: 40 }, () => pace.take()).filter((wait) => wait === 0)).toHaveLength(10);
    pace.renew();
    expect(Array.from({ length: 40 }, () => pace.take()).filter((wait) => wait === 0)).toHaveLength(30);
  });
});
