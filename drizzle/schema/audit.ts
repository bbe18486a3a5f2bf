import { bigint, foreignKey, index, integer, jsonb, pgTable, varchar } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { owned } from './organisations.ts';
import { users } from './people.ts';

/** Who changed what. */
export const auditLogs = pgTable(
  'audit_logs',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    ...owned,
    /** Null for the system. */
    userId: integer('user_id'),
    action: varchar('action', { length: 100 }).notNull(),
    tableName: varchar('table_name', { length: 100 }),
    recordId: varchar('record_id', { length: 50 }),
    oldValues: jsonb('old_values').$type<Readonly<Record<string, unknown>>>(),
    newValues: jsonb('new_values').$type<Readonly<Record<string, unknown>>>(),
    ipAddress: varchar('ip_address', { length: 45 }),
    userAgent: varchar('user_agent', { length: 500 }),
    at: instant('at').notNull().defaultNow(),
  },
  (table) => [
    foreignKey({
      name: 'audit_logs_user_id_fkey',
      columns: [table.organisationId, table.userId],
      foreignColumns: [users.organisationId, users.id],
    }),
    index('audit_logs_user_id_at_idx').on(table.organisationId, table.userId, table.at),
    index('audit_logs_action_at_idx').on(table.organisationId, table.action, table.at),
    index('audit_logs_at_idx').on(table.at),
  ],
);
