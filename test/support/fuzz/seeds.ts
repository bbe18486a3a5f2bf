/** Which seeds run, and how long: more of them, or one again, as the environment says. */
const { FUZZ_SEEDS = '50', FUZZ_STEPS = '10000', FUZZ_SEED } = process.env;

const GROUP = 10;
export const STEPS = Number(FUZZ_STEPS);

/** Seeds with a remainder of two, in groups that make one test each. */
export function seedGroups(remainder: 0 | 1): readonly (readonly number[])[] {
  if (FUZZ_SEED !== undefined) return Number(FUZZ_SEED) % 2 === remainder ? [[Number(FUZZ_SEED)]] : [[]];
  const seeds = Array.from({ length: Number(FUZZ_SEEDS) }, (_, at) => at + 1).filter(
    (seed) => seed % 2 === remainder,
  );
  return Array.from({ length: Math.ceil(seeds.length / GROUP) }, (_, at) =>
    seeds.slice(at * GROUP, (at + 1) * GROUP),
  );
}
