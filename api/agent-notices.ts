import type { Effect } from '../engine/events.ts';
import type { Committed } from '../engine/partition.ts';
import type { NoticeFrame } from './contract/agent-frames.ts';

/** What the agent is to be told beside the new state. */
export function noticesOf({ event, record }: Pick<Committed, 'event' | 'record'>): readonly NoticeFrame[] {
  const { at, effects = [] } = event;
  return effects.flatMap((effect): NoticeFrame[] => {
    const kind = KINDS[effect];
    if (kind === null) return [];
    const notice = { op: 'notice', kind, at } as const;
    switch (kind) {
      case 'forced': {
        // What waited for the end of a task stands by another event than the one that gave the reason.
        return [{ ...notice, ...(record.forced !== null && { text: record.forced.reason }) }];
      }
      case 'released':
        return [notice];
      case 'break_ending':
        return [{ ...notice, ...(record.limitUntil !== null && { until: record.limitUntil }) }];
      case 'break_over':
        return [notice];
    }
  });
}

/** Null for what is not the agent's to be told. */
const KINDS = {
  dismiss: null,
  notify_forced: 'forced',
  notify_released: 'released',
  notify_break_ending: 'break_ending',
  notify_break_over: 'break_over',
  notify_supervisors: null,
} as const satisfies Record<Effect, NoticeFrame['kind'] | null>;
