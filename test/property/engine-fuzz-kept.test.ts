import { expect, test } from 'vitest';
import { fuzz } from '../support/fuzz/fuzz.ts';

/**
 * Seeds that once failed, and how many steps it took. They belong to the player as it is: when it changes, each fault is
 * put back, and sought again.
 */
const kept = [
  ['B6: one id that a supervisor sent for several agents was done for one', 7, 80],
  ['B9: master data that changed while the engine was down did not become an event', 65, 420],
  ['C2: activity was lost that came while the agent went idle', 17, 260],
  ['C2: who waited behind a command of their own became idle after it', 115, 140],
  ['C2: a refused command did not end idleness', 2, 40],
  ['C3: the late bye of an ended session logged out whoever had come since', 7, 240],
  ['C4: an auto-away ended with a restart', 16, 380],
  ['D1: an agent became idle before its limit, stamped with the future', 23, 220],
  ['E1: a log-out under a hold showed the reason of the hold', 3, 960],
  ['F5: a resume overtook the loss that had to be repeated', 15, 80],
  ['G1: the window of a board that was asked for was let go', 41, 420],
  ['G1: a cursor of an earlier run was taken for one of this', 29, 640],
] as const;

test.each(kept)('%s: seed %i, %i steps', async (_, seed, steps) => {
  await expect(fuzz(seed, steps)).resolves.toBeUndefined();
});
