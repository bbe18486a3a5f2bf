import { expect, test } from 'vitest';
import type { Tampering } from '../support/fuzz/arena.ts';
import { faults } from '../support/fuzz/faults.ts';
import { search } from '../support/stateful/play.ts';

const SEED = 1;
const RUNS = 300;
const LONGEST = 120;
/** They take more than so few moves can be relied on to bring about: the fuzz, whose runs are long, sees them. */
const RARE = new Set([
  'snapshots that say they are newer than they are',
  'a connection that may flap once more',
  'a mass disconnect that takes one more',
  'an engine that misses activity',
  'an engine that does not hear of a log-in session that ended',
]);
/** The fuzz sets no clock while an engine runs. */
const BY_THE_WALL_CLOCK: Tampering = {
  clock: (inner) => ({
    now: () => inner.now(),
    monotonic: () => inner.now(),
    after: (delayMs, run) => inner.after(delayMs, run),
    every: (intervalMs, run) => inner.every(intervalMs, run),
  }),
};
const seen = Object.entries<Tampering>(faults).filter(([name]) => !RARE.has(name));

test.each([...seen, ['an engine that goes by the wall clock alone', BY_THE_WALL_CLOCK] as const])(
  'A–G: moves bring out %s',
  async (_, tampering) => {
    const found = await search({
      runs: RUNS,
      longest: LONGEST,
      tampering,
      where: { seed: SEED },
      isShortened: false,
    });
    expect(found).toMatchObject({ error: { name: 'Disagreement' } });
  },
);
