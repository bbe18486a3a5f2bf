import { and, asc, eq, getTableColumns, ne, not, sql } from 'drizzle-orm';
import { InvalidValue } from '../errors.ts';
import { only, type Queryable, settle } from '../queryable.ts';
import { type ConfigType, systemConfig } from '../schema/config.ts';
import { statuses } from '../schema/statuses.ts';
import type { Actor } from './audit.ts';
import { changeLaw } from './law-change.ts';

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

/** A value to be set. The value fits the type; what else it must be is checked here. */
export type ConfigChange = Omit<NewConfigRow, 'isEditable'> & { readonly organisationId: number };

const { key, value, type, description, isEditable, updatedAt } = getTableColumns(systemConfig);
const fields = { key, value, type, description, isEditable, updatedAt };

/** All values of one organisation, by key. */
export async function list(db: Queryable, organisationId: number): Promise<ConfigRow[]> {
  return settle(
    db
      .select(fields)
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

/**
 * Sets a value, and tells the audit trail and the engine.
 *
 * @throws InvalidValue (key: not editable; value: names no status that can be declared)
 */
export async function set(db: Queryable, change: ConfigChange, by: Actor): Promise<ConfigRow> {
  const { organisationId } = change;
  const row = and(eq(systemConfig.organisationId, organisationId), eq(key, change.key));
  return changeLaw(db, organisationId, async (tx, tell) => {
    const [before] = await settle(tx.select(fields).from(systemConfig).where(row));
    if (before?.isEditable === false)
      throw new InvalidValue('key', { message: `${change.key} can not be edited` });
    if (before?.value === change.value) return before;
    if (change.type === 'status') await mustBeDuty(tx, organisationId, change.value);
    const author = { updatedBy: by.userId };
    const after = only(
      await settle(
        tx
          .insert(systemConfig)
          .values({ ...change, ...author, createdBy: by.userId })
          .onConflictDoUpdate({
            target: [systemConfig.organisationId, key],
            set: { value: change.value, ...author, updatedAt: sql`now()` },
          })
          .returning(fields),
      ),
    );
    await tell({
      by,
      action: 'config.set',
      tableName: 'system_config',
      recordId: change.key,
      ...(before !== undefined && { oldValues: { value: before.value } }),
      newValues: { value: change.value },
    });
    return after;
  });
}

async function mustBeDuty(tx: Queryable, organisationId: number, code: string): Promise<void> {
  const found = await settle(
    tx
      .select({ id: statuses.id })
      .from(statuses)
      .where(
        and(
          eq(statuses.organisationId, organisationId),
          eq(statuses.code, code),
          ne(statuses.category, 'offline'),
          not(statuses.archived),
        ),
      ),
  );
  if (found.length === 0)
    throw new InvalidValue('value', { message: 'value names no status that can be declared' });
}
