/** Whole shifts of a script, to be looked at. */
import type { Deed, Script, Seat, Turn } from '../../clients/simulator/plan/script.ts';

/** The deeds of the first so many shifts, one list a shift. */
export function shiftsOf(script: Script, seat: Seat, count: number): readonly (readonly Deed[])[] {
  const found: Deed[][] = [];
  let current: Deed[] = [];
  for (const deed of { [Symbol.iterator]: () => script.deedsOf(seat) }) {
    current.push(deed);
    if (deed.do !== 'leave') continue;
    found.push(current);
    current = [];
    if (found.length === count) break;
  }
  return found;
}

/** The first so many deeds. */
export function firstDeeds(script: Script, seat: Seat, count: number): readonly Deed[] {
  const deeds = script.deedsOf(seat);
  return Array.from({ length: count }, () => {
    const next = deeds.next();
    if (next.done === true) throw new Error('a script has no end');
    return next.value;
  });
}

/** What somebody turned to, and how long each lasted, until the next one or the log-out. */
export function stays(shift: readonly Deed[]): readonly { readonly turn: Turn; readonly lastedMs: number }[] {
  const turns = shift.filter((deed) => deed.do === 'turn');
  const end = shift.at(-1)?.at ?? 0;
  return turns.map((turn, index) => ({ turn, lastedMs: (turns[index + 1]?.at ?? end) - turn.at }));
}
