import { describe, expect, test } from 'vitest';
import { healthOf, isStale, shownTime, STALE_MS } from '../../clients/wallboard/src/stream/data-age.ts';
import { ServerClock } from '../../clients/wallboard/src/stream/server-clock.ts';

describe('G5: live is told from stale', () => {
  test('ten seconds without a word make a board stale', () => {
    expect(isStale(STALE_MS)).toBe(false);
    expect(isStale(STALE_MS + 1)).toBe(true);
    expect(healthOf('open', 0)).toBe('live');
    expect(healthOf('open', STALE_MS)).toBe('live');
    expect(healthOf('open', STALE_MS + 1)).toBe('stale');
  });

  test('a lost connection is told at once, however young the data is', () => {
    expect(healthOf('lost', 0)).toBe('reconnecting');
    expect(healthOf('waiting', 0)).toBe('reconnecting');
  });

  test('clocks stand still on a stale board: nobody knows whether a status lasted on', () => {
    expect(shownTime(105_000, 100_000)).toBe(105_000);
    expect(shownTime(170_000, 100_000)).toBe(100_000 + STALE_MS);
  });
});

describe("the server's time", () => {
  test('is not known before the server has told it', () => {
    expect(new ServerClock().now(5)).toBeNull();
  });

  test('goes on between what the server tells', () => {
    const clock = new ServerClock();
    clock.observe(1_000_000, 50);
    expect(clock.now(50)).toBe(1_000_000);
    expect(clock.now(2_050)).toBe(1_002_000);
  });

  test('does not step back for a message that was long on its way', () => {
    const clock = new ServerClock();
    clock.observe(1_000_000, 0);
    clock.observe(1_001_000, 4_000);
    expect(clock.now(4_000)).toBe(1_004_000);
  });

  test('follows a server whose clock was set back, within two minutes', () => {
    const clock = new ServerClock();
    clock.observe(1_000_000, 0);
    for (let at = 5_000; at <= 130_000; at += 5_000) clock.observe(900_000 + at, at);
    expect(clock.now(130_000)).toBe(1_030_000);
  });

  test('follows at once when this computer slept and its clock stood still', () => {
    const clock = new ServerClock();
    clock.observe(1_000_000, 0);
    clock.observe(4_600_000, 1_000);
    expect(clock.now(1_000)).toBe(4_600_000);
  });
});
