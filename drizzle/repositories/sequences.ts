import { sql } from 'drizzle-orm';
import { type Queryable, settle } from '../queryable.ts';

/** The highest ids that are known to have been given to somebody; 0 for none. */
export interface GivenIds {
  readonly organisations: number;
  readonly users: number;
  readonly teams: number;
}

/** From here on ids are given behind those, also if the rows that had them are lost. */
export async function goOnBehind(transaction: Queryable, given: GivenIds): Promise<void> {
  for (const [table, id] of Object.entries(given)) {
    await settle(
      transaction.execute(sql`
        SELECT setval(sequence, ${id}::bigint)
        FROM (SELECT pg_get_serial_sequence(${table}, 'id')::regclass AS sequence) AS of_table
        WHERE ${id}::bigint > coalesce(pg_sequence_last_value(sequence), 0)`),
    );
  }
}
