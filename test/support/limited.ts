import type { AgentEvent } from '../../engine/events.ts';
import type { Law } from '../../engine/law.ts';
import { LAW } from './laws.ts';
import { startUnder } from './live-law.ts';

export const MINUTE = 60_000;

/** Somebody who has just gone to a status. */
export async function goneTo(code: string, law: Law = LAW) {
  const started = await startUnder(law);
  const { agent, clock, events } = started;
  await agent.opens('s1');
  if (code === 'wrap_up') await agent.chooses('busy');
  if (code !== 'available') await agent.chooses(code);
  return { ...started, begun: clock.now(), before: events.splice(0) };
}

/** When what happened, in milliseconds after the beginning. */
export function timesOf(events: readonly AgentEvent[], begun: number): readonly unknown[] {
  return events.map(({ type, at, effects = [] }) => [type, at - begun, ...effects]);
}
