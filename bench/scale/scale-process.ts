import { createEngine } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { answer, usage } from '../answering.ts';
import { forEachAgent, logIn, openEngine, sessionOf } from '../engines.ts';
import { LAW, pagesOf } from '../law.ts';
import { HandClock } from './hand-clock.ts';

export interface Crowd {
  readonly folder: string;
  /** How many there are on the roster. */
  readonly roster: number;
  /** How many of them are here. */
  readonly live: number;
}

export interface Grown {
  readonly startMs: number;
  readonly knownBytes: number;
  readonly liveBytes: number;
}

/** An engine whose roster is large, and of whom a part is here. Resident bytes, less what the process took before. */
async function grow({ folder, roster, live }: Crowd): Promise<Grown> {
  const before = usage().residentBytes;
  const begun = performance.now();
  const { engine } = await openEngine({ folder, agents: roster, hasSnapshots: true });
  const startMs = performance.now() - begun;
  const knownBytes = usage().residentBytes - before;
  // Those who are here are spread over the whole roster.
  const step = Math.floor(roster / live);
  await forEachAgent(live, (nth) => logIn(engine, nth * step));
  await engine.snapshot();
  return { startMs, knownBytes, liveBytes: usage().residentBytes - before };
}

export interface Turned {
  readonly longestMs: number;
  readonly medianMs: number;
}

const MINUTE = 60;

/** Everybody is here and active now and then: each second of some minutes, what the timers of all of them take. */
async function turn({ agents: count, seconds }: { agents: number; seconds: number }): Promise<Turned> {
  const clock = new HandClock();
  const journal = new MemoryJournal();
  const engine = await createEngine({
    node: 'node1',
    journal,
    clock,
    roster: {
      async *members() {
        yield* pagesOf(count);
      },
    },
    catalogue: () => LAW.catalogue,
    config: () => LAW.config,
  });
  await forEachAgent(count, async (agent) => {
    await logIn(engine, agent);
    // Not all in the same second.
    if (agent % (count / MINUTE) === 0) await clock.pass(1000);
  });
  await journal.trim(await journal.head());
  const longest: number[] = [];
  for (let second = 0; second < seconds; second++) {
    for (let agent = 1 + (second % MINUTE); agent <= count; agent += MINUTE)
      engine.touch(agent, sessionOf(agent), clock.now());
    longest.push(Math.max(...(await clock.pass(1000))));
  }
  longest.sort((a, b) => a - b);
  return { longestMs: longest.at(-1) ?? 0, medianMs: longest[longest.length >> 1] ?? 0 };
}

answer({ grow, turn });
