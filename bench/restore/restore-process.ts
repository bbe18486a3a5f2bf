import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answer } from '../answering.ts';
import { choose, type EngineOptions, forEachAgent, logIn, openEngine } from '../engines.ts';

/** Fills a journal: each agent logs in and changes status, and the process goes without a word. */
async function fill(options: EngineOptions): Promise<void> {
  const { engine } = await openEngine(options);
  await forEachAgent(options.agents, (agent) => logIn(engine, agent));
  await forEachAgent(options.agents, (agent) => choose(engine, agent, { status: 'busy', command: '1' }));
}

/** Milliseconds from opening the journal until the engine takes commands. */
async function restore(options: EngineOptions): Promise<number> {
  const begun = performance.now();
  const { engine } = await openEngine(options);
  const ms = performance.now() - begun;
  const last = engine.record(options.agents);
  if (last?.dutyCode !== 'busy') throw new Error('the last agent was not restored');
  return ms;
}

export interface Reading {
  readonly ms: number;
  readonly bytes: number;
}

/** Only reads the journal's files. */
async function read({ folder }: EngineOptions): Promise<Reading> {
  const journal = join(folder, 'journal');
  const begun = performance.now();
  let bytes = 0;
  for (const name of await readdir(journal)) bytes += (await readFile(join(journal, name))).length;
  return { ms: performance.now() - begun, bytes };
}

answer({ fill, restore, read });
