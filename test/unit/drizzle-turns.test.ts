import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BackendBusy, Turns } from '../../drizzle/embedded/turns.ts';

const never = new AbortController().signal;

describe('turns', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('come one at a time, first come first served', async () => {
    const turns = new Turns(1000);
    const order: string[] = [];
    await turns.take(never);
    const others = ['a', 'b', 'c'].map(async (name) => {
      await turns.take(never);
      order.push(name);
    });
    await vi.advanceTimersByTimeAsync(10);
    expect(order).toEqual([]);
    for (const expected of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
      turns.pass();
      await vi.advanceTimersByTimeAsync(0);
      expect(order).toEqual(expected);
    }
    await Promise.all(others);
    turns.pass();
    await turns.take(never);
  });

  test('that do not come in time are given up, and skipped', async () => {
    const turns = new Turns(1000);
    await turns.take(never);
    const late = turns.take(never).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(999);
    const next = turns.take(never);
    await vi.advanceTimersByTimeAsync(1);
    expect(await late).toBeInstanceOf(BackendBusy);
    turns.pass();
    await next;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of those who have gone are skipped', async () => {
    const turns = new Turns(1000);
    const gone = new AbortController();
    await turns.take(never);
    const waiting = turns.take(gone.signal).catch((error: unknown) => error);
    const next = turns.take(never);
    const reason = new RangeError('gone');
    gone.abort(reason);
    expect(await waiting).toBe(reason);
    await expect(turns.take(gone.signal)).rejects.toBe(reason);
    turns.pass();
    await next;
  });
});
