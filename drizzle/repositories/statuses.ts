import { asc, eq } from 'drizzle-orm';
import { type Queryable, settle } from '../queryable.ts';
import type { Role } from '../schema/people.ts';
import {
  type CATEGORIES,
  type DutyCategory,
  type Shape,
  statuses,
  statusTransitions,
} from '../schema/statuses.ts';

/** One status of the catalogue (A8). */
export interface Status {
  readonly code: string;
  readonly label: string;
  /** `offline` is effective only. */
  readonly category: (typeof CATEGORIES)[number];
  /** `#rrggbb` */
  readonly colour: string;
  readonly shape: Shape;
  readonly routable: boolean;
  /** Roles that may choose it; null for all. */
  readonly selectableBy: readonly Role[] | null;
  readonly reasonRequired: boolean;
  /** Null for no limit of its own. */
  readonly maxSeconds: number | null;
  readonly onOverrun:
    | { readonly action: 'alert' }
    | { readonly action: 'set'; readonly code: string }
    | { readonly action: 'log_out' };
  readonly idleLimit: 'default' | 'never' | { readonly seconds: number };
  readonly archived: boolean;
}

/** One row of the graph: what may follow what (A9), for one role or (null) for all. */
export interface Transition {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly role: Role | null;
}

export type Endpoint = { readonly category: DutyCategory } | { readonly code: string };

/** Whose a row is. */
export interface Owned {
  readonly organisationId: number;
}

/** The statuses of one organisation, or of all, archived ones included, in the order of lists. */
export async function list(db: Queryable, organisationId?: number): Promise<(Status & Owned)[]> {
  const rows = await settle(
    db
      .select()
      .from(statuses)
      .where(organisationId === undefined ? undefined : eq(statuses.organisationId, organisationId))
      .orderBy(asc(statuses.organisationId), asc(statuses.position), asc(statuses.id)),
  );
  return rows.map(statusOf);
}

/** The graph of one organisation, or of all. */
export async function transitions(db: Queryable, organisationId?: number): Promise<(Transition & Owned)[]> {
  const rows = await settle(
    db
      .select()
      .from(statusTransitions)
      .where(organisationId === undefined ? undefined : eq(statusTransitions.organisationId, organisationId))
      .orderBy(asc(statusTransitions.organisationId), asc(statusTransitions.id)),
  );
  return rows.map((row) => ({
    organisationId: row.organisationId,
    from: endpointOf(row.fromCategory, row.fromCode),
    to: endpointOf(row.toCategory, row.toCode),
    role: row.role,
  }));
}

/** Adds those statuses, in this order, whose code the organisation doesn't have, and returns how many. */
export async function addMissing(
  transaction: Queryable,
  organisationId: number,
  missing: readonly Status[],
): Promise<number> {
  if (missing.length === 0) return 0;
  const there = await settle(transaction.$count(statuses, eq(statuses.organisationId, organisationId)));
  const rows = missing.map((status, index) => rowOf(status, { organisationId, position: there + index }));
  const { rowCount } = await settle(transaction.insert(statuses).values(rows).onConflictDoNothing());
  return rowCount ?? 0;
}

/** Adds those rows of the graph that the organisation doesn't have, and returns how many. */
export async function addMissingTransitions(
  transaction: Queryable,
  organisationId: number,
  missing: readonly Transition[],
): Promise<number> {
  if (missing.length === 0) return 0;
  const rows = missing.map((transition) => ({ organisationId, ...transitionColumns(transition) }));
  const { rowCount } = await settle(transaction.insert(statusTransitions).values(rows).onConflictDoNothing());
  return rowCount ?? 0;
}

/** A row of the graph as its table keeps it. */
export function transitionColumns({ from, to, role }: Transition) {
  return {
    fromCategory: 'category' in from ? from.category : null,
    fromCode: 'code' in from ? from.code : null,
    toCategory: 'category' in to ? to.category : null,
    toCode: 'code' in to ? to.code : null,
    role,
  };
}

type StatusRow = typeof statuses.$inferSelect;

export function statusOf(row: StatusRow): Status & Owned {
  const { organisationId, code, label, category, colour, shape, routable } = row;
  const { selectableBy, reasonRequired, maxSeconds, archived } = row;
  return {
    organisationId,
    code,
    label,
    category,
    colour,
    shape,
    routable,
    selectableBy,
    reasonRequired,
    maxSeconds,
    onOverrun: overrunOf(row),
    idleLimit: idleLimitOf(row),
    archived,
  };
}

function overrunOf({ code, onOverrunAction, onOverrunCode }: StatusRow): Status['onOverrun'] {
  if (onOverrunAction !== 'set') return { action: onOverrunAction };
  if (onOverrunCode === null) throw new TypeError(`the status ${code} sets nothing on overrun`);
  return { action: 'set', code: onOverrunCode };
}

function idleLimitOf({ code, idleLimit, idleLimitSeconds }: StatusRow): Status['idleLimit'] {
  if (idleLimit !== 'seconds') return idleLimit;
  if (idleLimitSeconds === null) throw new TypeError(`the status ${code} has no idle limit`);
  return { seconds: idleLimitSeconds };
}

function endpointOf(category: DutyCategory | null, code: string | null): Endpoint {
  if (category !== null) return { category };
  if (code !== null) return { code };
  throw new TypeError('a row of the graph has an end without category and code');
}

export function rowOf(
  { onOverrun, idleLimit, selectableBy, ...status }: Status,
  place: Owned & { readonly position: number },
): typeof statuses.$inferInsert {
  return {
    ...status,
    ...place,
    selectableBy: selectableBy === null ? null : [...selectableBy],
    onOverrunAction: onOverrun.action,
    onOverrunCode: onOverrun.action === 'set' ? onOverrun.code : null,
    idleLimit: typeof idleLimit === 'string' ? idleLimit : 'seconds',
    idleLimitSeconds: typeof idleLimit === 'string' ? null : idleLimit.seconds,
  };
}
