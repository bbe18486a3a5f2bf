/** One agent's shift: hours, and who sits there. Times are the script's, in milliseconds. */
export interface Shift {
  /** As the roster has it. */
  readonly startsAt: number;
  readonly endsAt: number;
  /** People come a little before or after. */
  readonly arrivesAt: number;
  /** Which wave of its team goes to lunch with this agent, from 0. */
  readonly wave: number;
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;

/** Waves in which a team goes to lunch. */
export const LUNCH_WAVES = 3;
