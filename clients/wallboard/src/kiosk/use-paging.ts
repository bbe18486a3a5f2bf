import { useEffect, useState } from 'react';

/** How long a page is shown, milliseconds. */
const PAGE_MS = 15_000;

export interface Paging {
  readonly page: number;
  readonly isPaused: boolean;
}

/** Turns pages by itself; the space bar holds and goes on, the arrow keys turn by hand. */
export function usePaging(pages: number): Paging {
  const [page, setPage] = useState(0);
  const [isPaused, setPaused] = useState(false);
  useEffect(() => {
    if (pages < 2) return undefined;
    const turn = (by: number) => setPage((before) => (before + by + pages) % pages);
    const timer = isPaused ? null : setInterval(() => turn(1), PAGE_MS);
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === ' ') setPaused((before) => !before);
      if (key === 'ArrowRight') turn(1);
      if (key === 'ArrowLeft') turn(-1);
    };
    document.addEventListener('keydown', onKey);
    return () => {
      if (timer !== null) clearInterval(timer);
      document.removeEventListener('keydown', onKey);
    };
  }, [pages, isPaused]);
  return { page: Math.min(page, Math.max(0, pages - 1)), isPaused };
}
