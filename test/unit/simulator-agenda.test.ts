import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Agenda } from '../../clients/simulator/agenda.ts';
import { Seeded } from '../support/seeded.ts';

let agenda: Agenda<number>;
const done: number[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  done.length = 0;
  agenda = new Agenda({ speed: 10, beginsAt: 1_000, onDue: (item) => void done.push(item) });
});
afterEach(() => {
  agenda[Symbol.dispose]();
  vi.useRealTimers();
});

test('everything is done in order of time, none before, none twice', () => {
  const seeded = new Seeded(3);
  const times = Array.from({ length: 2_000 }, () => 1_000 + seeded.below(100_000));
  for (const at of times) agenda.add(at, at);
  agenda.start();
  for (let second = 0; second < 11; second++) {
    vi.advanceTimersByTime(1_000);
    expect(done.every((at) => at <= agenda.now)).toBe(true);
    expect(done.length).toBe(times.filter((at) => at <= agenda.now).length);
  }
  expect(done).toEqual(times.toSorted((a, b) => a - b));
});

test('its time runs at its speed, and stands while it is stopped', () => {
  agenda.add(6_000, 1);
  vi.advanceTimersByTime(10_000);
  expect([agenda.now, done.length]).toEqual([1_000, 0]);
  agenda.start();
  vi.advanceTimersByTime(400);
  expect([agenda.now, done.length]).toEqual([5_000, 0]);
  agenda.stop();
  vi.advanceTimersByTime(60_000);
  expect([agenda.now, done.length]).toEqual([5_000, 0]);
  agenda.start();
  vi.advanceTimersByTime(100);
  expect([agenda.now, done]).toEqual([6_000, [1]]);
});

test('what is added while it runs is done, also before what waits', () => {
  agenda.add(50_000, 50);
  agenda.start();
  vi.advanceTimersByTime(1_000);
  agenda.add(12_000, 12);
  agenda.add(5_000, 5);
  vi.advanceTimersByTime(1_000);
  expect(done).toEqual([5, 12]);
  vi.advanceTimersByTime(60 * 24 * 3_600_000);
  expect(done).toEqual([5, 12, 50]);
});
