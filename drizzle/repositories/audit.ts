import { and, desc, eq, getTableColumns, gte, lt } from 'drizzle-orm';
import { auditLogs } from '../schema/audit.ts';
import { type Queryable, settle } from '../queryable.ts';

/** On whose behalf something is done. */
export interface Actor {
  /** Null for the system itself. */
  readonly userId: number | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

export const SYSTEM: Actor = { userId: null, ipAddress: null, userAgent: null };

export interface AuditEntry {
  readonly organisationId: number;
  readonly by: Actor;
  /** `noun.verb` */
  readonly action: string;
  readonly tableName: string;
  readonly recordId: string;
  /** Without secrets, hashes of secrets included. */
  readonly oldValues?: Readonly<Record<string, unknown>>;
  readonly newValues?: Readonly<Record<string, unknown>>;
}

/** An entry as it was kept. */
export type AuditRow = typeof auditLogs.$inferSelect;

/** Which entries; what is absent doesn't matter. */
export interface AuditFilter {
  readonly userId?: number | undefined;
  readonly action?: string | undefined;
  readonly tableName?: string | undefined;
  readonly recordId?: string | undefined;
  /** From this moment on, and before that one. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Entries with a lower id alone. */
  readonly before?: number | undefined;
}

/** The organisation's newest entries that the filter lets through, the newest first, at most `limit`. */
export async function list(
  db: Queryable,
  organisationId: number,
  { limit, ...filter }: AuditFilter & { readonly limit: number },
): Promise<AuditRow[]> {
  const { id, userId, action, tableName, recordId, at } = auditLogs;
  const where = and(
    eq(auditLogs.organisationId, organisationId),
    filter.userId === undefined ? undefined : eq(userId, filter.userId),
    filter.action === undefined ? undefined : eq(action, filter.action),
    filter.tableName === undefined ? undefined : eq(tableName, filter.tableName),
    filter.recordId === undefined ? undefined : eq(recordId, filter.recordId),
    filter.from && gte(at, filter.from),
    filter.to && lt(at, filter.to),
    filter.before === undefined ? undefined : lt(id, filter.before),
  );
  const columns = getTableColumns(auditLogs);
  return settle(db.select(columns).from(auditLogs).where(where).orderBy(desc(id)).limit(limit));
}

/**
 * The fields of which `after` says something else than `before`, with what each says; null where nothing differs.
 * Fields that `after` leaves out, or leaves undefined, don't matter.
 */
export function differences(
  before: object,
  after: object,
): Required<Pick<AuditEntry, 'oldValues' | 'newValues'>> | null {
  const was = new Map<string, unknown>(Object.entries(before));
  const changed = Object.entries(after).filter(
    ([field, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(was.get(field)),
  );
  if (changed.length === 0) return null;
  const oldValues = Object.fromEntries(changed.map(([field]) => [field, was.get(field) ?? null]));
  return { oldValues, newValues: Object.fromEntries(changed) };
}

/** Appends one entry, at the database's time. Belongs into the transaction of what it tells. */
export async function append(transaction: Queryable, { by, ...entry }: AuditEntry): Promise<void> {
  await settle(
    transaction.insert(auditLogs).values({
      ...entry,
      userId: by.userId,
      // What the network says may be longer than any honest value.
      ipAddress: by.ipAddress?.slice(0, 45),
      userAgent: by.userAgent?.slice(0, 500),
    }),
  );
}
