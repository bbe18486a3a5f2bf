import { sql } from 'drizzle-orm';
import { boolean, integer, pgTable, uniqueIndex, varchar } from 'drizzle-orm/pg-core';
import { authored } from './columns.ts';

/** Whose everything is (J1). */
export const organisations = pgTable(
  'organisations',
  {
    id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
    name: varchar('name', { length: 100 }).notNull(),
    /** IANA name; of the teams that have none of their own. */
    timeZone: varchar('time_zone', { length: 64 }).notNull().default('UTC'),
    isActive: boolean('is_active').notNull().default(true),
    ...authored,
  },
  (table) => [uniqueIndex('organisations_name_key').on(sql`lower(${table.name})`)],
);

/** The column of every other table that says whose a row is. */
export const owned = {
  organisationId: integer('organisation_id')
    .notNull()
    .references(() => organisations.id),
};
