/** How old the data is, and what to say of it (SPEC G5). */

/** The server speaks every five seconds at least; twice that without a word, and what is shown may be untrue. */
export const STALE_MS = 10_000;

/** Whether there is a connection: `waiting` until the first is made, `lost` while another is sought. */
export type Connection = 'waiting' | 'open' | 'lost';

/** What the indicator says. */
export type StreamHealth = 'live' | 'stale' | 'reconnecting';

export function isStale(ageMs: number): boolean {
  return ageMs > STALE_MS;
}

export function healthOf(connection: Connection, ageMs: number): StreamHealth {
  if (connection !== 'open') return 'reconnecting';
  return isStale(ageMs) ? 'stale' : 'live';
}

/**
 * The time for which clocks on the board may be shown: it stands still once the data is stale, for nobody knows
 * whether a status lasted on.
 */
export function shownTime(now: number, asOf: number): number {
  return Math.min(now, asOf + STALE_MS);
}
