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
