import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answer, usage } from '../answering.ts';
import { type EngineOptions, forEachAgent, logIn, openEngine } from '../engines.ts';
import { change, CHANGES_EACH } from './changes.ts';

export interface Filling extends EngineOptions {
  /** How many of the agents log in. */
  readonly live: number;
}

/** Agents log in, a snapshot is taken, they change, and the process goes without a word. */
async function fill({ live, ...options }: Filling): Promise<void> {
  const { engine } = await openEngine(options);
  await forEachAgent(live, (agent) => logIn(engine, agent));
  await engine.snapshot();
  for (let number = 0; number < CHANGES_EACH; number++)
    await forEachAgent(live, (agent) => change(engine, agent, number));
}

export interface Restored {
  /** From opening the journal until commands are taken. */
  readonly ms: number;
  readonly residentBytes: number;
}

async function restore({ live, ...options }: Filling): Promise<Restored> {
  const begun = performance.now();
  const { engine } = await openEngine(options);
  const ms = performance.now() - begun;
  const last = engine.record(live);
  if (last === null || last.seq < 1 + CHANGES_EACH) throw new Error('the last agent was not restored');
  return { ms, residentBytes: usage().residentBytes };
}

export interface Reading {
  readonly ms: number;
  readonly bytes: number;
}

/** Only reads the files: of the journal, and of the snapshot. */
async function read({ folder }: EngineOptions): Promise<Reading> {
  const begun = performance.now();
  let bytes = 0;
  for (const part of ['journal', 'snapshots'])
    for (const name of await readdir(join(folder, part)))
      bytes += (await readFile(join(folder, part, name))).length;
  return { ms: performance.now() - begun, bytes };
}

answer({ fill, restore, read });
