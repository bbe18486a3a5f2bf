/**
 * Where the history is kept: copied out of the journal by the projector, read by people and by jobs. Presence itself
 * never waits for it.
 *
 * Nothing crosses organisations: what belongs to another one is not found.
 */
import type { ProjectionTarget } from '../projection.ts';
import type { AgentRecord } from '../record.ts';
import type {
  ActivityDocument,
  HistoryEntry,
  MessageDocument,
  ReceiptDocument,
  SessionDocument,
  StatusDocument,
} from './shapes.ts';

/** All may throw TargetUnavailable; whatever takes a cursor may throw BadCursor. */
export interface Documents
  extends ProjectionTarget, AgentDocuments, MessageDocuments, ActivityDocuments, DocumentKeeping {}

/** One agent of an organisation. */
export interface AgentKey {
  readonly organisationId: number;
  readonly agentId: number;
}

/** A stretch of time in epoch milliseconds, `from` included and `to` excluded, and a page of what lies in it. */
export interface Range extends Paging {
  readonly from: number;
  readonly to: number;
}

export interface Paging {
  /** How many at most. */
  readonly limit: number;
  /** Where the page before ended; absent for the first one. */
  readonly cursor?: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** For the next page; null when this is the last one. */
  readonly next: string | null;
}

export interface AgentDocuments {
  /** Null for an agent to whom nothing has happened in this journal. */
  status(agent: AgentKey): Promise<StatusDocument | null>;
  /** By rising id; without those that have none. */
  statuses(organisationId: number, agentIds: readonly number[]): Promise<readonly StatusDocument[]>;
  /** What happened to an agent, oldest first. */
  timeline(agent: AgentKey, range: Range): Promise<Page<HistoryEntry>>;
  /** The sessions that began in that time, newest first. */
  sessions(agent: AgentKey, range: Range): Promise<Page<SessionDocument>>;
  /** Seq of the agent's last event in this journal; 0 for none. */
  latestVersion(agent: AgentKey): Promise<number>;
  /** What the agent's events up to that seq fold to; null where there is none, or it is not kept any more. */
  stateAt(agent: AgentKey, version: number): Promise<AgentRecord | null>;
}

export interface InboxQuery extends Paging {
  readonly organisationId: number;
  readonly userId: number;
  /** When the user was made: what was sent to all before is not theirs. */
  readonly since: number;
  /** What has expired by then is left out. */
  readonly now: number;
  readonly only?: 'undelivered' | 'unread';
}

/** A message with what became of it at one recipient. */
export interface Received {
  readonly message: MessageDocument;
  readonly receipt: ReceiptDocument;
}

export interface MessageDocuments {
  message(organisationId: number, id: string): Promise<MessageDocument | null>;
  /** What a user was sent by others, newest first. */
  inbox(query: InboxQuery): Promise<Page<Received>>;
  /** By rising recipient. Of a message for all, only of those who have shown something. */
  receipts(organisationId: number, messageId: string, paging: Paging): Promise<Page<ReceiptDocument>>;
}

export interface ActivityDocuments {
  /** Oldest first; of all types unless some are named. */
  activities(
    agent: AgentKey,
    range: Range & { readonly types?: readonly string[] },
  ): Promise<Page<ActivityDocument>>;
}

/** What is not kept any more. */
export interface Purge {
  readonly organisationId: number;
  /** Epoch milliseconds: what happened to agents before, and sessions that ended before. */
  readonly historyBefore: number;
  /** Up to where intervals have been folded: nothing behind it is cut, however old. */
  readonly foldedUpTo: Pick<HistoryEntry, 'log' | 'offset'>;
  readonly messagesBefore: number;
}

export interface Purged {
  readonly events: number;
  readonly sessions: number;
  readonly messages: number;
  readonly activities: number;
}

export interface DocumentKeeping {
  /**
   * Throws away statuses and sessions, agent by agent, and derives them again from the events. The projector may run
   * meanwhile, and readers see each agent as it was or as it is.
   */
  rebuild(): Promise<void>;
  /** Cuts what is too old. Where an agent stands never expires, and what is kept still folds to the same state. */
  purge(what: Purge): Promise<Purged>;
}

/** A cursor that no page was given. */
export class BadCursor extends Error {
  override readonly name = 'BadCursor';
}
