import { and, eq, inArray, isNull, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { InvalidValue } from '../errors.ts';
import { type Queryable, settle } from '../queryable.ts';
import { statuses, statusTransitions } from '../schema/statuses.ts';
import type { Actor } from './audit.ts';
import { changeLaw } from './law-change.ts';
import { type Endpoint, type Owned, type Transition, transitionColumns, transitions } from './statuses.ts';

export interface TransitionChange extends Owned, Transition {
  /** Whether the row is to be there. */
  readonly allowed: boolean;
}

/** Effective only: every duty may be followed by it, and it by none. */
const OFFLINE = 'offline';

/**
 * Adds a row to the graph or removes it, and returns the graph as it then is.
 *
 * @throws InvalidValue (from, to)
 */
export async function saveTransition(
  db: Queryable,
  { organisationId, allowed, ...transition }: TransitionChange,
  by: Actor,
): Promise<Transition[]> {
  const columns = transitionColumns(transition);
  const row = and(eq(statusTransitions.organisationId, organisationId), ...sameAs(columns));
  return changeLaw(db, organisationId, async (tx, tell) => {
    await mustBeEndpoints(tx, organisationId, transition);
    const { id } = statusTransitions;
    const [changed] = await settle(
      allowed
        ? tx
            .insert(statusTransitions)
            .values({ organisationId, ...columns, createdBy: by.userId, updatedBy: by.userId })
            .onConflictDoNothing()
            .returning({ id })
        : tx.delete(statusTransitions).where(row).returning({ id }),
    );
    if (changed !== undefined)
      await tell({
        by,
        action: allowed ? 'transition.add' : 'transition.remove',
        tableName: 'status_transitions',
        recordId: String(changed.id),
        ...(allowed ? { newValues: { ...transition } } : { oldValues: { ...transition } }),
      });
    return transitions(tx, organisationId);
  });
}

async function mustBeEndpoints(
  tx: Queryable,
  organisationId: number,
  ends: Pick<Transition, 'from' | 'to'>,
): Promise<void> {
  const codes = [ends.from, ends.to].flatMap((end) => ('code' in end ? [end.code] : []));
  if (codes.length === 0) return;
  const known = await settle(
    tx
      .select({ code: statuses.code })
      .from(statuses)
      .where(and(eq(statuses.organisationId, organisationId), inArray(statuses.code, codes))),
  );
  const isDuty = (end: Endpoint) =>
    'category' in end || (end.code !== OFFLINE && known.some(({ code }) => code === end.code));
  for (const field of ['from', 'to'] as const)
    if (!isDuty(ends[field])) throw new InvalidValue(field, { message: `${field} names no duty` });
}

function same(column: PgColumn, value: string | null): SQL {
  return value === null ? isNull(column) : eq(column, value);
}

function sameAs(columns: ReturnType<typeof transitionColumns>): SQL[] {
  return [
    same(statusTransitions.fromCategory, columns.fromCategory),
    same(statusTransitions.fromCode, columns.fromCode),
    same(statusTransitions.toCategory, columns.toCategory),
    same(statusTransitions.toCode, columns.toCode),
    same(statusTransitions.role, columns.role),
  ];
}
