import { useCallback, useState } from 'react';
import { type GridPlace, type RowWindow, rowWindowOf } from './row-window.ts';

/** Tiles drawn before the grid has been measured. */
const FIRST = 50;

type Ref = (grid: HTMLElement | null) => (() => void) | undefined;

/**
 * The rows of a grid to draw, kept up to date while the page is scrolled and sized; all of them where the board isn't
 * long. Put the ref on the grid.
 */
export function useRowWindow(count: number, isLong: boolean): readonly [RowWindow, Ref] {
  const [place, setPlace] = useState<GridPlace | null>(null);
  const ref = useCallback<Ref>(
    (grid) => {
      if (grid === null || !isLong) return undefined;
      const measure = () => setPlace((before) => settled(before, placeOf(grid), count));
      const sizes = new ResizeObserver(measure);
      sizes.observe(grid);
      sizes.observe(document.body);
      addEventListener('scroll', measure, { passive: true });
      measure();
      return () => {
        sizes.disconnect();
        removeEventListener('scroll', measure);
      };
    },
    [isLong, count],
  );
  if (!isLong) return [{ start: 0, end: count, above: 0, below: 0 }, ref];
  if (place === null) return [{ start: 0, end: Math.min(FIRST, count), above: 0, below: 0 }, ref];
  return [rowWindowOf(count, place), ref];
}

function placeOf(grid: HTMLElement): GridPlace {
  const style = getComputedStyle(grid);
  const tile = grid.firstElementChild?.getBoundingClientRect().height ?? 0;
  return {
    top: grid.getBoundingClientRect().top,
    viewHeight: innerHeight,
    columns: style.gridTemplateColumns.split(' ').length,
    rowHeight: Math.max(1, tile + Number.parseFloat(style.rowGap)),
  };
}

/** The former place while the same rows follow from both: nothing is drawn anew for a few pixels. */
function settled(before: GridPlace | null, now: GridPlace, count: number): GridPlace {
  if (before === null) return now;
  const [one, other] = [rowWindowOf(count, before), rowWindowOf(count, now)];
  return JSON.stringify(one) === JSON.stringify(other) ? before : now;
}
