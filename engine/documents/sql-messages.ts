/** Messages with their receipts, and activities, in SQL. */
import { decodeCursor, pageOf } from './cursor.ts';
import type { ActivityDocuments, MessageDocuments, Received } from './port.ts';
import type {
  ActivityDocument,
  MessageDocument,
  ReceiptChange,
  ReceiptDocument,
  RECEIPT_STEPS,
} from './shapes.ts';
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

/** With a receipt for each recipient that is named. A message that is there already stays as it is. */
export async function takeMessages(client: SqlClient, messages: readonly MessageDocument[]): Promise<void> {
  if (messages.length === 0) return;
  const rows = messages.map((message) => ({
    id: message.id,
    organisation_id: message.organisationId,
    is_for_all: message.recipientIds === null,
    sender_id: message.senderId,
    created_at: instant(message.createdAt),
    expires_at: instantOrNull(message.expiresAt),
    document: message,
    recipients: message.recipientIds ?? [],
  }));
  await change(
    client,
    `WITH given AS (
        SELECT * FROM jsonb_to_recordset($1) AS row (id text, organisation_id int, is_for_all boolean,
          sender_id int, created_at timestamptz, expires_at timestamptz, document jsonb, recipients int[])
      ), sent AS (
        INSERT INTO messages (id, organisation_id, is_for_all, sender_id, created_at, expires_at, document)
        SELECT id, organisation_id, is_for_all, sender_id, created_at, expires_at, document FROM given
        ON CONFLICT (id) DO NOTHING RETURNING id
      )
      INSERT INTO message_receipts (message_id, recipient_id, organisation_id, sent_at)
      SELECT given.id, recipient, given.organisation_id, given.created_at
      FROM given JOIN sent USING (id), unnest(given.recipients) AS recipient
      ON CONFLICT (message_id, recipient_id) DO NOTHING`,
    [recordset(rows)],
  );
}

/** The first time of each step counts. Of a message that is not kept any more, nothing is. */
export async function takeReceipts(client: SqlClient, receipts: readonly ReceiptChange[]): Promise<void> {
  if (receipts.length === 0) return;
  const rows = new Map<string, Record<string, unknown>>();
  for (const { messageId, recipientId, step, at } of receipts) {
    const key = `${recipientId} ${messageId}`;
    const row = rows.get(key) ?? { message_id: messageId, recipient_id: recipientId };
    row[COLUMN_OF[step]] ??= instant(at);
    rows.set(key, row);
  }
  await change(
    client,
    `INSERT INTO message_receipts
        (message_id, recipient_id, organisation_id, sent_at, delivered_at, read_at, acknowledged_at)
      SELECT message_id, recipient_id, organisation_id, created_at, delivered_at, read_at, acknowledged_at
      FROM jsonb_to_recordset($1) AS row (message_id text, recipient_id int, delivered_at timestamptz,
        read_at timestamptz, acknowledged_at timestamptz)
      JOIN messages ON messages.id = message_id
      ON CONFLICT (message_id, recipient_id) DO UPDATE SET
        delivered_at = coalesce(message_receipts.delivered_at, excluded.delivered_at),
        read_at = coalesce(message_receipts.read_at, excluded.read_at),
        acknowledged_at = coalesce(message_receipts.acknowledged_at, excluded.acknowledged_at)`,
    [recordset([...rows.values()])],
  );
}

const COLUMN_OF = {
  delivered: 'delivered_at',
  read: 'read_at',
  acknowledged: 'acknowledged_at',
} as const satisfies Record<(typeof RECEIPT_STEPS)[number], string>;

/** One that is there already stays as it is. */
export async function takeActivities(
  client: SqlClient,
  log: number,
  activities: readonly { readonly offset: number; readonly activity: ActivityDocument }[],
): Promise<void> {
  if (activities.length === 0) return;
  const rows = activities.map(({ offset, activity }) => ({
    agent_id: activity.agentId,
    id: activity.id,
    organisation_id: activity.organisationId,
    log,
    journal_offset: offset,
    type: activity.type,
    at: instant(activity.at),
    document: activity,
  }));
  await change(
    client,
    `INSERT INTO activities (agent_id, id, organisation_id, log, journal_offset, type, at, document)
      SELECT agent_id, id, organisation_id, log, journal_offset, type, at, document
      FROM jsonb_to_recordset($1) AS row (agent_id int, id text, organisation_id int, log int,
        journal_offset bigint, type text, at timestamptz, document jsonb)
      ON CONFLICT (agent_id, id) DO NOTHING`,
    [recordset(rows)],
  );
}

interface ReceiptRow {
  readonly recipient_id: number;
  readonly sent_at: Date;
  readonly delivered_at: Date | null;
  readonly read_at: Date | null;
  readonly acknowledged_at: Date | null;
}

