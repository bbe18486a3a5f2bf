import type { AgentRecord } from './record.ts';

/** What a record tells of the limit of its duty. */
export type Limited = Pick<AgentRecord, 'limit' | 'limitUntil'>;

/** Since when the time of an agent's duty is over, epoch milliseconds; null while it isn't. */
export function overSince({ limit, limitUntil }: Limited): number | null {
  return limit === 'over' || limit === 'escalated' ? limitUntil : null;
}
