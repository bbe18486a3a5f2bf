import type { Clock } from '../engine/clock.ts';

export interface Patience<Result> {
  readonly clock: Clock;
  readonly waitMs: number;
  /** What counts when it takes longer. */
  readonly otherwise: Result;
}

/** What is awaited, or something else instead where it takes too long. It goes on all the same, and must not reject then. */
export async function withinOr<Result>(
  awaited: Promise<Result>,
  { clock, waitMs, otherwise }: Patience<Result>,
): Promise<Result> {
  let timer: Disposable | null = null;
  const late = new Promise<Result>((resolve) => {
    timer = clock.after(waitMs, () => resolve(otherwise));
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    (timer as Disposable | null)?.[Symbol.dispose]();
  }
}
