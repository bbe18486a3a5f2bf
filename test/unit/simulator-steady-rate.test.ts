import { expect, test } from 'vitest';
import { steadyRate } from '../../clients/simulator/plan/steady-rate.ts';
import { firstDeeds } from '../support/shift-deeds.ts';

const MINUTE_MS = 60_000;
const AGENTS = 300;
const RATE = 20;

const script = steadyRate({ seed: 4, agents: AGENTS, rate: RATE });
const own = Array.from({ length: AGENTS }, (_, index) => firstDeeds(script, { index, team: 0 }, 40));
const times = own.map((deeds) => deeds.slice(1).map(({ at }) => at));

test('a steady rate has everybody there from the beginning, and nobody go', () => {
  for (const [arrival, ...turns] of own) {
    expect(arrival).toEqual({ at: script.beginsAt, do: 'arrive' });
    expect(turns.every((deed) => deed.do === 'turn' && deed.to === 'anything')).toBe(true);
  }
});

test('a steady rate is the rate of all together, in each minute of the run', () => {
  const all = times.flat();
  for (let minute = 0; minute < 5; minute++) {
    const changes = all.filter((at) => Math.floor(at / MINUTE_MS) === minute).length;
    expect(changes / 60).toBeGreaterThan(RATE * 0.9);
    expect(changes / 60).toBeLessThan(RATE * 1.1);
  }
});

test('a steady rate goes on in order of time, the same for the same seed', () => {
  for (const each of times) expect(each).toEqual(each.toSorted((a, b) => a - b));
  const again = firstDeeds(steadyRate({ seed: 4, agents: AGENTS, rate: RATE }), { index: 7, team: 0 }, 40);
  expect(again).toEqual(own[7]);
});
