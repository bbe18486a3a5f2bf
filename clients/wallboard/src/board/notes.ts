import type { Tile } from '../../../../api/contract/tile.ts';
import { labelOf } from './status-style.ts';

/** What there is to say of an agent beside the status, the most important first; nothing in the basic view. */
export interface Notes {
  /** Somebody else made the status what it is. */
  readonly forced: 'forced' | 'held' | null;
  /** One line, such as `At capacity, chose Available`; empty where all is plain. */
  readonly text: string;
  /** When the status has to end, epoch milliseconds. */
  readonly deadline: number | null;
  /** `2 of 3`; null where there is no work and no limit. */
  readonly workload: string | null;
}

const NOTHING: Notes = { forced: null, text: '', deadline: null, workload: null };

/** Whether the tile is in the full view. */
export function isFull(tile: Tile): boolean {
  return tile.cause !== undefined;
}

export function notesOf(tile: Tile): Notes {
  if (!isFull(tile)) return NOTHING;
  const isForced = tile.cause === 'override' && tile.category !== 'offline';
  const parts = [why(tile), chosen(tile), tile.queued === undefined ? '' : `next ${labelOf(tile.queued)}`];
  return {
    forced: isForced ? (tile.held === true ? 'held' : 'forced') : null,
    text: parts.filter((part) => part !== '').join(' · '),
    deadline: tile.deadline ?? null,
    workload: workload(tile),
  };
}

function why({ cause, held, reason, category }: Tile): string {
  const said = reason === undefined ? '' : `: ${reason}`;
  switch (cause) {
    case 'override':
      if (category === 'offline') return `Logged out by a supervisor${said}`;
      return `${held === true ? 'Held' : 'Forced'} by a supervisor${said}`;
    case 'capacity':
      return 'At capacity';
    case 'idle':
      return 'Idle';
    case 'disconnect':
      return category === 'offline' ? 'Connection lost' : '';
    case 'overrun':
      return 'Time limit reached';
    case 'schedule':
      return 'By schedule';
    case 'agent':
    case 'system':
    case undefined:
      return reason ?? '';
  }
}

/** What the agent declared, where something else is in force. */
function chosen({ duty, status, category }: Tile): string {
  if (duty === null || duty === undefined || duty === status || category === 'offline') return '';
  return `chose ${labelOf(duty)}`;
}

function workload({ current, max, category }: Tile): string | null {
  if (current === undefined || category === 'offline') return null;
  if (max !== null && max !== undefined) return `${current} of ${max}`;
  return current === 0 ? null : String(current);
}
