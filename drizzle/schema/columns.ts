/**
 * Columns and conditions that many tables have.
 *
 * Constraints are called `table_column_kind`, kind being key, fkey or check: by that name a violation is told as one
 * of a field (../errors.ts).
 */
import { type SQL, sql } from 'drizzle-orm';
import { type AnyPgColumn, integer, timestamp } from 'drizzle-orm/pg-core';

/** An instant to the millisecond, as a Date keeps it: what was read compares equal to what is stored. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** When and by whom (user id; null for the system) a row of master data was made and last changed. */
export const authored = {
  createdAt: instant('created_at').notNull().defaultNow(),
  updatedAt: instant('updated_at')
    .notNull()
    .defaultNow()
    .$onUpdate(() => sql`now()`),
  createdBy: integer('created_by'),
  updatedBy: integer('updated_by'),
};

/** The condition that a column holds one of these words. */
export function oneOf(column: AnyPgColumn, words: readonly string[]): SQL {
  return sql`${column} IN (${sql.raw(words.map((word) => `'${word}'`).join(', '))})`;
}
