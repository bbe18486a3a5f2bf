/** When what a break brings came, by the clock here, which never jumps. */
import type { Tab } from '../cast/tab.ts';
import type { Site } from '../stage.ts';
import { inSeconds } from '../waiting.ts';
import { timelineOf } from './history.ts';

/** So long before its end the agent is told (D2). */
const WARNED_MS = 120_000;

export interface Break {
  readonly tab: Tab;
  readonly lastsMs: number;
  /** When it began: monotonic time here, milliseconds. */
  readonly begunAt: number;
  /** The least seq of what came after that. */
  readonly from: number;
}

export interface Tolerance {
  readonly earlyMs: number;
  readonly lateMs: number;
}

/** Types of events, and how many milliseconds after its beginning they are due. */
export function dueIn({ lastsMs }: Pick<Break, 'lastsMs'>): readonly (readonly [string, number])[] {
  return [
    ['limit_near', lastsMs - WARNED_MS],
    ['limit_over', lastsMs],
  ];
}

/** What came early, late, twice or not at all, of a break that is over. */
export async function compareBreak(
  { manager, board, since }: Site,
  taken: Break,
  { earlyMs, lateMs }: Tolerance,
): Promise<readonly string[]> {
  const { begunAt, from } = taken;
  const { agentId, username } = taken.tab;
  const entries = (await timelineOf(manager, agentId, since)).filter(({ seq }) => seq >= from);
  const shown = board.shown(agentId, begunAt);
  return dueIn(taken).flatMap(([type, dueMs]) => {
    const came = entries.filter((entry) => entry.type === type);
    const seq = came[0]?.seq ?? Infinity;
    const afterMs = (shown.find(({ tile }) => tile.seq >= seq)?.at ?? Infinity) - begunAt;
    const isPunctual = afterMs >= dueMs - earlyMs && afterMs <= dueMs + lateMs;
    if (came.length === 1 && isPunctual) return [];
    return [`${username}: ${type} ${came.length} times, after ${inSeconds(afterMs)} of ${inSeconds(dueMs)}`];
  });
}
