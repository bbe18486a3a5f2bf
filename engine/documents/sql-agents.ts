/** Statuses, events and sessions of agents in SQL. */
import type { AgentEvent } from '../events.ts';
import type { AgentRecord } from '../record.ts';
import { decodeCursor, pageOf } from './cursor.ts';
import { type AgentState, fold, type SessionState } from './fold.ts';
import { Folding } from './folding.ts';
import type { AgentDocuments, AgentKey } from './port.ts';
import type { HistoryEntry, SessionDocument, StatusDocument } from './shapes.ts';
import {
  change,
  instant,
  instantOrNull,
  millis,
  millisOrNull,
  recordset,
  select,
  type SqlClient,
  type SqlPool,
} from './sql-client.ts';

/** Takes in what happened; resolves to how many events are missing before. */
export async function takeEvents(
  client: SqlClient,
  log: number,
  events: readonly { readonly offset: number; readonly event: AgentEvent }[],
): Promise<number> {
  if (events.length === 0) return 0;
  const agents = [...new Set(events.map(({ event }) => event.agent))];
  const folding = new Folding(
    await select<AgentState>(
      client,
      'SELECT document, record FROM agent_status WHERE agent_id = ANY ($1) AND log = $2',
      [agents, log],
    ),
  );
  for (const { event } of events) folding.add(event);
  await insertEvents(client, log, events);
  await saveStates(client, log, folding.changed);
  await saveSessions(client, log, folding.sessions);
  return folding.missing;
}

/** The journal is another one: to nobody anything has happened in it, and nobody is there. */
export async function renewAgents(client: SqlClient): Promise<void> {
  await change(
    client,
    `UPDATE agent_sessions session
      SET ended_at = agent.updated_at, ended_by = 'journal_replaced', ended_seq = agent.seq
      FROM agent_status agent
      WHERE agent.agent_id = session.agent_id AND session.ended_at IS NULL`,
  );
  await change(client, 'DELETE FROM agent_status');
}

export async function saveStates(
  client: SqlClient,
  log: number,
  states: readonly AgentState[],
): Promise<void> {
  if (states.length === 0) return;
  const rows = states.map(({ record, document }) => ({
    agent_id: document.agentId,
    organisation_id: document.organisationId,
    log,
    seq: document.version,
    team_id: document.teamId,
    status: document.status,
    updated_at: instant(document.updatedAt),
    document,
    record,
  }));
  await change(
    client,
    `INSERT INTO agent_status
      (agent_id, organisation_id, log, seq, team_id, status, updated_at, document, record)
      SELECT agent_id, organisation_id, log, seq, team_id, status, updated_at, document, record
      FROM json_to_recordset($1) AS row (agent_id int, organisation_id int, log int, seq int, team_id int,
        status text, updated_at timestamptz, document jsonb, record jsonb)
      ON CONFLICT (agent_id) DO UPDATE SET organisation_id = excluded.organisation_id, log = excluded.log,
        seq = excluded.seq, team_id = excluded.team_id, status = excluded.status,
        updated_at = excluded.updated_at, document = excluded.document, record = excluded.record`,
    [recordset(rows)],
  );
}

export async function saveSessions(
  client: SqlClient,
  log: number,
  sessions: readonly SessionState[],
): Promise<void> {
  if (sessions.length === 0) return;
  const rows = sessions.map((session) => ({
    agent_id: session.agentId,
    id: session.id,
    organisation_id: session.organisationId,
    log,
    device: session.device,
    address: session.address,
    started_at: instant(session.startedAt),
    lost_at: instantOrNull(session.lostAt),
    ended_at: instantOrNull(session.endedAt),
    ended_by: session.endedBy,
    ended_seq: session.endedSeq,
  }));
  await change(
    client,
    `INSERT INTO agent_sessions (agent_id, id, organisation_id, log, device, address, started_at, lost_at,
        ended_at, ended_by, ended_seq)
      SELECT agent_id, id, organisation_id, log, device, address, started_at, lost_at, ended_at, ended_by,
        ended_seq
      FROM json_to_recordset($1) AS row (agent_id int, id text, organisation_id int, log int, device text,
        address text, started_at timestamptz, lost_at timestamptz, ended_at timestamptz, ended_by text,
        ended_seq int)
      ON CONFLICT (agent_id, id) DO UPDATE SET lost_at = excluded.lost_at, ended_at = excluded.ended_at,
        ended_by = excluded.ended_by, ended_seq = excluded.ended_seq`,
    [recordset(rows)],
  );
}

/** An event that is there already is no repetition, which the position keeps away, but another history. */
async function insertEvents(
  client: SqlClient,
  log: number,
  events: readonly { readonly offset: number; readonly event: AgentEvent }[],
): Promise<void> {
  const rows = events.map(({ offset, event }) => ({
    agent_id: event.agent,
    log,
    seq: event.seq,
    organisation_id: event.organisation,
    journal_offset: offset,
    type: event.type,
    at: instant(event.at),
    event,
  }));
  await change(
    client,
    `INSERT INTO agent_events (agent_id, log, seq, organisation_id, journal_offset, type, at, event)
      SELECT agent_id, log, seq, organisation_id, journal_offset, type, at, event
      FROM json_to_recordset($1) AS row (agent_id int, log int, seq int, organisation_id int,
        journal_offset bigint, type text, at timestamptz, event jsonb)`,
    [recordset(rows)],
  );
}

