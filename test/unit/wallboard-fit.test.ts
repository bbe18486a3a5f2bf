import { describe, expect, test } from 'vitest';
import { fitAfter, fitOf, pageOf } from '../../clients/wallboard/src/kiosk/fit.ts';
import { rowWindowOf } from '../../clients/wallboard/src/board/row-window.ts';

const SCREEN = { width: 1900, height: 970 };
const OPTIONS = { gap: 8, min: { width: 150, height: 64 }, ideal: { width: 200, height: 84 } };

describe('tiles on a screen', () => {
  test('a team fills one page', () => {
    const fit = fitOf(50, SCREEN, OPTIONS);
    expect(fit.pages).toBe(1);
    expect(fit.columns * fit.rows).toBeGreaterThanOrEqual(50);
    expect(fit.columns * (fit.rows - 1)).toBeLessThan(50);
  });

  test('no tile is ever too small to read, and everybody is on some page', () => {
    for (const count of [1, 2, 7, 50, 137, 200, 500, 2000]) {
      const fit = fitOf(count, SCREEN, OPTIONS);
      expect(fit.tile.width).toBeGreaterThanOrEqual(OPTIONS.min.width);
      expect(fit.tile.height).toBeGreaterThanOrEqual(OPTIONS.min.height);
      expect(fit.columns * (fit.tile.width + 8) - 8).toBeLessThanOrEqual(SCREEN.width + 0.01);
      expect(fit.rows * (fit.tile.height + 8) - 8).toBeLessThanOrEqual(SCREEN.height + 0.01);
      const people = Array.from({ length: count }, (_, index) => index);
      const seen = Array.from({ length: fit.pages }, (_, page) => pageOf(people, page, fit)).flat();
      expect(seen).toEqual(people);
    }
  });

  test('a screen too small for any tile shows one at a time', () => {
    expect(fitOf(3, { width: 100, height: 50 }, OPTIONS)).toMatchObject({ perPage: 1, pages: 3 });
  });

  test('nobody at all is one empty page', () => {
    const fit = fitOf(0, SCREEN, OPTIONS);
    expect(fit.pages).toBe(1);
    expect(pageOf([], 0, fit)).toEqual([]);
  });

  test('a page that is gone counts as the first', () => {
    const fit = fitOf(500, SCREEN, OPTIONS);
    expect(pageOf([1, 2, 3], 5, fit)).toEqual([1, 2, 3]);
  });

  test('the grid is held while agents come and go, and given up when it no longer suits', () => {
    const held = fitAfter(null, { count: 50, area: SCREEN }, OPTIONS);
    const room = held.fit.perPage;
    expect(fitAfter(held, { count: room, area: SCREEN }, OPTIONS)).toBe(held);
    expect(fitAfter(held, { count: 45, area: SCREEN }, OPTIONS)).toBe(held);
    expect(fitAfter(held, { count: room + 1, area: SCREEN }, OPTIONS)).not.toBe(held);
    expect(fitAfter(held, { count: 10, area: SCREEN }, OPTIONS)).not.toBe(held);
    expect(fitAfter(held, { count: 50, area: { width: 1000, height: 970 } }, OPTIONS)).not.toBe(held);
  });
});

describe('rows of a long board', () => {
  const place = { top: 300, viewHeight: 900, columns: 7, rowHeight: 84 };

  test('those in sight are drawn and there is room for the others', () => {
    for (const top of [300, 0, -84, -5_000, -23_000]) {
      const { start, end, above, below } = rowWindowOf(2000, { ...place, top });
      expect(start).toBeLessThanOrEqual(Math.floor(Math.max(0, -top) / 84) * 7);
      expect(end).toBeGreaterThanOrEqual(Math.min(2000, Math.ceil((900 - top) / 84) * 7));
      expect(end - start).toBeLessThan(300);
      const drawn = Math.ceil((end - start) / 7) * 84;
      expect(above + drawn + below).toBe(Math.ceil(2000 / 7) * 84);
    }
  });

  test('a grid that is scrolled past keeps its height', () => {
    const { start, end, above, below } = rowWindowOf(2000, { ...place, top: -100_000 });
    expect(end).toBeGreaterThan(start);
    expect(above + Math.ceil((end - start) / 7) * 84 + below).toBe(Math.ceil(2000 / 7) * 84);
  });

  test('an empty grid has no rows', () => {
    expect(rowWindowOf(0, place)).toEqual({ start: 0, end: 0, above: 0, below: 0 });
  });

  test('a grid below what is in sight draws a row, to be measured by', () => {
    const { start, end } = rowWindowOf(50, { ...place, top: 50_000 });
    expect(start).toBe(0);
    expect(end).toBeGreaterThan(0);
  });
});
