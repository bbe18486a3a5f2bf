import { useEffect, useState } from 'react';
import type { Failure } from './failure.ts';

/** Whole seconds left of the wait that a refusal asked for; 0 when it is over, or where none was asked for. */
export function useSecondsLeft(refusal: Failure | null): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const waitMs = refusal?.retryAfterMs ?? 0;
    const until = performance.now() + waitMs;
    const show = () => setLeft(Math.max(0, Math.ceil((until - performance.now()) / 1000)));
    show();
    if (waitMs === 0) return undefined;
    const timer = setInterval(show, 250);
    return () => clearInterval(timer);
  }, [refusal]);
  return left;
}