interface InboxRow extends Omit<ReceiptRow, 'recipient_id'> {
  readonly id: string;
  readonly document: MessageDocument;
}

/** What an inbox shows of a message (m) with its receipt (r), and which. */
const SHOWN = 'm.id, m.document, m.created_at AS sent_at, r.delivered_at, r.read_at, r.acknowledged_at';
const WANTED = `m.organisation_id = $1 AND (m.expires_at IS NULL OR m.expires_at > $3)
  AND ($4::text IS NULL OR ($4 = 'unread' AND r.read_at IS NULL)
    OR ($4 = 'undelivered' AND r.delivered_at IS NULL AND r.read_at IS NULL))
  AND ($5::timestamptz IS NULL OR (m.created_at, m.id) < ($5, $6::text))`;

export function sqlMessages(pool: SqlPool): MessageDocuments {
  return {
    async message(organisationId, id) {
      const [row] = await select<{ document: MessageDocument }>(
        pool,
        'SELECT document FROM messages WHERE id = $1 AND organisation_id = $2',
        [id, organisationId],
      );
      return row?.document ?? null;
    },

    async inbox({ organisationId, userId, since, now, only, limit, cursor }) {
      const before = cursor === undefined ? null : decodeCursor(cursor, ['integer', 'text']);
      const rows = await select<InboxRow>(
        pool,
        `(SELECT ${SHOWN} FROM message_receipts r JOIN messages m ON m.id = r.message_id
            WHERE r.recipient_id = $2 AND NOT m.is_for_all AND ${WANTED}
            ORDER BY r.sent_at DESC, r.message_id DESC LIMIT $8)
          UNION ALL
          (SELECT ${SHOWN} FROM messages m
              LEFT JOIN message_receipts r ON r.message_id = m.id AND r.recipient_id = $2
            WHERE m.is_for_all AND m.created_at >= $7 AND m.sender_id IS DISTINCT FROM $2 AND ${WANTED}
            ORDER BY m.created_at DESC, m.id DESC LIMIT $8)
          ORDER BY sent_at DESC, id DESC LIMIT $8`,
        [
          organisationId,
          userId,
          instant(now),
          only ?? null,
          instantOrNull(before?.[0] ?? null),
          before?.[1] ?? null,
          instant(since),
          limit + 1,
        ],
      );
      return pageOf(rows, limit, {
        row: (row): Received => ({
          message: row.document,
          receipt: receiptDocument({ ...row, recipient_id: userId }, row.id),
        }),
        cursor: ({ sent_at: sentAt, id }) => [millis(sentAt), id],
      });
    },

    async receipts(organisationId, messageId, { limit, cursor }) {
      const [after] = cursor === undefined ? [-1] : decodeCursor(cursor, ['integer']);
      const rows = await select<ReceiptRow>(
        pool,
        `SELECT recipient_id, sent_at, delivered_at, read_at, acknowledged_at FROM message_receipts
          WHERE message_id = $1 AND organisation_id = $2 AND recipient_id > $3
          ORDER BY recipient_id LIMIT $4`,
        [messageId, organisationId, after, limit + 1],
      );
      return pageOf(rows, limit, {
        row: (row) => receiptDocument(row, messageId),
        cursor: ({ recipient_id: recipientId }) => [recipientId],
      });
    },
  };
}

export function sqlActivities(pool: SqlPool): ActivityDocuments {
  return {
    async activities({ organisationId, agentId }, { from, to, types, limit, cursor }) {
      const after = cursor === undefined ? null : decodeCursor(cursor, ['integer', 'text']);
      const rows = await select<{ document: ActivityDocument }>(
        pool,
        `SELECT document FROM activities
          WHERE agent_id = $1 AND organisation_id = $2 AND at >= $3 AND at < $4
            AND ($5::text[] IS NULL OR type = ANY ($5))
            AND ($6::timestamptz IS NULL OR (at, id) > ($6, $7::text))
          ORDER BY at, id LIMIT $8`,
        [
          agentId,
          organisationId,
          instant(from),
          instant(to),
          types === undefined ? null : [...types],
          instantOrNull(after?.[0] ?? null),
          after?.[1] ?? null,
          limit + 1,
        ],
      );
      return pageOf(rows, limit, {
        row: ({ document }) => document,
        cursor: ({ document }) => [document.at, document.id],
      });
    },
  };
}

function receiptDocument(row: ReceiptRow, messageId: string): ReceiptDocument {
  return {
    messageId,
    recipientId: row.recipient_id,
    sentAt: millis(row.sent_at),
    deliveredAt: millisOrNull(row.delivered_at),
    readAt: millisOrNull(row.read_at),
    acknowledgedAt: millisOrNull(row.acknowledged_at),
  };
}
