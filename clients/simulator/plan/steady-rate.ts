import { Chance } from './chance.ts';
import type { Deed, Script, Seat } from './script.ts';

export interface SteadyRateOptions {
  readonly seed: number;
  /** How many agents share the rate. */
  readonly agents: number;
  /** Status changes a second, of all together. */
  readonly rate: number;
}

/** A given load: everybody is there from the beginning, and changes status again and again, evenly spread. */
export function steadyRate(options: SteadyRateOptions): Script {
  return { speed: 1, beginsAt: 0, deedsOf: (seat) => deedsOf(seat, options) };
}

function* deedsOf({ index }: Seat, { seed, agents, rate }: SteadyRateOptions): Generator<Deed, void, void> {
  const chance = new Chance(seed, index);
  const meanMs = (agents / rate) * 1000;
  yield { at: 0, do: 'arrive' };
  for (let at = meanMs * chance.next(); ; at += meanMs * chance.between(0, 2))
    yield { at, do: 'turn', to: 'anything', reason: 'whatever there is to do', pick: chance.next() };
}
