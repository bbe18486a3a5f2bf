import type { NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import { DatabaseFailed, withoutSql } from './errors.ts';

/** What a repository works on: the database, or a transaction on it. */
export type Queryable = PgDatabase<NodePgQueryResultHKT>;

/** Awaits a query. Its SQL errors become those of errors.ts. */
export async function settle<Result>(query: PromiseLike<Result>): Promise<Result> {
  try {
    return await query;
  } catch (error) {
    throw withoutSql(error);
  }
}

/**
 * Does the work in a transaction (within a transaction: behind a savepoint) and commits it; whatever the work throws
 * rolls it back and is thrown on. The work MUST use the transaction, not the database: on the embedded database a
 * transaction that waits for another connection waits for itself.
 */
export async function inTransaction<Result>(
  db: Queryable,
  work: (transaction: Queryable) => Promise<Result>,
): Promise<Result> {
  let begun = false;
  try {
    return await db.transaction((transaction) => {
      begun = true;
      return work(transaction);
    });
  } catch (error) {
    // Before the work, an error can only be one of the connection.
    throw begun ? withoutSql(error) : new DatabaseFailed(null, { cause: error });
  }
}

/** The row of a query that has exactly one, such as an INSERT … RETURNING. */
export function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new TypeError(`one row was expected, not ${rows.length}`);
  return row;
}
