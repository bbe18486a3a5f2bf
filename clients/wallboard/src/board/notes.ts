import type { Tile } from '../../../../api/contract/tile.ts';
import { labelOf } from './status-style.ts';

/** What there is to say of an agent beside the status; nothing in the basic view. */
export interface Notes {
  /** Somebody else made the status what it is. */
  readonly forced: 'forced' | 'held' | null;
  /** One short line, such as `Full · chose Available`; empty where all is plain. */
  readonly text: string;
  /** The same in full. */
  readonly sentence: string;
  /** Null where there is no work and no limit. */
  readonly workload: Workload | null;
}

export interface Workload {
  readonly current: number;
  /** Null for no limit. */
  readonly max: number | null;
}

const NOTHING: Notes = { forced: null, text: '', sentence: '', workload: null };

/** Whether the tile is in the full view. */
export function isFull(tile: Tile): boolean {
  return tile.cause !== undefined;
}

export function notesOf(tile: Tile): Notes {
  if (!isFull(tile)) return NOTHING;
  const isForced = tile.cause === 'override' && tile.category !== 'offline';
  const more = [chosen(tile), tile.queued === undefined ? '' : `next ${labelOf(tile.queued)}`];
  return {
    forced: isForced ? (tile.held === true ? 'held' : 'forced') : null,
    text: joined([why(tile), ...more]),
    sentence: joined([whyInFull(tile), ...more]),
    workload: workload(tile),
  };
}

/** `2 of 3 tasks`, `1 task`. */
export function workloadText({ current, max }: Workload): string {
  return max === null ? `${current} ${current === 1 ? 'task' : 'tasks'}` : `${current} of ${max} tasks`;
}

/** What made the status what it is, where it isn't the agent's plain choice. */
function why({ cause, held, reason, category }: Tile): string {
  switch (cause) {
    case 'override':
      if (category === 'offline') return withReason('Logged out by a supervisor', reason);
      if (reason === undefined) return held === true ? 'Held by a supervisor' : 'Forced by a supervisor';
      return withReason(held === true ? 'Held' : 'Forced', reason);
    case 'capacity':
      return 'Full';
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

function whyInFull(tile: Tile): string {
  const { cause, held, reason, category } = tile;
  if (cause === 'capacity') return 'At capacity';
  if (cause !== 'override' || category === 'offline') return why(tile);
  return withReason(held === true ? 'Held by a supervisor' : 'Forced by a supervisor', reason);
}

/** What the agent declared, where something else is in force. */
function chosen({ duty, status, category }: Tile): string {
  if (duty === null || duty === undefined || duty === status || category === 'offline') return '';
  return `chose ${labelOf(duty)}`;
}

function workload({ current, max = null, category }: Tile): Workload | null {
  if (current === undefined || category === 'offline') return null;
  return current === 0 && max === null ? null : { current, max };
}

function withReason(text: string, reason: string | undefined): string {
  return reason === undefined ? text : `${text}: ${reason}`;
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}
