import { expect, test } from 'vitest';
import { fuzz } from '../support/fuzz/fuzz.ts';

/**
 * Seeds that once failed, and how many steps it took. They belong to the player as it is: when it changes, each fault is
 * put back, and sought again.
 */
const kept = [
  ['B6: one id that a supervisor sent for several agents was done for one', 8, 260],
  ['B9: master data that changed while the engine was down did not become an event', 3, 260],
  ['C2: activity was lost that came while the agent went idle', 43, 680],
  ['C2: who waited behind a command of their own became idle after it', 49, 160],
  ['C2: a refused command did not end idleness', 2, 160],
  ['C3: the late bye of an ended session logged out whoever had come since', 9, 140],
  ['C4: an auto-away ended with a restart', 12, 240],
  ['D1: an agent became idle before its limit, stamped with the future', 11, 460],
  ['E1: a log-out under a hold showed the reason of the hold', 14, 160],
  ['F5: a resume overtook the loss that had to be repeated', 3, 320],
  ['G1: the window of a board that was asked for was let go', 96, 300],
  ['G1: a cursor of an earlier run was taken for one of this', 184, 220],
] as const;

test.each(kept)('%s: seed %i, %i steps', async (_, seed, steps) => {
  await expect(fuzz(seed, steps)).resolves.toBeUndefined();
});
