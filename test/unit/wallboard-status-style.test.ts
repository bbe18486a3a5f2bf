import { describe, expect, test } from 'vitest';
import { CATEGORIES } from '../../api/contract/tile.ts';
import { CATEGORY_ORDER, labelOf, styleOf } from '../../clients/wallboard/src/board/status-style.ts';

describe('how a status is drawn', () => {
  test('A8: Rocket.Chat#3625: every category has a shape that no other has, so that none is told by colour alone', () => {
    const shapes = CATEGORIES.map((category) => styleOf(category, category).shape);
    expect(new Set(shapes).size).toBe(CATEGORIES.length);
  });

  test('A8: every category has its place in the order', () => {
    expect([...CATEGORY_ORDER].sort()).toEqual([...CATEGORIES].sort());
  });

  test('A8: a code that an organisation added has a word of its own and the shape of its category', () => {
    expect(styleOf('team_meeting', 'away')).toEqual({ label: 'Team meeting', shape: 'triangle' });
    expect(styleOf('lunch', 'break')).toEqual({ label: 'Lunch', shape: styleOf('break', 'break').shape });
  });

  test('a code in words', () => {
    expect(labelOf('wrap_up')).toBe('Wrap-up');
    expect(labelOf('available')).toBe('Available');
    expect(labelOf('on__call ')).toBe('On call');
  });
});
