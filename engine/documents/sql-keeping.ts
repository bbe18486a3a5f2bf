/** Rebuilding and purging in SQL: a few agents at a time, so that the projector and readers come in between. */
import type { AgentEvent } from '../events.ts';
import { abandoned, type AgentState, fold, openSessions, type SessionState } from './fold.ts';
import type { DocumentKeeping, Purge } from './port.ts';
import { saveSessions, saveStates } from './sql-agents.ts';
import {
  change,
  inTransaction,
  instant,
  recordset,
  select,
  type SqlClient,
  type SqlPool,
} from './sql-client.ts';
import { standingOf } from './sql-target.ts';

/** Agents of one transaction. A rebuild reads all that they have. */
const REBUILT = 10;
const CUT = 100;
/** Rows that are read or cut at a time. */
const ROWS = 5000;
const MAX_ID = 2_147_483_647;

export function sqlKeeping(pool: SqlPool, target: string): DocumentKeeping {
  return {
    async rebuild() {
      let above = 0;
      for (;;) {
        const agents = await nextAgents(pool, above, REBUILT);
        const upTo = agents.length < REBUILT ? MAX_ID : Math.max(...agents);
        await inTransaction(pool, async (client) => {
          const standing = await standingOf(client, target);
          await rebuildAgents(client, { above, upTo, newest: standing?.log ?? 0 });
        });
        if (upTo === MAX_ID) return;
        above = upTo;
      }
    },

    async purge(what) {
      const cut = { events: 0, sessions: 0 };
      for (let agents = await nextAgents(pool, 0, CUT); agents.length > 0;) {
        for (let isMore = true; isMore;) {
          const done = await inTransaction(pool, async (client) => {
            const standing = await standingOf(client, target);
            return cutHistory(client, { agents, what, newest: standing?.log ?? 0 });
          });
          cut.events += done.events;
          cut.sessions += done.sessions;
          isMore = done.events >= ROWS;
        }
        agents = await nextAgents(pool, Math.max(...agents), CUT);
      }
      return { ...cut, ...(await cutOthers(pool, what)) };
    },
  };
}

/** The next agents who have events. Steps from one to the next in the index, past all that they have. */
async function nextAgents(pool: SqlPool, above: number, limit: number): Promise<readonly number[]> {
  const rows = await select<{ agent_id: number }>(
    pool,
    `WITH RECURSIVE agents AS (
        (SELECT agent_id FROM agent_events WHERE agent_id > $1 ORDER BY agent_id LIMIT 1)
        UNION ALL
        SELECT (SELECT event.agent_id FROM agent_events event WHERE event.agent_id > agents.agent_id
          ORDER BY event.agent_id LIMIT 1)
        FROM agents WHERE agents.agent_id IS NOT NULL
      )
      SELECT agent_id FROM agents WHERE agent_id IS NOT NULL LIMIT $2`,
    [above, limit],
  );
  return rows.map(({ agent_id: id }) => id);
}

interface BaseRow extends AgentState {
  readonly agent_id: number;
  readonly log: number;
}

interface EventRow {
  readonly agent_id: number;
  readonly log: number;
  readonly seq: number;
  readonly event: AgentEvent;
}

interface Stretch {
  /** Agents with a greater id than this one, up to that one. */
  readonly above: number;
  readonly upTo: number;
  /** Number of the journal that is followed. */
  readonly newest: number;
}

async function rebuildAgents(client: SqlClient, { above, upTo, newest }: Stretch): Promise<void> {
  const within = [above, upTo];
  await change(client, 'DELETE FROM agent_status WHERE agent_id > $1 AND agent_id <= $2', within);
  await change(client, 'DELETE FROM agent_sessions WHERE agent_id > $1 AND agent_id <= $2', within);
  const bases = await select<BaseRow>(
    client,
    'SELECT agent_id, log, document, record FROM agent_bases WHERE agent_id > $1 AND agent_id <= $2',
    within,
  );
  const states = new Map<string, { readonly log: number; readonly state: AgentState }>();
  const sessions = new Map<number, SessionState[]>();
  const keep = (log: number, changed: readonly SessionState[]) => {
    const kept = sessions.get(log) ?? [];
    kept.push(...changed);
    sessions.set(log, kept);
  };
  for (const { agent_id: agent, log, document, record } of bases) {
    states.set(`${agent} ${log}`, { log, state: { document, record } });
    keep(log, openSessions(record));
  }
  for await (const { agent_id: agent, log, event } of eventsOf(client, above, upTo)) {
    const key = `${agent} ${log}`;
    const folded = fold(states.get(key)?.state ?? null, event);
    states.set(key, { log, state: folded.state });
    keep(log, folded.sessions);
  }
  const present = [...states.values()].filter(({ log }) => log === newest).map(({ state }) => state);
  for (const { log, state } of states.values()) if (log < newest) keep(log, abandoned(state.record));
  await saveStates(client, newest, present);
  for (const [log, changed] of sessions) await saveSessions(client, log, newestOfEach(changed));
}

