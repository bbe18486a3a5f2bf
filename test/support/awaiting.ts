/** Somebody for whom something is yet to come, and when that comes: by the time that passes, whatever clocks say. */
import type { Engine } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import type { FakeClock } from './fake-clock.ts';
import { MINUTE } from './limited.ts';
import { LAW } from './laws.ts';
import { startUnder } from './live-law.ts';

/** What a break brings that nobody ends, and when. */
export const BREAK = [
  ['limit_near', 13 * MINUTE],
  ['limit_over', 15 * MINUTE],
  ['limit_escalated', 16 * MINUTE],
] as const;

/** Somebody who has just gone to a status; what happens from then on, and after how much time that passed. */
export async function goneTo(code: string, { law = LAW, journal = new MemoryJournal() } = {}) {
  const started = await startUnder(law, { journal });
  const { agent, clock, engine } = started;
  await agent.opens('s1');
  if (code === 'wrap_up') await agent.chooses('busy');
  if (code !== 'available') await agent.chooses(code);
  return { ...started, told: listen(engine, clock) };
}

/** What happens to the first agent from now on, and after how many milliseconds. */
export function listen(engine: Engine, clock: FakeClock) {
  const begun = clock.monotonic();
  const told: [string, number][] = [];
  engine.listen(1, ({ event }) => void told.push([event.type, clock.monotonic() - begun]));
  return told;
}

/** Without what only tells that the clock was set. */
export function withoutClocks(told: readonly (readonly [string, number])[]) {
  return told.filter(([type]) => type !== 'clock_set_ahead');
}
