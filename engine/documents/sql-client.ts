/** How the SQL adapter speaks to the database: parametrised statements on a pool that it is handed. */
import type { Pool, PoolClient } from 'pg';
import { TargetRefused, TargetUnavailable } from '../projection.ts';

/** What is used of a pool. */
export type SqlPool = Pick<Pool, 'connect' | 'query'>;
export type SqlClient = Pick<PoolClient, 'query'>;

/** @throws TargetRefused, TargetUnavailable */
export async function select<Row extends object>(
  on: SqlClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  try {
    return (await on.query<Row>(text, [...values])).rows;
  } catch (error) {
    throw translated(error);
  }
}

/** How many rows a statement changed. @throws TargetRefused, TargetUnavailable */
export async function change(on: SqlClient, text: string, values: readonly unknown[] = []): Promise<number> {
  try {
    return (await on.query(text, [...values])).rowCount ?? 0;
  } catch (error) {
    throw translated(error);
  }
}

/** All of the work or nothing. @throws what the work throws, TargetUnavailable */
export async function inTransaction<Result>(
  pool: SqlPool,
  work: (client: SqlClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translated(error);
  });
  let isBroken = false;
  try {
    await change(client, 'BEGIN');
    const result = await work(client);
    await change(client, 'COMMIT');
    return result;
  } catch (error) {
    await change(client, 'ROLLBACK').catch(() => (isBroken = true));
    throw error;
  } finally {
    client.release(isBroken);
  }
}

/** Rows as the one parameter of a statement that reads them with jsonb_to_recordset. */
export function recordset(rows: readonly object[]): string {
  return JSON.stringify(rows);
}

const LAST_INSTANT = Date.UTC(9999, 11, 31);

/** As a column takes it. */
export function instant(at: number): string {
  return new Date(Math.min(Math.max(at, 0), LAST_INSTANT)).toISOString();
}

export function instantOrNull(at: number | null): string | null {
  return at === null ? null : instant(at);
}

export function millis(at: Date): number {
  return at.getTime();
}

export function millisOrNull(at: Date | null): number | null {
  return at?.getTime() ?? null;
}

/** Data, integrity, and what the schema doesn't have: the same again will fare no better. */
const FOR_GOOD = /^(?:22|23|42)/;

function translated(cause: unknown): Error {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const message = cause instanceof Error ? cause.message : String(cause);
  return FOR_GOOD.test(code) && code.length === 5
    ? new TargetRefused(`the database refuses: ${message}`, { cause })
    : new TargetUnavailable(`the database does not answer: ${message || code}`, { cause });
}
