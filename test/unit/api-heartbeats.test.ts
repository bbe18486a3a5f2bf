import { expect, test } from 'vitest';
import { type Beating, Heartbeats } from '../../api/heartbeats.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** Notes the seconds at which it was told. */
function noting(clock: FakeClock, everyMs: number): Beating & { readonly seconds: number[] } {
  const seconds: number[] = [];
  return {
    seconds,
    beat() {
      seconds.push(Math.round(clock.monotonic() / 1000));
      return everyMs;
    },
  };
}

test('C5: each is told at its own pace, to the second', async () => {
  const clock = new FakeClock();
  using heartbeats = new Heartbeats(clock);
  const often = noting(clock, 5_000);
  const seldom = noting(clock, 30_000);
  using _often = heartbeats.add(often, 5_000);
  using _seldom = heartbeats.add(seldom, 10_000);
  await clock.advance(71_000);
  expect(often.seconds).toHaveLength(14);
  expect(often.seconds[0]).toBeLessThanOrEqual(6);
  for (const [index, second] of often.seconds.slice(1).entries())
    expect(second - (often.seconds[index] ?? 0)).toBeGreaterThanOrEqual(5);
  expect(seldom.seconds).toHaveLength(3);
});

test('a pace that changes holds from the next time on', async () => {
  const clock = new FakeClock();
  using heartbeats = new Heartbeats(clock);
  let everyMs = 20_000;
  const told: number[] = [];
  using _ = heartbeats.add(
    {
      beat: () => {
        told.push(clock.monotonic());
        return everyMs;
      },
    },
    5_000,
  );
  await clock.advance(6_000);
  everyMs = 5_000;
  await clock.advance(50_000);
  expect(told.length).toBeGreaterThanOrEqual(6);
});

test('who has left is told no more, also when leaving while being told, and the place is given to the next', async () => {
  const clock = new FakeClock();
  using heartbeats = new Heartbeats(clock);
  const leaving = noting(clock, 5_000);
  const place = heartbeats.add(
    {
      beat() {
        place[Symbol.dispose]();
        return leaving.beat();
      },
    },
    5_000,
  );
  await clock.advance(30_000);
  expect(leaving.seconds).toHaveLength(1);
  place[Symbol.dispose]();

  const next = noting(clock, 5_000);
  using _ = heartbeats.add(next, 5_000);
  // Twice left is left once: the place is the next one's.
  place[Symbol.dispose]();
  await clock.advance(12_000);
  expect(next.seconds.length).toBeGreaterThanOrEqual(2);
  expect(leaving.seconds).toHaveLength(1);
});

test('nobody is told after the end', async () => {
  const clock = new FakeClock();
  const heartbeats = new Heartbeats(clock);
  const one = noting(clock, 5_000);
  heartbeats.add(one, 5_000);
  heartbeats[Symbol.dispose]();
  await clock.advance(60_000);
  expect(one.seconds).toEqual([]);
});

test('D6: after the machine slept each is told once, not once for every beat that was slept through', async () => {
  const clock = new FakeClock();
  using heartbeats = new Heartbeats(clock);
  const one = noting(clock, 5_000);
  using _ = heartbeats.add(one, 5_000);
  await clock.sleep(3_600_000);
  expect(one.seconds).toHaveLength(1);
});
