/**
 * `npm run soak -- [--minutes 10] [--agents 5000] [--heartbeats 20000] [--changes 1000]`: a whole engine on files, with
 * its snapshots, under steady load. Prints a line each half minute, and at the end whether the heap stayed flat and how
 * long collections paused it; ends with 1 where it didn't, or they took longer than they may.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { choose, forEachAgent, logIn, openEngine, sessionOf } from '../../bench/engines.ts';
import { quantile } from '../../bench/runs.ts';
import { systemClock } from '../../engine/clock.ts';
import { settleCollector } from '../../engine/collector.ts';
import type { Engine } from '../../engine/engine.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    agents: { type: 'string', default: '5000' },
    heartbeats: { type: 'string', default: '20000' },
    changes: { type: 'string', default: '1000' },
  },
});
const agents = Number(values.agents);
const endsAt = systemClock.monotonic() + Number(values.minutes) * 60_000;
/** Load comes in so many small portions a second. */
const PORTIONS = 50;
const TOLD_EVERY_MS = 30_000;
const SNAPSHOT_EVERY_MS = 60_000;
const MAX_PAUSE_MS = 5;
/** What was collected is given up by then, and told of. */
const SWEPT_MS = 1_000;
/** Answers of each session. */
const REMEMBERED = 64;
/** By how much the heap may have grown from a third of the time to its end. */
const MAX_GROWTH = 0.05;

settleCollector();
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const pauses: number[] = [];
let isMeasured = false;
new PerformanceObserver((list) => {
  if (isMeasured) for (const { duration } of list.getEntries()) pauses.push(duration);
}).observe({ entryTypes: ['gc'] });

const folder = await mkdtemp(join(tmpdir(), 'rollcall-soak-'));
try {
  process.exitCode = (await soak()) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function soak(): Promise<boolean> {
  await using opened = await openEngine({ folder, agents, hasSnapshots: true });
  const { engine } = opened;
  await forEachAgent(agents, (agent) => logIn(engine, agent));
  // Until the memory of answers is as full as it ever gets.
  for (let n = 0; n < REMEMBERED; n++)
    await forEachAgent(agents, (agent) => change(engine, agent, `warm ${n}`));
  // What the beginning left behind is not the load's.
  await inUse();
  let beaten = 0;
  let changed = 0;
  let answered = 0;
  const begun = systemClock.monotonic();
  const portion = () => {
    const share = (systemClock.monotonic() - begun) / 1000;
    for (; beaten < share * Number(values.heartbeats); beaten++) {
      const agent = 1 + (beaten % agents);
      engine.touch(agent, sessionOf(agent), systemClock.now());
    }
    for (; changed < share * Number(values.changes); changed++) {
      const agent = 1 + ((changed * 7919) % agents);
      void change(engine, agent, String(changed)).then(() => (answered += 1));
    }
  };
  const tell = () => {
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    const sorted = Float64Array.from(pauses).sort();
    process.stdout.write(
      `${Math.round((systemClock.monotonic() - begun) / 1000)} s: ${beaten} heartbeats, ${answered} changes, ` +
        `heap ${megabytes(heapUsed)}, arrays ${megabytes(arrayBuffers)}, resident ${megabytes(rss)}, ` +
        `${pauses.length} pauses, p99 ${quantile(sorted, 0.99).toFixed(1)} ms, longest ${(sorted.at(-1) ?? 0).toFixed(1)} ms\n`,
    );
  };
  using _load = systemClock.every(1000 / PORTIONS, portion);
  using _telling = systemClock.every(TOLD_EVERY_MS, tell);
  using _snapshots = systemClock.every(SNAPSHOT_EVERY_MS, () => void engine.snapshot());
  const waiting = (share: number) =>
    new Promise<void>((resolve) => void systemClock.after(share * (endsAt - begun), resolve));
  await waiting(1 / 3);
  const early = await inUse();
  await waiting(2 / 3);
  return verdict({ early, late: await inUse(), answered: answered / changed });
}

/** What is in use after collections, which are not counted. */
async function inUse(): Promise<number> {
  isMeasured = false;
  collect();
  // Arrays are given up beside what runs, and what waited for that with the next one.
  await new Promise<void>((resolve) => void systemClock.after(SWEPT_MS, resolve));
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  systemClock.after(SWEPT_MS, () => (isMeasured = true));
  return heapUsed + arrayBuffers;
}

function change(engine: Engine, agent: number, command: string): Promise<void> {
  const status = engine.record(agent)?.dutyCode === 'busy' ? 'available' : 'busy';
  return choose(engine, agent, { status, command });
}

function verdict({ early, late, answered }: Record<'early' | 'late' | 'answered', number>): boolean {
  const growth = late / early - 1;
  const p99 = quantile(Float64Array.from(pauses).sort(), 0.99);
  const isFlat = growth <= MAX_GROWTH;
  const isQuick = p99 <= MAX_PAUSE_MS;
  process.stdout.write(
    `heap ${isFlat ? 'flat' : 'GROWS'}: ${(growth * 100).toFixed(1)} % from a third of the time to its end; ` +
      `pauses ${isQuick ? 'short' : 'TOO LONG'}: p99 ${p99.toFixed(1)} ms of ${pauses.length}; ` +
      `${(answered * 100).toFixed(1)} % of the changes answered\n`,
  );
  return isFlat && isQuick;
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