async function* eventsOf(client: SqlClient, above: number, upTo: number): AsyncGenerator<EventRow> {
  let last: Pick<EventRow, 'agent_id' | 'log' | 'seq'> = { agent_id: above, log: MAX_ID, seq: 0 };
  for (;;) {
    const rows = await select<EventRow>(
      client,
      `SELECT agent_id, log, seq, event FROM agent_events
        WHERE (agent_id, log, seq) > ($1, $2, $3) AND agent_id <= $4
        ORDER BY agent_id, log, seq LIMIT $5`,
      [last.agent_id, last.log, last.seq, upTo, ROWS],
    );
    yield* rows;
    last = rows.at(-1) ?? last;
    if (rows.length < ROWS) return;
  }
}

function newestOfEach(sessions: readonly SessionState[]): readonly SessionState[] {
  return [...new Map(sessions.map((session) => [`${session.agentId} ${session.id}`, session])).values()];
}

/** Cuts the oldest events of these agents, and keeps what they folded to. */
async function cutHistory(
  client: SqlClient,
  { agents, what, newest }: { agents: readonly number[]; what: Purge; newest: number },
): Promise<{ events: number; sessions: number }> {
  const { organisationId, historyBefore, foldedUpTo } = what;
  const old = await select<EventRow>(
    client,
    `SELECT agent_id, log, seq, event FROM agent_events
      WHERE agent_id = ANY ($1) AND organisation_id = $2 AND at < $3 AND (log, journal_offset) <= ($4, $5)
      ORDER BY agent_id, log, seq LIMIT $6`,
    [[...agents], organisationId, instant(historyBefore), foldedUpTo.log, foldedUpTo.offset, ROWS],
  );
  const bases = await select<BaseRow>(
    client,
    'SELECT agent_id, log, document, record FROM agent_bases WHERE agent_id = ANY ($1) AND organisation_id = $2',
    [[...agents], organisationId],
  );
  const states = new Map<string, BaseRow>(bases.map((base) => [`${base.agent_id} ${base.log}`, base]));
  const changed = new Set<string>();
  for (const { agent_id, log, event } of old) {
    const key = `${agent_id} ${log}`;
    states.set(key, { agent_id, log, ...fold(states.get(key) ?? null, event).state });
    changed.add(key);
  }
  const rows = [...changed].flatMap((key) => states.get(key) ?? []).map(baseRow);
  if (rows.length > 0) {
    await change(
      client,
      `INSERT INTO agent_bases (agent_id, log, seq, organisation_id, document, record)
        SELECT agent_id, log, seq, organisation_id, document, record
        FROM jsonb_to_recordset($1) AS row
          (agent_id int, log int, seq int, organisation_id int, document jsonb, record jsonb)
        ON CONFLICT (agent_id, log) DO UPDATE
          SET seq = excluded.seq, document = excluded.document, record = excluded.record`,
      [recordset(rows)],
    );
  }
  const of = [[...agents], organisationId];
  const events = await change(
    client,
    `DELETE FROM agent_events event USING agent_bases base
      WHERE base.agent_id = ANY ($1) AND base.organisation_id = $2
        AND event.agent_id = base.agent_id AND event.log = base.log AND event.seq <= base.seq`,
    of,
  );
  const sessions = await change(
    client,
    `DELETE FROM agent_sessions session USING agent_bases base
      WHERE base.agent_id = ANY ($1) AND base.organisation_id = $2
        AND session.agent_id = base.agent_id AND session.log = base.log AND session.ended_seq <= base.seq`,
    of,
  );
  // Of an earlier journal that is cut whole nothing is folded any more.
  await change(
    client,
    `DELETE FROM agent_bases base
      WHERE base.agent_id = ANY ($1) AND base.organisation_id = $2 AND base.log < $3 AND NOT EXISTS
        (SELECT 1 FROM agent_events event WHERE event.agent_id = base.agent_id AND event.log = base.log)`,
    [...of, newest],
  );
  return { events, sessions };
}

function baseRow({ agent_id, log, document, record }: BaseRow): object {
  const { version: seq, organisationId: organisation_id } = document;
  return { agent_id, log, seq, organisation_id, document, record };
}

async function cutOthers(
  pool: SqlPool,
  { organisationId, historyBefore, foldedUpTo, messagesBefore }: Purge,
): Promise<{ messages: number; activities: number }> {
  return {
    messages: await inSteps(
      pool,
      `DELETE FROM messages WHERE id IN
        (SELECT id FROM messages WHERE organisation_id = $1 AND created_at < $2 LIMIT $3)`,
      { of: [organisationId, instant(messagesBefore)] },
    ),
    activities: await inSteps(
      pool,
      `DELETE FROM activities WHERE (agent_id, id) IN
        (SELECT agent_id, id FROM activities
          WHERE organisation_id = $1 AND at < $2 AND (log, journal_offset) <= ($4, $5) LIMIT $3)`,
      { of: [organisationId, instant(historyBefore)], more: [foldedUpTo.log, foldedUpTo.offset] },
    ),
  };
}

/** How many rows were deleted by a statement whose third parameter bounds how many it deletes. */
async function inSteps(
  pool: SqlPool,
  statement: string,
  { of, more = [] }: { of: readonly unknown[]; more?: readonly unknown[] },
): Promise<number> {
  for (let total = 0; ;) {
    const deleted = await change(pool, statement, [...of, ROWS, ...more]);
    total += deleted;
    if (deleted < ROWS) return total;
  }
}
