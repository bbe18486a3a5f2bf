import { describe, expect, test } from 'vitest';
import type { TimelineEntry } from '../../api/contract/timeline.ts';
import { compareHistory, type Promised } from '../../clients/faults/judging/history.ts';

const AGENT = 7;

const entry = (seq: number, more: Partial<TimelineEntry> = {}): TimelineEntry => ({
  seq,
  at: 1000 + seq,
  type: 'session_lost',
  changed: {},
  ...more,
});
const chosen = (seq: number, reason: string, duty?: string): TimelineEntry =>
  entry(seq, { type: 'status_chosen', by: AGENT, reason, changed: duty === undefined ? {} : { duty } });
const promise = (seq: number, status: string, reason: string): Promised => ({ seq, status, reason });

const WHOLE = [
  entry(1, { changed: { duty: 'available' } }),
  chosen(2, 'a', 'busy'),
  entry(3),
  chosen(4, 'b', 'away'),
];
const PROMISED = [promise(2, 'busy', 'a'), promise(4, 'away', 'b')];

function wrongs(promised: readonly Promised[], entries: readonly TimelineEntry[]): readonly string[] {
  return compareHistory({ agentId: AGENT, promised }, entries);
}

describe('a history', () => {
  test('is right where it holds exactly what was promised, in whatever order that came', () => {
    expect(wrongs(PROMISED, WHOLE)).toEqual([]);
    expect(wrongs(PROMISED.toReversed(), WHOLE)).toEqual([]);
    expect(wrongs([], [])).toEqual([]);
  });

  test('A10: holds one change that two tabs were promised, and one that kept the status', () => {
    const entries = [...WHOLE, chosen(5, 'c')];
    const same = promise(5, 'away', 'c');
    expect(wrongs([...PROMISED, same, same], entries)).toEqual([]);
  });

  test('is not asked about what others did', () => {
    const forced = entry(5, { type: 'status_chosen', by: 8, changed: { duty: 'break' } });
    expect(wrongs(PROMISED, [...WHOLE, forced])).toEqual([]);
  });

  test.each([
    ['a lost change', [...PROMISED, promise(5, 'busy', 'c')], WHOLE],
    ['an invented one', PROMISED.slice(1), WHOLE],
    ['a gap', PROMISED, WHOLE.filter(({ seq }) => seq !== 3)],
    ['a repeat', PROMISED, [...WHOLE, entry(4)]],
    ['a change back in time', PROMISED, [...WHOLE, entry(5, { at: 1 })]],
  ])('is wrong with %s', (_what, promised, entries) => {
    expect(wrongs(promised, entries)).toHaveLength(1);
  });

  test.each([
    ['seq', promise(3, 'busy', 'a')],
    ['status', promise(2, 'away', 'a')],
    ['reason', promise(2, 'busy', 'b')],
  ])(
    'is wrong with another %s: what was promised is lost, and what is there was promised to nobody',
    (_what, other) => {
      expect(wrongs([other, promise(4, 'away', 'b')], WHOLE)).toHaveLength(2);
    },
  );
});
