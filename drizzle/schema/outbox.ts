import { bigserial, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { owned } from './organisations.ts';

/** Changes of master data that the journal has not taken yet, written in the transaction of the change. */
export const outbox = pgTable('outbox', {
  id: bigserial('id', { mode: 'number' }).primaryKey(),
  ...owned,
  topic: text('topic').notNull(),
  payload: jsonb('payload').$type<unknown>().notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
});
