/** How the contract suite drives each adapter of the documents. */
import type { Documents } from '../../engine/documents/port.ts';
import { sqlDocuments } from '../../engine/documents/sql.ts';
import type { TestDatabases } from './databases.ts';

export interface DrivenDocuments extends AsyncDisposable {
  readonly documents: Documents;
  /** A second adapter on the same store. */
  another(): Documents;
  /** Forgets everything. */
  clear(): Promise<void>;
  /** Loses statuses and sessions, and leaves some that are wrong. */
  spoil(): Promise<void>;
}

export async function drivenSql(databases: TestDatabases): Promise<DrivenDocuments> {
  const { pool, [Symbol.asyncDispose]: close } = await databases.open();
  return {
    documents: sqlDocuments(pool),
    another: () => sqlDocuments(pool),
    async clear() {
      await pool.query(
        `TRUNCATE projections, agent_status, agent_events, agent_bases, agent_sessions, messages,
          message_receipts, activities`,
      );
    },
    async spoil() {
      await pool.query("UPDATE agent_status SET status = 'spoilt', document = '{}', record = '{}'");
      await pool.query('DELETE FROM agent_status WHERE agent_id % 2 = 0');
      await pool.query('UPDATE agent_sessions SET ended_at = NULL, lost_at = NULL, ended_by = NULL');
      await pool.query('DELETE FROM agent_sessions WHERE agent_id % 3 = 0');
      await pool.query(
        `INSERT INTO agent_status (agent_id, organisation_id, log, seq, status, updated_at, document, record)
          VALUES (2000000001, 1, 1, 1, 'nobody', now(), '{}', '{}')`,
      );
    },
    [Symbol.asyncDispose]: close,
  };
}
