/**
 * What the projector copies out of the journal, when no document database is named. The only writer is
 * engine/documents/sql.ts; the shapes of the JSON are those of engine/documents/shapes.ts.
 *
 * The journal is the truth here: nothing refers to master data, so that a row of it that is missing never keeps what
 * happened from being stored.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  varchar,
} from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';

const organisationId = integer('organisation_id').notNull();
const offset = bigint('journal_offset', { mode: 'number' }).notNull();
/** Which journal an event's seq or an offset counts in: a journal that begins anew has the next number. */
const log = integer('log').notNull();

/** How far each target has followed each journal. The newest journal is the one that is followed. */
export const projections = pgTable(
  'projections',
  {
    target: varchar('target', { length: 50 }).notNull(),
    log,
    epoch: varchar('epoch', { length: 100 }).notNull(),
    position: bigint('position', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.target, table.log] }),
    unique('projections_epoch_key').on(table.target, table.epoch),
  ],
);

/** Where each agent stands: one document an agent. */
export const agentStatus = pgTable(
  'agent_status',
  {
    agentId: integer('agent_id').primaryKey(),
    organisationId,
    log,
    seq: integer('seq').notNull(),
    teamId: integer('team_id'),
    status: text('status').notNull(),
    updatedAt: instant('updated_at').notNull(),
    document: jsonb('document').$type<unknown>().notNull(),
    /** What the events folded to: on it the next one is folded. */
    record: jsonb('record').$type<unknown>().notNull(),
  },
  // Not by what changes all the time: so a row is rewritten within its page, where the migration leaves room for it.
  (table) => [index('agent_status_team_id_idx').on(table.organisationId, table.teamId)],
);

/** The event store: the aggregate is the agent, the version its seq. */
export const agentEvents = pgTable(
  'agent_events',
  {
    agentId: integer('agent_id').notNull(),
    log,
    seq: integer('seq').notNull(),
    organisationId,
    offset,
    type: varchar('type', { length: 50 }).notNull(),
    at: instant('at').notNull(),
    event: jsonb('event').$type<unknown>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.agentId, table.log, table.seq] }),
    index('agent_events_at_idx').on(table.agentId, table.at, table.log, table.seq),
  ],
);

/** What the events of an agent folded to that are not kept any more: on it those that are kept are folded. */
export const agentBases = pgTable(
  'agent_bases',
  {
    agentId: integer('agent_id').notNull(),
    log,
    seq: integer('seq').notNull(),
    organisationId,
    document: jsonb('document').$type<unknown>().notNull(),
    record: jsonb('record').$type<unknown>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.agentId, table.log] })],
);

export const agentSessions = pgTable(
  'agent_sessions',
  {
    agentId: integer('agent_id').notNull(),
    id: text('id').notNull(),
    organisationId,
    log,
    device: text('device').notNull(),
    address: text('address').notNull(),
    startedAt: instant('started_at').notNull(),
    lostAt: instant('lost_at'),
    endedAt: instant('ended_at'),
    /** Type of the event that ended it. */
    endedBy: varchar('ended_by', { length: 50 }),
    /** Seq of that event. */
    endedSeq: integer('ended_seq'),
  },
  (table) => [
    primaryKey({ columns: [table.agentId, table.id] }),
    index('agent_sessions_started_at_idx').on(table.agentId, table.startedAt, table.id),
  ],
);

export const messages = pgTable(
  'messages',
  {
    id: varchar('id', { length: 100 }).primaryKey(),
    organisationId,
    /** Everybody who existed before it is a recipient, and none is listed. */
    isForAll: boolean('is_for_all').notNull(),
    senderId: integer('sender_id'),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at'),
    document: jsonb('document').$type<unknown>().notNull(),
  },
  (table) => [
    index('messages_created_at_idx').on(table.organisationId, table.createdAt),
    index('messages_for_all_idx')
      .on(table.organisationId, table.createdAt, table.id)
      .where(sql`${table.isForAll}`),
  ],
);

/** A message for all has them only of recipients who have shown something. */
export const messageReceipts = pgTable(
  'message_receipts',
  {
    messageId: varchar('message_id', { length: 100 })
      .notNull()
      .references(() => messages.id, { onDelete: 'cascade' }),
    recipientId: integer('recipient_id').notNull(),
    organisationId,
    sentAt: instant('sent_at').notNull(),
    deliveredAt: instant('delivered_at'),
    readAt: instant('read_at'),
    acknowledgedAt: instant('acknowledged_at'),
  },
  (table) => [
    primaryKey({ columns: [table.messageId, table.recipientId] }),
    index('message_receipts_recipient_id_idx').on(table.recipientId, table.sentAt, table.messageId),
  ],
);

export const activities = pgTable(
  'activities',
  {
    agentId: integer('agent_id').notNull(),
    /** The sender's own: sending it twice records it once. */
    id: varchar('id', { length: 100 }).notNull(),
    organisationId,
    log,
    offset,
    type: varchar('type', { length: 50 }).notNull(),
    at: instant('at').notNull(),
    document: jsonb('document').$type<unknown>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.agentId, table.id] }),
    index('activities_at_idx').on(table.agentId, table.at, table.id),
    index('activities_organisation_id_at_idx').on(table.organisationId, table.at),
  ],
);
