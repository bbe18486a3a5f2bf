import { expect } from 'vitest';
import { sqlDocuments } from '../../engine/documents/sql.ts';
import type { SqlPool } from '../../engine/documents/sql-client.ts';
import type { AgentEvent } from '../../engine/events.ts';
import { ALL_TIME } from './histories.ts';

export interface Ready {
  readonly status: string;
  readonly database: string;
  readonly projections: Readonly<Record<'documents' | 'audit', Copied>>;
}

interface Copied {
  readonly state: string;
  readonly lag: { readonly offsets: number; readonly ageMs: number };
}

export async function readyOf(url: string): Promise<Ready> {
  return (await (await fetch(`${url}/ready`)).json()) as Ready;
}

/** Resolves to what is told when it is so. */
export async function readyWhen(
  url: string,
  { isSo, withinMs }: { isSo: (ready: Ready) => boolean; withinMs: number },
): Promise<Ready> {
  const until = Date.now() + withinMs;
  for (;;) {
    const ready = await readyOf(url);
    if (isSo(ready)) return ready;
    if (Date.now() > until) throw new Error(`not within ${withinMs} ms: ${JSON.stringify(ready)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function isCaughtUp({ projections }: Ready): boolean {
  return Object.values(projections).every(({ state, lag }) => state === 'running' && lag.offsets === 0);
}

/** The documents hold what the journal does of each agent: everything, in order, once. */
export async function expectProjected(pool: SqlPool, events: readonly AgentEvent[]): Promise<void> {
  const documents = sqlDocuments(pool);
  const { rows } = await pool.query<{ count: number }>('SELECT count(*)::int AS count FROM agent_events');
  expect(rows[0]?.count).toBe(events.length);
  for (const agentId of new Set(events.map(({ agent }) => agent))) {
    const own = events.filter(({ agent }) => agent === agentId);
    const agent = { agentId, organisationId: own[0]?.organisation ?? 0 };
    const timeline = await documents.timeline(agent, ALL_TIME);
    expect(timeline.rows.map(({ event }) => event)).toEqual(own);
    expect(own.map(({ seq }) => seq)).toEqual(own.map((_, index) => index + 1));
    expect(await documents.latestVersion(agent)).toBe(own.length);
  }
}
