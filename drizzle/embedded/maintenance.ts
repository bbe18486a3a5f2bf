import type { Pool } from 'pg';

/**
 * Reclaims dead rows table by table, so that queries come in between, and recycles the write-ahead log: PGlite has
 * neither autovacuum nor a checkpointer. Without it 100,000 updated rows leave some 35 MB of log and 18 MB of table.
 */
export async function maintain(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, relname) AS name FROM pg_stat_user_tables",
  );
  for (const { name } of rows) await pool.query(`VACUUM (ANALYZE) ${name}`);
  await pool.query('CHECKPOINT');
}
