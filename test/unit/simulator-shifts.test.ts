import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BREAK_MS,
  LUNCH_MS,
  MAX_OVERRUN_MS,
  OVERRUN_SHARE,
} from '../../clients/simulator/plan/appointments.ts';
import { Chance } from '../../clients/simulator/plan/chance.ts';
import type { Deed, Occupation } from '../../clients/simulator/plan/script.ts';
import { LUNCH_WAVES, MINUTE_MS } from '../../clients/simulator/plan/shift.ts';
import { CREWS, SHIFT_MS, shiftOf, shifts } from '../../clients/simulator/plan/shifts.ts';
import { ABSENT, type Situation, situationAfter } from '../../clients/simulator/plan/situation.ts';
import { firstDeeds, shiftsOf, stays } from '../support/shift-deeds.ts';

const NOW_AND_THEN = { numRuns: 150 };
/** Any plan of any agent. */
const plans = fc.record({
  seed: fc.nat(),
  speed: fc.constantFrom(1, 8, 60, 600),
  seat: fc.record({ index: fc.nat(9_999), team: fc.nat(200) }),
});
/** What may follow what. */
const FOLLOWS: Readonly<Record<Occupation, readonly Occupation[]>> = {
  ready: ['call', 'break', 'lunch', 'meeting', 'training', 'coaching', 'errand'],
  call: ['after_call', 'ready'],
  after_call: ['ready'],
  break: ['ready'],
  lunch: ['ready'],
  meeting: ['ready'],
  training: ['ready'],
  coaching: ['ready'],
  errand: ['ready'],
  anything: [],
};
const PAIRS = [
  ['idle', 'stir'],
  ['lose_line', 'regain_line'],
  ['open_tab', 'close_tab'],
] as const;

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Share of the shifts that have such a deed. */
function share(isSuch: (deed: Deed) => boolean): number {
  return many.filter((shift) => shift.some(isSuch)).length / many.length;
}

const teamOf = (index: number) => Math.floor(index / 50);

/** Many agents' shifts. */
const many = Array.from({ length: 1_000 }, (_, index) =>
  shiftsOf(shifts({ seed: 11, speed: 8 }), { index, team: teamOf(index) }, 1),
).flat();

