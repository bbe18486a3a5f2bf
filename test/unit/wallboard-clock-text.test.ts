import { describe, expect, test } from 'vitest';
import {
  countdownText,
  deadlineText,
  durationText,
  sinceText,
} from '../../clients/wallboard/src/board/clock-text.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;

describe('clocks', () => {
  test('a length is m:ss, from an hour on h:mm:ss', () => {
    expect(durationText(0)).toBe('0:00');
    expect(durationText(59 * S + 999)).toBe('0:59');
    expect(durationText(M)).toBe('1:00');
    expect(durationText(H - 1)).toBe('59:59');
    expect(durationText(H)).toBe('1:00:00');
    expect(durationText(26 * H + 3 * M + 4 * S)).toBe('26:03:04');
  });

  test('a length that clocks disagree about is never negative', () => {
    expect(durationText(-5 * S)).toBe('0:00');
    expect(sinceText(10_000, 9_000)).toBe('0:00');
  });

  test('an agent who was never seen shows no clock', () => {
    expect(sinceText(0, 1_700_000_000_000)).toBe('');
  });

  test('A5: the countdown of a reconnecting agent ends at nothing and goes no further', () => {
    expect(countdownText(30_000, 0)).toBe('0:30');
    expect(countdownText(30_000, 29_001)).toBe('0:01');
    expect(countdownText(30_000, 30_000)).toBe('0:00');
    expect(countdownText(30_000, 45_000)).toBe('0:00');
  });

  test('D2: a limit is counted down to and then past', () => {
    expect(deadlineText(15 * M, 10 * M)).toBe('5:00 left');
    expect(deadlineText(15 * M, 15 * M)).toBe('over by 0:00');
    expect(deadlineText(15 * M, 16 * M + 5 * S)).toBe('over by 1:05');
  });
});
