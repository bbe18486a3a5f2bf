const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Share of their time that agents at the desk spend on customers, by the hour: two peaks, and a quiet night. */
const BY_HOUR = [
  0.25, 0.2, 0.2, 0.2, 0.25, 0.3, 0.4, 0.5, 0.62, 0.72, 0.78, 0.74, 0.66, 0.66, 0.72, 0.78, 0.75, 0.68, 0.6,
  0.55, 0.48, 0.42, 0.35, 0.3,
] as const;

/** Occupancy that the callers make at a time of the day; milliseconds since some midnight. */
export function occupancyAt(timeMs: number): number {
  const hours = (((timeMs % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS;
  const hour = Math.floor(hours);
  const before = BY_HOUR[hour % BY_HOUR.length] ?? 0;
  const after = BY_HOUR[(hour + 1) % BY_HOUR.length] ?? 0;
  return before + (after - before) * (hours - hour);
}
