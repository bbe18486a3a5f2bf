import { asc, eq, getTableColumns } from 'drizzle-orm';
import { type Queryable, settle } from '../queryable.ts';
import { type ConfigType, systemConfig } from '../schema/config.ts';

export interface ConfigRow {
  readonly key: string;
  /** As text, whatever the type. */
  readonly value: string;
  readonly type: ConfigType;
  readonly description: string | null;
  readonly isEditable: boolean;
  readonly updatedAt: Date;
}

export type NewConfigRow = Omit<ConfigRow, 'updatedAt'>;

const { key, value, type, description, isEditable, updatedAt } = getTableColumns(systemConfig);

/** All values of one organisation, by key. */
export async function list(db: Queryable, organisationId: number): Promise<ConfigRow[]> {
  return settle(
    db
      .select({ key, value, type, description, isEditable, updatedAt })
      .from(systemConfig)
      .where(eq(systemConfig.organisationId, organisationId))
      .orderBy(asc(key)),
  );
}

/** Adds those rows whose key the organisation doesn't have; keys that have a value keep it. */
export async function addMissing(
  transaction: Queryable,
  organisationId: number,
  missing: readonly NewConfigRow[],
): Promise<void> {
  if (missing.length === 0) return;
  const rows = missing.map((row) => ({ organisationId, ...row }));
  await settle(transaction.insert(systemConfig).values(rows).onConflictDoNothing());
}
