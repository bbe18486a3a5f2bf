import { expect, test } from 'vitest';
import { fuzz } from '../support/fuzz/fuzz.ts';
import { seedGroups, STEPS } from '../support/fuzz/seeds.ts';

test.each(seedGroups(1).map((seeds) => [seeds] as const))(
  'F5: over a journal that is slow and fails the engine does what the rules say, whatever happens: seeds %s',
  async (seeds) => {
    for (const seed of seeds) await expect(fuzz(seed, STEPS)).resolves.toBeUndefined();
  },
);
