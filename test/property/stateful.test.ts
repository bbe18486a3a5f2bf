import { expect, test } from 'vitest';
import { NOTHING, playWritten, report, search } from '../support/stateful/play.ts';
import { keptRuns } from './kept-runs.ts';

/** More runs, longer ones, elsewhere, or one again, as the environment says. */
const { STATEFUL_RUNS, STATEFUL_LONGEST, STATEFUL_SEED, STATEFUL_PATH, STATEFUL_REPLAY } = process.env;
const RUNS = Number(STATEFUL_RUNS ?? 100);
const LONGEST = Number(STATEFUL_LONGEST ?? 100);
/** The suite is the same for everybody; whoever asks for more runs looks where nobody has. */
const SEED = STATEFUL_SEED ?? (STATEFUL_RUNS === undefined ? '1' : null);
const WHERE = {
  ...(SEED !== null && { seed: Number(SEED) }),
  ...(STATEFUL_PATH !== undefined && { path: STATEFUL_PATH }),
  ...(STATEFUL_REPLAY !== undefined && { replayPath: STATEFUL_REPLAY }),
};

test.each(keptRuns)('$title', async ({ moves }) => {
  await expect(playWritten(moves)).resolves.toBeUndefined();
});

test(
  'A–G: whatever agents, supervisors, watchers, time and crashes do, the engine does what the rules say',
  async () => {
    const found = await search({ runs: RUNS, longest: LONGEST, where: WHERE });
    expect(report(found)).toBe(NOTHING);
  },
  Infinity,
);
