import { createHash } from 'node:crypto';
import type { Axes } from '../../engine/axes.ts';
import { answer } from '../answering.ts';
import { type Deed, Deeds, NEWCOMER } from './deeds.ts';
import { type Population, type PopulationName, POPULATIONS } from './populations.ts';

export interface Task {
  readonly population: PopulationName;
  readonly agents: number;
  /** Mixed events, in chunks; those who are fast take more, so that it can be told how fast. */
  readonly chunks: number;
  readonly seed: number;
}

export interface Outcome {
  /** Events a second of the process's CPU. */
  readonly perSecond: number;
  /** After the first chunks: equal for everybody who has kept the law. */
  readonly digest: string;
}

export const CHUNK = 20_000;
/** What everybody takes, and is compared after. */
export const CHUNKS_OF_ALL = 5;
/** What the compiler sees before anything counts. */
const WARM_UP = { agents: 2_000, seed: 99, mixed: 20_000 };
const FIELDS = Object.keys(NEWCOMER) as (keyof Axes)[];

function run({ population: name, agents, chunks, seed }: Task): Outcome {
  const warmUp = new Deeds(WARM_UP);
  const few: Population = POPULATIONS[name](WARM_UP.agents);
  takeAll(few, warmUp.openings());
  takeAll(few, warmUp.mixed(WARM_UP.mixed));

  const deeds = new Deeds({ agents, seed });
  const population: Population = POPULATIONS[name](agents);
  takeAll(population, deeds.openings());
  let cpuMicros = 0;
  let digest = '';
  for (let chunk = 1; chunk <= chunks; chunk++) {
    cpuMicros += cpuOf(population, deeds.mixed(CHUNK));
    if (chunk === CHUNKS_OF_ALL) digest = digestOf(population, agents);
  }
  return { perSecond: (chunks * CHUNK) / (cpuMicros / 1e6), digest };
}

function cpuOf(population: Population, deeds: readonly Deed[]): number {
  // What making the deeds has left behind is not the population's.
  globalThis.gc?.({ type: 'minor' });
  const before = process.cpuUsage();
  takeAll(population, deeds);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function takeAll(population: Population, deeds: readonly Deed[]): void {
  for (const { agent, stimulus } of deeds) population.take(agent, stimulus);
}

function digestOf(population: Population, agents: number): string {
  const hash = createHash('sha256');
  for (let agent = 0; agent < agents; agent++) {
    const axes = population.axesOf(agent);
    hash.update(JSON.stringify(FIELDS.map((field) => axes[field])));
  }
  return hash.digest('hex');
}

answer({ run });
