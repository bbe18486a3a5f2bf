/** What the peers send: a board's change of one agent, as Rollcall's own watchers get it. */
import type { WatchEvent } from '../../api/contract/tile.ts';

export interface Change {
  /** The cursor after it. */
  readonly id: string;
  readonly event: WatchEvent;
}

const TAG = 'Jv5mQ0pTt3cA';

export function change(seq: number): Change {
  const asOf = Date.now();
  return {
    id: cursor(seq + 1),
    event: {
      type: 'changes',
      after: cursor(seq),
      asOf,
      changes: [
        {
          id: 100 + (seq % 50),
          name: 'Ingrid Lindqvist',
          teamId: 1,
          department: 'Customer Service',
          status: 'available',
          category: 'available',
          since: asOf,
          connectivity: 'connected',
          routable: true,
          seq,
        },
      ],
      removed: [],
    },
  };
}

/** As a frame of tRPC's protocol with superjson: what Rollcall's own watchers get, byte for byte but for the values. */
export function frame(seq: number): string {
  const { id, event } = change(seq);
  return JSON.stringify({ id: 1, result: { type: 'data', id, data: { json: { id, data: event } } } });
}

function cursor(seq: number): string {
  return `${(100_000 + seq * 400).toString(36)}.${TAG}`;
}
