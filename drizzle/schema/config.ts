import { boolean, check, pgTable, primaryKey, text, varchar } from 'drizzle-orm/pg-core';
import { authored, oneOf } from './columns.ts';
import { owned } from './organisations.ts';

/** `status`: a code of the catalogue. */
export const CONFIG_TYPES = ['integer', 'boolean', 'string', 'status'] as const;
export type ConfigType = (typeof CONFIG_TYPES)[number];

/** Configuration values, as text; what they may be is the reader's to know. */
export const systemConfig = pgTable(
  'system_config',
  {
    ...owned,
    key: varchar('key', { length: 100 }).notNull(),
    value: text('value').notNull(),
    type: varchar('type', { length: 50, enum: CONFIG_TYPES }).notNull().default('string'),
    description: varchar('description', { length: 500 }),
    isEditable: boolean('is_editable').notNull().default(true),
    ...authored,
  },
  (table) => [
    primaryKey({ name: 'system_config_key_key', columns: [table.organisationId, table.key] }),
    check('system_config_type_check', oneOf(table.type, CONFIG_TYPES)),
  ],
);
