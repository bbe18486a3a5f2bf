/**
 * Days at a contact centre that never closes: crews whose shifts begin one after the other, so that at any time most
 * people are there, some are about to go, and some to come.
 */
import { Chance } from './chance.ts';
import { mishapsOf } from './mishaps.ts';
import type { Deed, Script, Seat } from './script.ts';
import { HOUR_MS, LUNCH_WAVES, MINUTE_MS, type Shift } from './shift.ts';
import { workingDay } from './working-day.ts';

export interface ShiftsOptions {
  readonly seed: number;
  /** Simulated seconds in a real one. */
  readonly speed: number;
  /** What the server is configured with, real milliseconds; its defaults where absent. */
  readonly graceMs?: number;
  readonly idleMs?: number;
}

const GRACE_MS = 30_000;
const IDLE_MS = 300_000;

/** Parts into which each team falls, by when its shifts begin: each half an hour one. */
export const CREWS = 19;
const CREW_STEP_MS = 0.5 * HOUR_MS;
export const SHIFT_MS = 8.5 * HOUR_MS;
/** From the beginning of a shift to that of the next at the same desk. */
const CYCLE_MS = CREWS * CREW_STEP_MS;
/** The first shifts begin at midnight; at noon every desk has had one. */
const BEGINS_AT_MS = 12 * HOUR_MS;
const MAX_EARLY_MS = 10 * MINUTE_MS;
const MAX_LATE_MS = 20 * MINUTE_MS;

export function shifts(options: ShiftsOptions): Script {
  return { speed: options.speed, beginsAt: BEGINS_AT_MS, deedsOf: (seat) => deedsOf(seat, options) };
}

function* deedsOf(seat: Seat, options: ShiftsOptions): Generator<Deed, void, void> {
  for (let day = 0; ; day++) {
    const chance = (part: number) => new Chance(options.seed, seat.index, day, part);
    const shift = shiftOf(seat, day, chance(0));
    const { speed, graceMs = GRACE_MS, idleMs = IDLE_MS } = options;
    const mishaps = mishapsOf({ shift, chance: chance(1), speed, graceMs });
    // Idle limits, too, are real time.
    yield* merged(workingDay({ shift, chance: chance(2), idleMs: idleMs * speed }), mishaps);
  }
}

/** The shift of a day as the roster has it, and when the agent comes to it. */
export function shiftOf({ index, team }: Seat, day: number, chance: Chance): Shift {
  const startsAt = (index % CREWS) * CREW_STEP_MS + day * CYCLE_MS;
  const lateMs = chance.normal() * 7 * MINUTE_MS - 3 * MINUTE_MS;
  return {
    startsAt,
    endsAt: startsAt + SHIFT_MS,
    arrivesAt: startsAt + Math.min(MAX_LATE_MS, Math.max(-MAX_EARLY_MS, lateMs)),
    wave: (team + Math.floor(index / CREWS)) % LUNCH_WAVES,
  };
}

/** Both in order of time; the first lasts longer. */
function* merged(first: Iterable<Deed>, others: readonly Deed[]): Generator<Deed, void, void> {
  let taken = 0;
  for (const deed of first) {
    for (let other = others[taken]; other !== undefined && other.at <= deed.at; other = others[taken]) {
      yield other;
      taken++;
    }
    yield deed;
  }
}
