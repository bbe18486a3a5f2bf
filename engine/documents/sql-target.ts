/**
 * A target in SQL: what is taken in and how far stand in one transaction. The row that says how far is its lock, so
 * two projectors take turns, and the second one finds nothing left to do.
 */
import {
  type Applied,
  type Entry,
  type Projection,
  type ProjectionTarget,
  TargetRefused,
} from '../projection.ts';
import type { Offset } from '../journal/port.ts';
import { change, inTransaction, select, type SqlClient, type SqlPool } from './sql-client.ts';

export interface SqlTargetOptions {
  readonly name: string;
  /** Takes in what is new; resolves to how many events are missing before. */
  readonly take: (client: SqlClient, news: News) => Promise<number>;
  /** The journal is another one from here on. */
  readonly renew?: (client: SqlClient) => Promise<void>;
}

export interface News {
  /** Number of the journal. */
  readonly log: number;
  readonly entries: readonly Entry[];
}

interface Standing {
  readonly log: number;
  readonly epoch: string;
  readonly position: Offset;
}

export function sqlTarget(pool: SqlPool, options: SqlTargetOptions): ProjectionTarget {
  const { name } = options;
  return {
    name,
    async position(epoch) {
      // Without a lock: whoever held one while asking for the table's would wait for whoever does the same.
      const standing = await newestOf(pool, name);
      return standing?.epoch === epoch
        ? standing.position
        : inTransaction(pool, (client) => adopt(client, epoch, options));
    },
    apply: (projection) => inTransaction(pool, (client) => apply(client, projection, options)),
  };
}

/** Where the target stands in the journal that it follows; nobody else moves it before the transaction ends. */
export async function standingOf(client: SqlClient, target: string): Promise<Standing | null> {
  return newestOf(client, target, 'FOR UPDATE');
}

async function newestOf(
  on: SqlClient,
  target: string,
  lock: 'FOR UPDATE' | '' = '',
): Promise<Standing | null> {
  const [row] = await select<{ log: number; epoch: string; position: string }>(
    on,
    `SELECT log, epoch, position FROM projections WHERE target = $1 ORDER BY log DESC LIMIT 1 ${lock}`,
    [target],
  );
  return row === undefined ? null : { ...row, position: Number(row.position) };
}

async function apply(
  client: SqlClient,
  { epoch, after, upTo, entries }: Projection,
  { name, take }: SqlTargetOptions,
): Promise<Applied> {
  const standing = await standingOf(client, name);
  if (standing?.epoch !== epoch) throw anotherJournal(name);
  const { log, position } = standing;
  if (position < after || position >= upTo) return { position, missing: 0 };
  const missing = await take(client, { log, entries: entries.filter(({ offset }) => offset > position) });
  await change(client, 'UPDATE projections SET position = $3 WHERE target = $1 AND log = $2', [
    name,
    log,
    upTo,
  ]);
  return { position: upTo, missing };
}

async function adopt(client: SqlClient, epoch: string, options: SqlTargetOptions): Promise<Offset> {
  const { name, renew } = options;
  await change(client, 'LOCK TABLE projections IN EXCLUSIVE MODE');
  const standing = await standingOf(client, name);
  // Another projector was faster.
  if (standing?.epoch === epoch) return standing.position;
  const known = await select(client, 'SELECT 1 FROM projections WHERE target = $1 AND epoch = $2', [
    name,
    epoch,
  ]);
  if (known.length > 0) throw anotherJournal(name);
  await change(client, 'INSERT INTO projections (target, log, epoch, position) VALUES ($1, $2, $3, 0)', [
    name,
    (standing?.log ?? 0) + 1,
    epoch,
  ]);
  if (standing !== null) await renew?.(client);
  return 0;
}

function anotherJournal(name: string): TargetRefused {
  return new TargetRefused(
    `${name} follows another journal: the data folder and the database do not belong together`,
  );
}
