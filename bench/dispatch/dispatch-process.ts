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
/** The first of them. */
const UNCOUNTED = 1;
/** What the compiler sees before anything counts. */
const WARM_UP = { agents: 2_000, seed: 99, chunks: 1 };
const FIELDS = Object.keys(NEWCOMER) as (keyof Axes)[];

function run({ population: name, agents, chunks, seed }: Task): Outcome {
  const warmUp = made(WARM_UP.chunks, WARM_UP);
  const few: Population = POPULATIONS[name](WARM_UP.agents);
  takeAll(few, warmUp.openings);
  for (const chunk of warmUp.chunks) takeAll(few, chunk);

  const deeds = made(chunks, { agents, seed });
  const population: Population = POPULATIONS[name](agents);
  takeAll(population, deeds.openings);
  // What was left behind so far is not this population's; nor is it counted how the collector finds its pace again.
  globalThis.gc?.();
  for (const chunk of deeds.chunks.slice(0, UNCOUNTED)) takeAll(population, chunk);
  const first = cpuOf(population, deeds.chunks.slice(UNCOUNTED, CHUNKS_OF_ALL));
  const digest = digestOf(population, agents);
  const rest = cpuOf(population, deeds.chunks.slice(CHUNKS_OF_ALL));
  return { perSecond: ((chunks - UNCOUNTED) * CHUNK) / ((first + rest) / 1e6), digest };
}

/** All of them in advance: whoever makes them is gone, and its garbage with it, before anything counts. */
function made(chunks: number, options: { readonly agents: number; readonly seed: number }) {
  const deeds = new Deeds(options);
  return { openings: deeds.openings(), chunks: Array.from({ length: chunks }, () => deeds.mixed(CHUNK)) };
}

/** Microseconds of the process, its garbage collector's among them. */
function cpuOf(population: Population, chunks: readonly (readonly Deed[])[]): number {
  const before = process.cpuUsage();
  for (const chunk of chunks) takeAll(population, chunk);
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
