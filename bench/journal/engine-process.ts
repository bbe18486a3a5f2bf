import type { Engine } from '../../engine/engine.ts';
import { answer } from '../answering.ts';
import { choose, type EngineOptions, forEachAgent, logIn, openEngine } from '../engines.ts';
import { quantile } from '../runs.ts';
import type { Outcome } from './journal-process.ts';

export interface Task extends EngineOptions {
  /** Status changes of each agent, one at a time. */
  readonly changes: number;
}

export interface EngineOutcome extends Outcome {
  /** CPU of the whole process for one change, microseconds. */
  readonly cpuMicros: number;
}

const WARM_UP_CHANGES = 2;

/** A whole engine on a journal of files: commands of all agents go in, and are answered when they are durable. */
async function run({ changes, ...options }: Task): Promise<EngineOutcome> {
  await using opened = await openEngine(options);
  const { engine } = opened;
  const ids = Array.from({ length: options.agents }, (_, index) => index + 1);
  await forEachAgent(options.agents, (agent) => logIn(engine, agent));
  await Promise.all(ids.map((agent) => work(engine, agent, WARM_UP_CHANGES)));
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const waits = (await Promise.all(ids.map((agent) => work(engine, agent, changes)))).flat();
  const ms = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  const sorted = Float64Array.from(waits).sort();
  return {
    perSecond: (waits.length / ms) * 1000,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    cpuMicros: (user + system) / waits.length,
  };
}

/** How long each change took to be durable, milliseconds. */
async function work(engine: Engine, agent: number, changes: number): Promise<readonly number[]> {
  const waits: number[] = [];
  for (let change = 0; change < changes; change++) {
    const status = engine.record(agent)?.dutyCode === 'busy' ? 'available' : 'busy';
    const begun = performance.now();
    await choose(engine, agent, { status, command: String(begun) });
    waits.push(performance.now() - begun);
  }
  return waits;
}

answer({ run });
