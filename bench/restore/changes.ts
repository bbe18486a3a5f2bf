/** What happens to agents behind the snapshot: in the proportions in which it happens, with ids as clients make them. */
import { randomUUID } from 'node:crypto';
import type { Engine } from '../../engine/engine.ts';
import { choose, logIn, lose, work } from '../engines.ts';

type Change = (engine: Engine, agent: number) => Promise<void>;

/** Every other agent opens and closes a second tab meanwhile. */
const CHANGES: readonly (readonly Change[])[] = [
  [chooses('busy'), worksOn(1), worksOn(0), chooses('available'), chooses('busy')],
  [chooses('busy'), opensTab, worksOn(1), closesTab, chooses('available')],
];

/** How many happen to each agent. */
export const CHANGES_EACH = 5;

/** The first, second … change of an agent; an event each. @throws Error */
export async function change(engine: Engine, agent: number, number: number): Promise<void> {
  await CHANGES[agent % CHANGES.length]?.[number]?.(engine, agent);
}

function chooses(status: string): Change {
  return (engine, agent) => choose(engine, agent, { status, command: randomUUID() });
}

function worksOn(current: number): Change {
  return (engine, agent) => work(engine, agent, { current, command: randomUUID() });
}

function opensTab(engine: Engine, agent: number): Promise<void> {
  return logIn(engine, agent, 2);
}

function closesTab(engine: Engine, agent: number): Promise<void> {
  return lose(engine, agent, 2);
}
