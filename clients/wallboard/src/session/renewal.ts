/** When a token is renewed, and when a renewal that failed is tried again. */

/** A token is renewed when it holds for no more than this. */
const BEFORE_MS = 60_000;
const SOONEST_MS = 30_000;
const LATEST_MS = 600_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;

/**
 * How long to keep a token that, by this computer's clock, holds for so long. A wrong clock makes that anything, so
 * it is kept neither for less than half a minute nor for more than ten.
 */
export function renewAfterMs(holdsForMs: number): number {
  return Math.min(LATEST_MS, Math.max(SOONEST_MS, holdsForMs - BEFORE_MS));
}

/** After so many failures before: longer each time, to a bound. */
export function retryAfterMs(failures: number): number {
  return Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
}
