import { describe, expect, test } from 'vitest';
import { type Carelessness, carelessDisks } from '../support/careless-disks.ts';
import { liveAndCrash, type Tally } from '../support/journal-lives.ts';
import { Breached } from '../support/ledger.ts';

const SEEDS = 1000;
const SEEDS_A_TEST = 100;

describe('a journal on a disk that crashes and fails', () => {
  const firstSeeds = Array.from({ length: SEEDS / SEEDS_A_TEST }, (_, index) => 1 + index * SEEDS_A_TEST);

  test.each(firstSeeds)(
    'F2, F5: loses, halves, invents, reorders and revives nothing, seeds %i and on',
    async (first) => {
      const seen: Tally = { starts: 0, cuts: 0, acknowledged: 0, fenced: 0, failed: 0, broken: 0 };
      for (let seed = first; seed < first + SEEDS_A_TEST; seed++) {
        const tally = await liveAndCrash(seed).catch((cause: unknown) => {
          throw new Error(`seed ${seed}: ${String(cause)}`, { cause });
        });
        for (const what of Object.keys(seen) as (keyof Tally)[]) seen[what] += tally[what];
      }
      // Nothing is proved about what never happened.
      expect(Object.entries(seen).filter(([, times]) => times === 0)).toEqual([]);
    },
  );
});

describe('the judge of these seeds', () => {
  test.each(Object.entries(carelessDisks))('F2: notices where %s', async (_, careless) => {
    expect(await firstBreach(careless)).not.toBeNull();
  });
});

/** The first seed at which a careless disk shows; null when none does. */
async function firstBreach(careless: Carelessness): Promise<{ seed: number; breach: string } | null> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      await liveAndCrash(seed, careless);
    } catch (error) {
      if (error instanceof Breached) return { seed, breach: error.message };
      throw error;
    }
  }
  return null;
}