describe('a plan of shifts', () => {
  test('is the same for the same seed, and another for another', () => {
    const [one, again, another] = [1, 1, 2].map((seed) =>
      firstDeeds(shifts({ seed, speed: 8 }), { index: 3, team: 0 }, 500),
    );
    expect(again).toEqual(one);
    expect(another).not.toEqual(one);
  });

  test('of seed 1, agent 1 begins its day as it always did', () => {
    const script = shifts({ seed: 1, speed: 8 });
    const said = firstDeeds(script, { index: 0, team: 0 }, 12).map(
      (deed) => `${(deed.at / MINUTE_MS).toFixed(1)} ${deed.do === 'turn' ? deed.to : deed.do}`,
    );
    expect(said).toMatchInlineSnapshot(`
      [
        "-10.0 arrive",
        "-9.9 ready",
        "2.8 call",
        "16.0 after_call",
        "16.7 ready",
        "26.2 call",
        "33.5 after_call",
        "33.7 ready",
        "40.1 call",
        "44.1 after_call",
        "44.4 ready",
        "95.1 call",
      ]
    `);
  });

  test('goes on in order of time, shift after shift', () => {
    fc.assert(
      fc.property(plans, ({ seat, ...options }) => {
        const times = shiftsOf(shifts(options), seat, 3)
          .flat()
          .map(({ at }) => at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
      NOW_AND_THEN,
    );
  });

  test('has everybody come once a shift, and go at its end', () => {
    fc.assert(
      fc.property(plans, ({ seat, ...options }) => {
        for (const [day, shift] of shiftsOf(shifts(options), seat, 2).entries()) {
          const [begin, end] = [shift[0], shift.at(-1)];
          expect([begin?.do, end?.do]).toEqual(['arrive', 'leave']);
          const inside = shift.slice(1, -1).map((deed) => deed.do);
          expect(inside.filter((what) => what === 'arrive' || what === 'leave')).toEqual([]);
          const { startsAt, endsAt } = shiftOf(seat, day, new Chance(0));
          expect(endsAt - startsAt).toBe(SHIFT_MS);
          const late = (begin?.at ?? 0) - startsAt;
          expect(late).toBeGreaterThanOrEqual(-10 * MINUTE_MS);
          expect(late).toBeLessThanOrEqual(20 * MINUTE_MS);
          const overtime = (end?.at ?? 0) - endsAt;
          expect(overtime).toBeGreaterThanOrEqual(0);
          expect(overtime).toBeLessThanOrEqual(50 * MINUTE_MS);
        }
      }),
      NOW_AND_THEN,
    );
  });

  test('has nobody in two places: one thing follows another as it does at work', () => {
    fc.assert(
      fc.property(plans, ({ seat, ...options }) => {
        for (const shift of shiftsOf(shifts(options), seat, 2)) {
          const turns = shift.filter((deed) => deed.do === 'turn').map(({ to }) => to);
          expect(turns[0]).toBe('ready');
          expect(turns.at(-1)).toBe('ready');
          for (const [index, to] of turns.slice(1).entries())
            expect(FOLLOWS[turns[index] ?? 'anything']).toContain(to);
        }
      }),
      NOW_AND_THEN,
    );
  });

  test('ends what it begins: idle spells, cuts and second devices, each before the next', () => {
    fc.assert(
      fc.property(plans, ({ seat, ...options }) => {
        for (const shift of shiftsOf(shifts(options), seat, 2)) {
          for (const pair of PAIRS) {
            const kinds: readonly Deed['do'][] = pair;
            const deeds = shift.filter((deed) => kinds.includes(deed.do)).map((deed) => deed.do);
            expect(deeds).toEqual(deeds.map((_, index) => pair[index % 2]));
            expect(deeds.length % 2).toBe(0);
          }
        }
      }),
      NOW_AND_THEN,
    );
  });

  test('has whoever is idle wait for a call, and stir before anything else', () => {
    fc.assert(
      fc.property(plans, ({ seat, ...options }) => {
        let situation: Situation = ABSENT;
        for (const deed of shiftsOf(shifts(options), seat, 3).flat()) {
          const { isActive, turn } = situation;
          expect(deed.do === 'turn' && !isActive).toBe(false);
          expect(deed.do === 'idle' && turn?.to !== 'ready').toBe(false);
          situation = situationAfter(situation, deed);
        }
      }),
      NOW_AND_THEN,
    );
  });
});

describe('the shifts of a thousand agents', () => {
  const all = many.flatMap(stays);
  const lasted = (to: Occupation) =>
    all
      .filter(({ turn }) => turn.to === to)
      .map(({ lastedMs }) => lastedMs)
      .sort((a, b) => a - b);

  test.each([
    ['break', BREAK_MS],
    ['lunch', LUNCH_MS],
  ] as const)('have each %s overrun in the share that is stated, within a bound', (to, allowanceMs) => {
    const lengths = lasted(to);
    const over = lengths.filter((length) => length > allowanceMs + 1);
    expect(lengths.length).toBeGreaterThan(900);
    expect(over.length / lengths.length).toBeGreaterThan(OVERRUN_SHARE - 0.04);
    expect(over.length / lengths.length).toBeLessThan(OVERRUN_SHARE + 0.04);
    expect(lengths.at(-1)).toBeLessThan(allowanceMs + MAX_OVERRUN_MS + 1);
    expect(lengths[0]).toBeGreaterThan(allowanceMs * 0.7);
  });

  test('have calls as long as calls are: most some minutes, a few many', () => {
    const calls = lasted('call');
    expect(median(calls) / MINUTE_MS).toBeCloseTo(4, 0);
    const mean = calls.reduce((sum, length) => sum + length, 0) / calls.length;
    expect(mean).toBeGreaterThan(median(calls) * 1.1);
    expect(calls.at(-1)).toBeLessThan(25 * MINUTE_MS + 1);
    expect(median(lasted('after_call'))).toBeLessThan(1.2 * MINUTE_MS);
  });

  test('have each team go to lunch in waves', () => {
    const waves = Array.from({ length: LUNCH_WAVES }, (): number[] => []);
    for (const [index, shift] of many.entries()) {
      const seat = { index, team: teamOf(index) };
      const { startsAt } = shiftOf(seat, 0, new Chance(0));
      const lunch = shift.find((deed) => deed.do === 'turn' && deed.to === 'lunch');
      if (lunch !== undefined)
        waves[(seat.team + Math.floor(index / CREWS)) % LUNCH_WAVES]?.push(lunch.at - startsAt);
    }
    const means = waves.map((times) => times.reduce((sum, time) => sum + time, 0) / times.length);
    for (const [index, mean] of means.slice(1).entries()) {
      expect(mean - (means[index] ?? 0)).toBeGreaterThan(25 * MINUTE_MS);
      expect(mean - (means[index] ?? 0)).toBeLessThan(35 * MINUTE_MS);
    }
    expect(waves.every(({ length }) => length > 300)).toBe(true);
  });

  test('have some of everything: trouble with the network, second devices, laptops that are just closed', () => {
    expect(share((deed) => deed.do === 'lose_line')).toBeGreaterThan(0.15);
    expect(share((deed) => deed.do === 'open_tab')).toBeGreaterThan(0.08);
    expect(share((deed) => deed.do === 'idle')).toBeGreaterThan(0.02);
    expect(share((deed) => deed.do === 'leave' && deed.how === 'close_lid')).toBeGreaterThan(0.1);
    for (const to of ['meeting', 'training', 'coaching', 'errand'] as const)
      expect(share((deed) => deed.do === 'turn' && deed.to === to)).toBeGreaterThan(0.05);
  });
});

describe('the beginning of the run', () => {
  test.each([1, 8, 60])('at speed %i finds most people there, at everything that there is', (speed) => {
    const script = shifts({ seed: 5, speed });
    const situations = Array.from({ length: 200 }, (_, index) => {
      let situation: Situation = ABSENT;
      const seat = { index, team: Math.floor(index / 70) };
      for (const deed of { [Symbol.iterator]: () => script.deedsOf(seat) }) {
        if (deed.at > script.beginsAt) break;
        situation = situationAfter(situation, deed);
      }
      return situation;
    });
    const count = (is: (situation: Situation) => boolean) => situations.filter(is).length;
    const at = (to: Occupation) => count(({ isPresent, turn }) => isPresent && turn?.to === to);
    expect(count(({ isPresent }) => isPresent)).toBeGreaterThan(160);
    expect(count(({ isPresent }) => !isPresent)).toBeGreaterThan(3);
    expect(at('ready')).toBeGreaterThan(15);
    expect(at('call')).toBeGreaterThan(50);
    expect(at('after_call')).toBeGreaterThan(3);
    expect(at('break') + at('lunch')).toBeGreaterThan(15);
  });
});
