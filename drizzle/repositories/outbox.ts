import { asc, inArray, sql } from 'drizzle-orm';
import { outbox } from '../schema/outbox.ts';
import { type Queryable, settle } from '../queryable.ts';
import type { Member } from './members.ts';

/**
 * News of master data for the engine. A message says how things are, not what was done: the same one twice, or an
 * older one skipped, does no harm.
 */
export type OutboxMessage =
  | { readonly topic: 'member'; readonly payload: Member }
  /** The organisation is new, or its catalogue, graph or configuration changed: read them again. */
  | { readonly topic: 'organisation'; readonly payload: { readonly id: number } }
  /** Teams of the organisation of that id are new or changed: read them again. */
  | { readonly topic: 'teams'; readonly payload: { readonly id: number } };

export type OutboxRow = OutboxMessage & { readonly id: number; readonly organisationId: number };

/** The channel that is notified when messages were committed. A notification carries nothing. */
export const OUTBOX_CHANNEL = 'rollcall_outbox';

/** Rows of one INSERT; PostgreSQL takes 65,535 parameters a statement. */
const INSERT_ROWS = 1000;

/** Appends messages in the transaction of what they tell; listeners hear of them when it commits. */
export async function append(
  transaction: Queryable,
  organisationId: number,
  messages: readonly OutboxMessage[],
): Promise<void> {
  for (let start = 0; start < messages.length; start += INSERT_ROWS) {
    const rows = messages
      .slice(start, start + INSERT_ROWS)
      .map((message) => ({ organisationId, ...message }));
    await settle(transaction.insert(outbox).values(rows));
  }
  if (messages.length > 0) await settle(transaction.execute(sql`SELECT pg_notify(${OUTBOX_CHANNEL}, '')`));
}

/**
 * The oldest messages, at most `limit`. They stay until they are removed, so a relay that dies in between meets them
 * again.
 */
export async function takeBatch(db: Queryable, limit: number): Promise<OutboxRow[]> {
  const { id, organisationId, topic, payload } = outbox;
  const rows = await settle(
    db.select({ id, organisationId, topic, payload }).from(outbox).orderBy(asc(id)).limit(limit),
  );
  // Written by append alone.
  return rows.map((row) => row as OutboxRow);
}

/**
 * Removes messages that the journal holds. By id, not "up to": a transaction with a lower id may commit later.
 */
export async function remove(db: Queryable, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await settle(db.delete(outbox).where(inArray(outbox.id, [...ids])));
}
