import { useCallback, useState } from 'react';
import type { Area } from './fit.ts';

/** The room that an element has, inside its padding; kept up to date. */
export function useArea(): readonly [Area | null, (element: HTMLElement | null) => (() => void) | undefined] {
  const [area, setArea] = useState<Area | null>(null);
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      setArea({ width, height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [area, ref];
}
