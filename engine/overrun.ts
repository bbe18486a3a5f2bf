import type { AgentRecord } from './record.ts';

/** Since when the time of an agent's duty is over, epoch milliseconds; null while it isn't. */
export function overSince({ limit, limitUntil }: AgentRecord): number | null {
  return limit === 'over' || limit === 'escalated' ? limitUntil : null;
}
