import { expect, test } from 'vitest';
import type { Tampering } from '../support/fuzz/arena.ts';
import { faults } from '../support/fuzz/faults.ts';
import { fuzz, FuzzFailed } from '../support/fuzz/fuzz.ts';

const SEEDS = Array.from({ length: 30 }, (_, at) => at + 1);
const STEPS = 3000;

test.each(Object.entries<Tampering>(faults))('A–G: the fuzz sees %s', async (_, fault) => {
  for (const seed of SEEDS) {
    const failure: unknown = await fuzz(seed, STEPS, fault).then(
      () => null,
      (error: unknown) => error,
    );
    if (failure === null) continue;
    expect(failure).toBeInstanceOf(FuzzFailed);
    expect(failure).toHaveProperty('cause.name', 'Disagreement');
    return;
  }
  expect.unreachable('no seed saw it');
});
