/** What events make of an agent's documents. Pure: every adapter, and every rebuild, folds by this. */
import { apply } from '../agent.ts';
import type { Session } from '../axes.ts';
import type { AgentEvent } from '../events.ts';
import type { Member } from '../member.ts';
import { type AgentRecord, newcomer } from '../record.ts';
import type { SessionDocument, StatusDocument } from './shapes.ts';

/** An agent as its events so far tell. */
export interface AgentState {
  readonly record: AgentRecord;
  readonly document: StatusDocument;
}

/** A session as one event left it. */
export interface SessionState extends SessionDocument {
  /** Seq of the event that ended it; null while it is active. */
  readonly endedSeq: number | null;
}

export interface Folded {
  readonly state: AgentState;
  /** Those that the event began, changed or ended. */
  readonly sessions: readonly SessionState[];
}

/** Folds the next event in; `before` is null for an agent to whom nothing has happened. */
export function fold(before: AgentState | null, event: AgentEvent): Folded {
  const known = whole(before?.record ?? newcomer(event.set.member ?? stranger(event)));
  const record = apply(known, event);
  return {
    state: { record, document: statusDocument(before?.document ?? null, record, event) },
    sessions: changedSessions(known, record, event),
  };
}

/** A record that an earlier version kept lacks what that didn't know yet. */
function whole(record: AgentRecord): AgentRecord {
  return { ...newcomer(record.member), ...record };
}

/** The sessions that live or are in grace in that state. */
export function openSessions({ member, sessions }: AgentRecord): readonly SessionState[] {
  return sessions.map((session) => openSession(member, session));
}

/** As they are when the journal in which they were open was replaced by another. */
export function abandoned(record: AgentRecord): readonly SessionState[] {
  return openSessions(record).map((session) => ({
    ...session,
    endedAt: record.lastAt,
    endedBy: 'journal_replaced',
    endedSeq: record.seq,
  }));
}

function statusDocument(
  before: StatusDocument | null,
  record: AgentRecord,
  event: AgentEvent,
): StatusDocument {
  const { sessions, current, max } = record;
  const session = sessions.findLast(({ lostAt }) => lostAt === null) ?? sessions.at(-1) ?? null;
  const changed =
    event.set.status === undefined
      ? null
      : {
          previousStatus: event.previous ?? null,
          changedBy: event.by ?? null,
          reason: event.reason ?? null,
        };
  return {
    agentId: event.agent,
    organisationId: event.organisation,
    teamId: record.member.teamId,
    status: record.status,
    category: record.category,
    statusTimestamp: record.since,
    cause: record.cause,
    previousStatus: before?.previousStatus ?? null,
    changedBy: before?.changedBy ?? null,
    reason: before?.reason ?? null,
    ...changed,
    connectivity: record.connectivity,
    duty: record.dutyCode,
    activity: record.activity,
    routable: record.routable,
    sessionId: session?.id ?? null,
    location: session === null ? null : { ipAddress: session.address, deviceInfo: session.device },
    workload: {
      currentTasks: current,
      maxTasks: max,
      utilizationPercent: max === null ? null : Math.round((100 * current) / max),
    },
    version: event.seq,
    createdAt: before?.createdAt ?? event.at,
    updatedAt: event.at,
  };
}

function changedSessions(
  before: AgentRecord,
  after: AgentRecord,
  event: AgentEvent,
): readonly SessionState[] {
  if (event.set.sessions === undefined) return [];
  const { member } = after;
  const kept = new Set(after.sessions.map(({ id }) => id));
  const ended = before.sessions.filter(({ id }) => !kept.has(id));
  return [
    ...ended.map((session) => ({
      ...openSession(member, session),
      endedAt: event.at,
      endedBy: event.type,
      endedSeq: event.seq,
    })),
    ...after.sessions
      .filter((session) => isNews(before, session))
      .map((session) => openSession(member, session)),
  ];
}

function isNews(before: AgentRecord, session: Session): boolean {
  const known = before.sessions.find(({ id }) => id === session.id);
  return known === undefined || known.lostAt !== session.lostAt;
}

function openSession(member: Member, session: Session): SessionState {
  const { id, device, address, startedAt, lostAt } = session;
  return {
    id,
    agentId: member.id,
    organisationId: member.organisationId,
    device,
    address,
    startedAt,
    lostAt,
    endedAt: null,
    endedBy: null,
    endedSeq: null,
  };
}

/** Of whom the events before are missing. */
function stranger({ agent, organisation }: AgentEvent): Member {
  return {
    id: agent,
    organisationId: organisation,
    name: '',
    teamId: null,
    department: null,
    role: 'agent',
    onBoard: false,
    active: true,
    createdAt: 0,
  };
}
