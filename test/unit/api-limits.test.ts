import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LoginLimits, TokenBucket } from '../../api/limits.ts';
import { Deferred } from '../support/deferred.ts';

const HERE = '192.0.2.1';
const THERE = '198.51.100.7';
const MINUTE_MS = 60_000;

/** A try with the wrong password, and one with the right one. */
const wrong = async () => null;
const right = async () => 'in';
const slowlyRight = async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return 'in';
};

const limited = (retryAfterMs: unknown = expect.any(Number)) => ({
  detail: { code: 'RATE_LIMITED', retryAfterMs },
});

async function fail(
  limits: LoginLimits,
  name: string,
  { times, address = HERE }: { times: number; address?: string },
) {
  for (let time = 0; time < times; time++) expect(await limits.guard(name, address, wrong)).toBeNull();
}

describe('log-in', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is refused after five failures of a name from one address, for what is left of the minute', async () => {
    const limits = new LoginLimits();
    await fail(limits, 'ada', { times: 5 });
    await vi.advanceTimersByTimeAsync(15_000);
    await expect(limits.guard('ada', HERE, right)).rejects.toMatchObject(limited(45_000));
    await expect(limits.guard('ADA', HERE, right)).rejects.toMatchObject(limited());
    await vi.advanceTimersByTimeAsync(45_001);
    expect(await limits.guard('ada', HERE, right)).toBe('in');
  });

  test('of the real user goes on from elsewhere while somebody guesses (colyseus#962)', async () => {
    const limits = new LoginLimits();
    await fail(limits, 'ada', { times: 5, address: THERE });
    await expect(limits.guard('ada', THERE, right)).rejects.toMatchObject(limited());
    expect(await limits.guard('ada', HERE, right)).toBe('in');
    expect(await limits.guard('bob', THERE, right)).toBe('in');
  });

  test('counts no success, and a refusal is no failure', async () => {
    const limits = new LoginLimits();
    await fail(limits, 'ada', { times: 4 });
    for (let time = 0; time < 200; time++) expect(await limits.guard('ada', HERE, right)).toBe('in');
    await fail(limits, 'ada', { times: 1 });
    for (let time = 0; time < 200; time++)
      await expect(limits.guard('ada', HERE, wrong)).rejects.toMatchObject(limited());
    await vi.advanceTimersByTimeAsync(MINUTE_MS + 1);
    expect(await limits.guard('ada', HERE, right)).toBe('in');
  });

  test('is refused after a hundred failures from one address, whatever the names', async () => {
    const limits = new LoginLimits();
    for (let number = 0; number < 100; number++) await fail(limits, `name${number}`, { times: 1 });
    await expect(limits.guard('ada', HERE, right)).rejects.toMatchObject(limited(MINUTE_MS));
    expect(await limits.guard('ada', THERE, right)).toBe('in');
  });

  test('of many at once fails no more often than one by one', async () => {
    const limits = new LoginLimits();
    let tries = 0;
    const slowlyWrong = async () => {
      tries += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return null;
    };
    const sameName = Array.from({ length: 40 }, () => limits.guard('ada', HERE, slowlyWrong));
    const settled = Promise.allSettled(sameName);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await settled).filter(({ status }) => status === 'rejected')).toHaveLength(35);
    expect(tries).toBe(5);

    tries = 0;
    const manyNames = Array.from({ length: 400 }, (_, number) =>
      limits.guard(`name${number}`, THERE, slowlyWrong),
    );
    const allSettled = Promise.allSettled(manyNames);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await allSettled).filter(({ status }) => status === 'rejected')).toHaveLength(300);
    expect(tries).toBe(100);
  });

  test('of many at once who all know their password makes nobody wait for a minute', async () => {
    const limits = new LoginLimits();
    const settled = Promise.all(
      Array.from({ length: 400 }, (_, number) => limits.guard(`name${number}`, HERE, slowlyRight)),
    );
    await vi.advanceTimersByTimeAsync(250);
    expect(new Set(await settled)).toEqual(new Set(['in']));
  });

  test('that could not be tried is no failure', async () => {
    const limits = new LoginLimits();
    for (let time = 0; time < 20; time++) {
      await expect(
        limits.guard('ada', HERE, () => Promise.reject(new Error('the database is away'))),
      ).rejects.toThrow('the database is away');
    }
    expect(await limits.guard('ada', HERE, right)).toBe('in');
  });

  test('that waits goes on as soon as the one before it is known', async () => {
    const limits = new LoginLimits();
    await fail(limits, 'ada', { times: 4 });
    const first = new Deferred();
    const trying = limits.guard('ada', HERE, async () => {
      await first.promise;
      return 'in';
    });
    const waiting = limits.guard('ada', HERE, right);
    await vi.advanceTimersByTimeAsync(10);
    first.resolve();
    expect(await trying).toBe('in');
    expect(await waiting).toBe('in');
  });
});

describe('a bucket of tokens', () => {
  const limit = { perSecond: 20, burst: 40 };

  test('gives so many at once, and then so many a second', () => {
    const bucket = new TokenBucket(limit, 0);
    const take = (nowMs: number, times: number) =>
      Array.from({ length: times }, () => bucket.take(nowMs)).filter(Boolean).length;
    expect(take(0, 100)).toBe(40);
    expect(take(49, 10)).toBe(0);
    expect(take(100, 10)).toBe(2);
    expect(take(1_100, 100)).toBe(20);
    expect(take(1_101, 100)).toBe(0);
  });

  test('is never fuller than full', () => {
    const bucket = new TokenBucket(limit, 0);
    const taken = Array.from({ length: 100 }, () => bucket.take(1e9)).filter(Boolean);
    expect(taken).toHaveLength(40);
  });
});
