import type { Timeline, TimelineEntry } from '../../../api/contract/timeline.ts';
import type { Person } from '../cast/person.ts';
import { until } from '../waiting.ts';

/** A status change as the server acknowledged it. */
export interface Promised {
  /** The agent's seq after it. */
  readonly seq: number;
  readonly status: string;
  readonly reason: string;
}

export interface Promises {
  readonly agentId: number;
  /** In the order in which they were acknowledged, of all the agent's tabs together. */
  readonly promised: readonly Promised[];
}

const PAGE = 100;
const END_OF_TIME = 253_402_300_799_999;
/** How long the documents may lag behind the journal. */
const PATIENCE_MS = 60_000;

/** What the server tells of an agent from `since` on (epoch milliseconds), when it lags no more. @throws Fault */
export async function timelineOf(
  overseer: Person,
  agentId: number,
  since: number,
): Promise<readonly TimelineEntry[]> {
  let told = await pagesOf(overseer, agentId, since);
  await until(
    async () => {
      if (told.lagMs > 0) told = await pagesOf(overseer, agentId, since);
      return told.lagMs === 0;
    },
    { what: `the history of agent ${agentId} lags no more`, withinMs: PATIENCE_MS },
  );
  return told.entries;
}

async function pagesOf(
  { api }: Person,
  agentId: number,
  from: number,
): Promise<{ readonly entries: readonly TimelineEntry[]; readonly lagMs: number }> {
  const entries: TimelineEntry[] = [];
  let lagMs = 0;
  let cursor: string | null = null;
  do {
    const page: Timeline = await api.presence.timeline.query({
      agentId,
      from,
      to: END_OF_TIME,
      limit: PAGE,
      cursor,
    });
    entries.push(...page.entries);
    lagMs = Math.max(lagMs, page.lagMs);
    cursor = page.next;
  } while (cursor !== null);
  return { entries, lagMs };
}

/** Compares the history of each agent with what was promised; answers what is wrong. */
export async function judgeHistories(
  overseer: Person,
  agents: readonly Promises[],
  since: number,
): Promise<readonly string[]> {
  const wrongs: string[] = [];
  for (const agent of agents)
    wrongs.push(...compareHistory(agent, await timelineOf(overseer, agent.agentId, since)));
  return wrongs;
}

/**
 * A history is whole (its seqs have no gap and no repeat), in order of time, and holds of the agent's own choices
 * exactly what was promised, each with its seq, status and reason.
 */
export function compareHistory(
  { agentId, promised }: Promises,
  entries: readonly TimelineEntry[],
): readonly string[] {
  const wrongs: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1];
    if (before === undefined) continue;
    if (entry.seq !== before.seq + 1) wrongs.push(`agent ${agentId}: ${entry.seq} follows ${before.seq}`);
    if (entry.at < before.at) wrongs.push(`agent ${agentId}: ${entry.seq} lies before ${before.seq} in time`);
  }
  const held = new Set(choicesIn(entries, agentId).map(nameOf));
  const said = new Set(promised.map(nameOf));
  for (const name of said) if (!held.has(name)) wrongs.push(`agent ${agentId}: lost is ${name}`);
  for (const name of held) if (!said.has(name)) wrongs.push(`agent ${agentId}: nobody was promised ${name}`);
  return wrongs;
}

/** The agent's own choices. An entry tells the duty only where it changed. */
function choicesIn(entries: readonly TimelineEntry[], agentId: number): readonly Promised[] {
  const choices: Promised[] = [];
  let duty: string | null = null;
  for (const { seq, type, by, reason = '', changed } of entries) {
    if (changed.duty !== undefined) duty = changed.duty;
    if (type === 'status_chosen' && by === agentId) choices.push({ seq, status: duty ?? '', reason });
  }
  return choices;
}

function nameOf({ seq, status, reason }: Promised): string {
  return `${seq} ${status} ${JSON.stringify(reason)}`;
}