interface EventRow {
  readonly log: number;
  readonly journal_offset: string;
  readonly event: AgentEvent;
}

interface SessionRow {
  readonly id: string;
  readonly device: string;
  readonly address: string;
  readonly started_at: Date;
  readonly lost_at: Date | null;
  readonly ended_at: Date | null;
  readonly ended_by: SessionDocument['endedBy'];
}

export function sqlAgents(pool: SqlPool): AgentDocuments {
  return {
    async status({ organisationId, agentId }) {
      const [row] = await select<{ document: StatusDocument }>(
        pool,
        'SELECT document FROM agent_status WHERE agent_id = $1 AND organisation_id = $2',
        [agentId, organisationId],
      );
      return row?.document ?? null;
    },

    async statuses(organisationId, agentIds) {
      const rows = await select<{ document: StatusDocument }>(
        pool,
        `SELECT document FROM agent_status WHERE agent_id = ANY ($1) AND organisation_id = $2
          ORDER BY agent_id`,
        [[...agentIds], organisationId],
      );
      return rows.map(({ document }) => document);
    },

    async timeline({ organisationId, agentId }, { from, to, limit, cursor }) {
      // Nothing happens at -1: everything lies behind it.
      const after =
        cursor === undefined ? [-1, 0, 0] : decodeCursor(cursor, ['integer', 'integer', 'integer']);
      const [at = 0, log, seq] = after;
      const rows = await select<EventRow>(
        pool,
        `SELECT log, journal_offset, event FROM agent_events
          WHERE agent_id = $1 AND organisation_id = $2 AND at >= $3 AND at < $4
            AND (at, log, seq) > ($5::timestamptz, $6::int, $7::int)
          ORDER BY at, log, seq LIMIT $8`,
        [
          agentId,
          organisationId,
          instant(from),
          instant(to),
          new Date(at).toISOString(),
          log,
          seq,
          limit + 1,
        ],
      );
      return pageOf(rows, limit, {
        row: historyEntry,
        cursor: ({ log: ofRow, event }) => [event.at, ofRow, event.seq],
      });
    },

    async sessions({ organisationId, agentId }, { from, to, limit, cursor }) {
      const before = cursor === undefined ? null : decodeCursor(cursor, ['integer', 'text']);
      const rows = await select<SessionRow>(
        pool,
        `SELECT id, device, address, started_at, lost_at, ended_at, ended_by FROM agent_sessions
          WHERE agent_id = $1 AND organisation_id = $2 AND started_at < $4
            AND (ended_at IS NULL OR ended_at >= $3)
            AND ($5::timestamptz IS NULL OR (started_at, id) < ($5, $6::text))
          ORDER BY started_at DESC, id DESC LIMIT $7`,
        [
          agentId,
          organisationId,
          instant(from),
          instant(to),
          instantOrNull(before?.[0] ?? null),
          before?.[1] ?? null,
          limit + 1,
        ],
      );
      return pageOf(rows, limit, {
        row: (row) => sessionDocument(row, { organisationId, agentId }),
        cursor: ({ started_at: startedAt, id }) => [millis(startedAt), id],
      });
    },

    async latestVersion({ organisationId, agentId }) {
      const [row] = await select<{ seq: number }>(
        pool,
        'SELECT seq FROM agent_status WHERE agent_id = $1 AND organisation_id = $2',
        [agentId, organisationId],
      );
      return row?.seq ?? 0;
    },

    stateAt: (agent, version) => stateAt(pool, agent, version),
  };
}

/** How many events are folded at a time. */
const PAGE = 2000;

async function stateAt(
  pool: SqlPool,
  { organisationId, agentId }: AgentKey,
  version: number,
): Promise<AgentRecord | null> {
  const [standing] = await select<{ log: number; base: AgentState | null }>(
    pool,
    `SELECT agent.log, CASE WHEN base.seq IS NOT NULL
          THEN jsonb_build_object('document', base.document, 'record', base.record) END AS base
      FROM agent_status agent LEFT JOIN agent_bases base USING (agent_id, log)
      WHERE agent.agent_id = $1 AND agent.organisation_id = $2 AND agent.seq >= $3`,
    [agentId, organisationId, version],
  );
  if (standing === undefined || version < 1) return null;
  let state = standing.base;
  if (state !== null && state.record.seq > version) return null;
  for (;;) {
    const rows = await select<EventRow>(
      pool,
      `SELECT log, journal_offset, event FROM agent_events
        WHERE agent_id = $1 AND log = $2 AND seq > $3 AND seq <= $4 ORDER BY seq LIMIT $5`,
      [agentId, standing.log, state?.record.seq ?? 0, version, PAGE],
    );
    for (const { event } of rows) state = fold(state, event).state;
    if (rows.length < PAGE) break;
  }
  return state?.record ?? null;
}

function historyEntry({ log, journal_offset: offset, event }: EventRow): HistoryEntry {
  return { log, offset: Number(offset), event };
}

function sessionDocument(row: SessionRow, agent: AgentKey): SessionDocument {
  const { id, device, address, started_at, lost_at, ended_at, ended_by } = row;
  return {
    id,
    ...agent,
    device,
    address,
    startedAt: millis(started_at),
    lostAt: millisOrNull(lost_at),
    endedAt: millisOrNull(ended_at),
    endedBy: ended_by,
  };
}
