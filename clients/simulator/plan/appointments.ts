import type { Chance } from './chance.ts';
import type { Occupation } from './script.ts';
import { HOUR_MS, MINUTE_MS, type Shift } from './shift.ts';

/** What the plan of the day has for an agent beside customers. */
export interface Appointment {
  readonly at: number;
  readonly to: Occupation;
  /** How long it may take. */
  readonly allowanceMs: number;
  readonly reason: string;
}

/** Share of the breaks that take longer than they may. */
export const OVERRUN_SHARE = 0.2;
export const BREAK_MS = 15 * MINUTE_MS;
export const LUNCH_MS = 45 * MINUTE_MS;
/** Nobody is away for longer than that beyond the allowance. */
export const MAX_OVERRUN_MS = 20 * MINUTE_MS;
const OVERRUN_MEDIAN_MS = 4 * MINUTE_MS;

const FIRST_BREAK_MS = 1.75 * HOUR_MS;
const LUNCH_AFTER_MS = 3.5 * HOUR_MS;
const WAVE_MS = 0.5 * HOUR_MS;
const SECOND_BREAK_MS = 6.75 * HOUR_MS;
/** As exactly as people keep to a plan. */
const JITTER_MS = 8 * MINUTE_MS;

interface Gathering {
  readonly to: Occupation;
  /** How likely a shift has one. */
  readonly share: number;
  readonly afterMs: number;
  readonly minutes: readonly [number, number];
  readonly reasons: readonly string[];
}

const GATHERINGS: readonly Gathering[] = [
  {
    to: 'meeting',
    share: 0.3,
    afterMs: 0.75 * HOUR_MS,
    minutes: [15, 30],
    reasons: ['team meeting', 'weekly figures', 'planning with the team lead'],
  },
  {
    to: 'coaching',
    share: 0.15,
    afterMs: 2.75 * HOUR_MS,
    minutes: [20, 40],
    reasons: ['coaching with Alex', 'listening to calls', 'monthly feedback'],
  },
  {
    to: 'training',
    share: 0.12,
    afterMs: 5.5 * HOUR_MS,
    minutes: [30, 60],
    reasons: ['new product training', 'security training', 'the new tariff'],
  },
];

/** The day's appointments, in order. */
export function appointmentsOf({ startsAt, wave }: Shift, chance: Chance): readonly Appointment[] {
  const at = (afterMs: number) => startsAt + afterMs + chance.between(-JITTER_MS, JITTER_MS);
  const gatherings = GATHERINGS.filter(({ share }) => chance.happens(share)).map(
    ({ to, afterMs, minutes, reasons }): Appointment => ({
      at: at(afterMs),
      to,
      allowanceMs: chance.between(...minutes) * MINUTE_MS,
      reason: chance.pick(reasons),
    }),
  );
  return [
    ...gatherings,
    { at: at(FIRST_BREAK_MS), to: 'break', allowanceMs: BREAK_MS, reason: 'coffee' } as const,
    {
      at: at(LUNCH_AFTER_MS + wave * WAVE_MS),
      to: 'lunch',
      allowanceMs: LUNCH_MS,
      reason: 'lunch with the team',
    } as const,
    { at: at(SECOND_BREAK_MS), to: 'break', allowanceMs: BREAK_MS, reason: 'fresh air' } as const,
  ].sort((a, b) => a.at - b.at);
}

/** How long it takes in the end. */
export function stayMs({ to, allowanceMs }: Appointment, chance: Chance): number {
  if ((to === 'break' || to === 'lunch') && chance.happens(OVERRUN_SHARE))
    return allowanceMs + Math.min(MAX_OVERRUN_MS, chance.logNormal(OVERRUN_MEDIAN_MS, 0.7));
  return allowanceMs * chance.between(0.75, 1);
}
