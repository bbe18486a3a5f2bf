import { expect, test } from 'vitest';
import type { Tampering } from '../support/fuzz/arena.ts';
import { faults } from '../support/fuzz/faults.ts';
import { search } from '../support/stateful/play.ts';

const SEED = 1;
const RUNS = 300;
const LONGEST = 120;

test.each(Object.entries<Tampering>(faults))('A–G: moves bring out %s', async (_, tampering) => {
  const found = await search({
    runs: RUNS,
    longest: LONGEST,
    tampering,
    where: { seed: SEED },
    isShortened: false,
  });
  expect(found).toMatchObject({ error: { name: 'Disagreement' } });
});
