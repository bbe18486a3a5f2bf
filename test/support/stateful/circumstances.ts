/** What happens to everybody: time, the journal's moods, and engines that end. */
import * as fc from 'fast-check';
import { alarmsOf } from '../model/timers.ts';
import { anyAgent } from './agents.ts';
import { type Kind, kind } from './move.ts';
import { PEOPLE, type Stage } from './stage.ts';
import { anyChange } from './supervisors.ts';

/** Only the end of a long while is lived through second by second. */
const LIVED_MS = 2_500;
const LONGEST_MS = 60_000;

const timePasses = kind({
  name: 'time passes',
  weight: 20,
  how: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }) },
    { weight: 2, arbitrary: fc.constantFrom(100, 999, 1000, 1001) },
    { weight: 2, arbitrary: fc.integer({ min: 1000, max: 5000 }) },
    { weight: 1, arbitrary: fc.constantFrom(7_000, 29_000, 31_000, 61_000, 301_000) },
  ),
  does: pass,
});

/** Until just before or after something is due for an agent, if nobody does anything. */
const isDue = kind({
  name: 'is due',
  weight: 14,
  how: fc.record({ agent: anyAgent, offMs: fc.constantFrom(1000, 0, -1, 1, 499, -1000) }),
  isPossible: ({ seats }, { agent }) => seats.has(agent),
  async does(stage, { agent, offMs }) {
    const { referee, clock } = stage.arena;
    const seat = referee.seat(agent);
    const freeze = referee.platform.freezeOf(seat.agent.person.organisation);
    const left = alarmsOf(seat.agent, seat.evidence, freeze).map(({ at }) => at - clock.now() + offMs);
    await pass(stage, Math.max(1, Math.min(...left, LONGEST_MS)));
  },
});

/** The machine sleeps: what comes due meanwhile comes late, and once. */
const machineSleeps = kind({
  name: 'machine sleeps',
  weight: 1,
  how: fc.constantFrom(2_000, 45_000, 700_000, 3_600_000),
  does: (stage, ms) => stage.arena.clock.sleep(ms),
});

/** While an engine runs; what comes next may come before the engine looks at the clock (D6). */
const clockIsSet = kind({
  name: 'clock is set',
  weight: 3,
  how: fc.constantFrom(45_000, 600_000, 3_600_000),
  async does(stage, byMs) {
    await stage.calm();
    stage.arena.setClock(byMs);
  },
});

const journalTrouble = kind({
  name: 'journal trouble',
  weight: 2,
  how: fc.record({ appendMs: fc.constantFrom(null, 3, 50, 120), isFailing: fc.boolean() }),
  does: (stage, trouble) => stage.trouble(trouble),
});

const calm = kind({
  name: 'calm',
  weight: 3,
  how: fc.constant(null),
  does: (stage) => stage.calm(),
});

const look = kind({
  name: 'look',
  weight: 4,
  how: fc.constant(null),
  does: (stage) => stage.look(),
});

/** While no engine runs master data change, and the wall clock may be set ahead (D6: on disk deadlines are absolute). */
const meanwhile = fc.record({
  changes: fc.array(fc.record({ agent: anyAgent, change: anyChange }), { maxLength: 2 }),
  setByMs: fc.constantFrom(0, 0, 0, 45_000, 3_600_000),
});
type Meanwhile = typeof meanwhile extends fc.Arbitrary<infer How> ? How : never;

const engineStops = kind({
  name: 'engine stops',
  weight: 1,
  how: meanwhile,
  async does(stage, how) {
    await stage.arena.stop();
    await beginAnew(stage, how);
  },
});

/** It is taken for dead, and lives on until it is buried. */
const engineCrashes = kind({
  name: 'engine crashes',
  weight: 2,
  how: meanwhile,
  async does(stage, how) {
    await stage.arena.crash();
    await beginAnew(stage, how);
  },
});

/** The one that was taken for dead is asked for something. */
const ghostIsAsked = kind({
  name: 'ghost is asked',
  weight: 2,
  how: fc.constantFrom(...PEOPLE),
  does: (stage, agent) => stage.arena.probe(agent),
});

const ghostIsBuried = kind({
  name: 'ghost is buried',
  weight: 1,
  how: fc.constant(null),
  does: (stage) => stage.arena.bury(),
});

export const circumstances: readonly Kind[] = [
  timePasses,
  isDue,
  machineSleeps,
  clockIsSet,
  journalTrouble,
  calm,
  look,
  engineStops,
  engineCrashes,
  ghostIsAsked,
  ghostIsBuried,
];

async function pass(stage: Stage, ms: number): Promise<void> {
  const leap = ms > 2 * LIVED_MS ? ms - LIVED_MS : 0;
  if (leap > 0) await stage.arena.clock.sleep(leap);
  await stage.arena.clock.advance(ms - leap);
}

async function beginAnew(stage: Stage, { changes, setByMs }: Meanwhile): Promise<void> {
  for (const { agent, change } of changes) stage.change(agent, change);
  stage.arena.clock.jump(setByMs);
  await stage.arena.begin();
}
