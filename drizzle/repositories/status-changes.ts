/**
 * Changes of an organisation's catalogue (A8). No status sets, on overrun, a code that is archived, and no
 * configuration names one.
 */
import { and, eq } from 'drizzle-orm';
import { PLAIN } from '../defaults.ts';
import { InvalidValue, StillNeeded } from '../errors.ts';
import { type Queryable, settle } from '../queryable.ts';
import { systemConfig } from '../schema/config.ts';
import { statuses } from '../schema/statuses.ts';
import { type Actor, differences } from './audit.ts';
import { changeLaw } from './law-change.ts';
import { type Owned, rowOf, type Status, statusOf } from './statuses.ts';

/** What a status is to be; fields that are absent stay as they are, or as is usual for a new one. */
export type StatusChange = Owned &
  Pick<Status, 'code'> & {
    readonly [Field in Exclude<keyof Status, 'code' | 'archived'>]?: Status[Field] | undefined;
  };

const OFFLINE = 'offline';
/** Of a status that isn't a duty nothing can change but how it looks. */
const LOOKS: ReadonlySet<string> = new Set(['label', 'colour', 'shape']);
const NEEDED = ['label', 'category', 'colour', 'shape'] as const;
/** Which code a log-in starts with where the configuration says nothing. */
const LOGIN_KEY = 'DEFAULT_LOGIN_STATUS';
const LOGIN_CODE = 'available';

/**
 * Makes or changes a status, and tells the audit trail and the engine.
 *
 * @throws InvalidValue
 */
export async function save(
  db: Queryable,
  { organisationId, ...change }: StatusChange,
  by: Actor,
): Promise<Status> {
  const { code } = change;
  return changeLaw(db, organisationId, async (tx, tell) => {
    const before = await find(tx, organisationId, code);
    const after = merged(before?.status ?? null, change);
    if (after.onOverrun.action === 'set')
      await mustBeDuty(tx, organisationId, { code, to: after.onOverrun.code });
    const position = before?.position ?? (await count(tx, organisationId));
    const values = { ...rowOf(after, { organisationId, position }), updatedBy: by.userId };
    if (before === null) await settle(tx.insert(statuses).values({ ...values, createdBy: by.userId }));
    else {
      if (differences(before.status, after) === null) return after;
      await settle(tx.update(statuses).set(values).where(eq(statuses.id, before.id)));
    }
    await tell({
      by,
      action: before === null ? 'status.create' : 'status.update',
      tableName: 'statuses',
      recordId: code,
      ...(before === null ? { newValues: { ...after } } : differences(before.status, after)),
    });
    return after;
  });
}

/**
 * Archives a status, or takes it back from there. Null for a code that the organisation doesn't have.
 *
 * @throws StillNeeded, InvalidValue (offline)
 */
export async function archive(
  db: Queryable,
  { organisationId, code, archived }: Owned & Pick<Status, 'code' | 'archived'>,
  by: Actor,
): Promise<Status | null> {
  return changeLaw(db, organisationId, async (tx, tell) => {
    const found = await find(tx, organisationId, code);
    if (found === null || found.status.archived === archived) return found?.status ?? null;
    if (archived) await mustNotBeNeeded(tx, organisationId, code);
    await settle(
      tx.update(statuses).set({ archived, updatedBy: by.userId }).where(eq(statuses.id, found.id)),
    );
    await tell({
      by,
      action: archived ? 'status.archive' : 'status.unarchive',
      tableName: 'statuses',
      recordId: code,
      oldValues: { archived: !archived },
      newValues: { archived },
    });
    return { ...found.status, archived };
  });
}

function merged(before: Status | null, change: Omit<StatusChange, 'organisationId'>): Status {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const missing = before === null ? NEEDED.find((field) => change[field] === undefined) : undefined;
  if (missing !== undefined) throw new InvalidValue(missing, { message: `a new status needs a ${missing}` });
  const after = { ...(before ?? PLAIN), ...given } as Status;
  if (before === null) return after;
  const { code, category } = before;
  if (after.category !== category)
    throw new InvalidValue('category', { message: `${code} keeps its category, ${category}` });
  const changed = Object.keys(differences(before, after)?.newValues ?? {});
  const field = category === OFFLINE ? changed.find((name) => !LOOKS.has(name)) : undefined;
  if (field !== undefined)
    throw new InvalidValue(field, { message: `${OFFLINE} is no duty: it has no ${field} to change` });
  return after;
}

async function find(
  tx: Queryable,
  organisationId: number,
  code: string,
): Promise<{ readonly id: number; readonly position: number; readonly status: Status } | null> {
  const [row] = await settle(
    tx
      .select()
      .from(statuses)
      .where(and(eq(statuses.organisationId, organisationId), eq(statuses.code, code))),
  );
  if (row === undefined) return null;
  const { organisationId: _, ...status } = statusOf(row);
  return { id: row.id, position: row.position, status };
}

function count(tx: Queryable, organisationId: number): Promise<number> {
  return settle(tx.$count(statuses, eq(statuses.organisationId, organisationId)));
}

/** What a status sets on overrun can be declared: another duty, not archived. */
async function mustBeDuty(
  tx: Queryable,
  organisationId: number,
  { code, to }: { readonly code: string; readonly to: string },
): Promise<void> {
  const found = to === code ? null : await find(tx, organisationId, to);
  if (found === null || found.status.archived || found.status.category === OFFLINE)
    throw new InvalidValue('onOverrun', { message: 'onOverrun names no other status that can be set' });
}

async function mustNotBeNeeded(tx: Queryable, organisationId: number, code: string): Promise<void> {
  if (code === OFFLINE) throw new InvalidValue('code', { message: `${OFFLINE} can not be archived` });
  const keys = await settle(
    tx
      .select({ key: systemConfig.key, value: systemConfig.value })
      .from(systemConfig)
      .where(and(eq(systemConfig.organisationId, organisationId), eq(systemConfig.type, 'status'))),
  );
  if (!keys.some(({ key }) => key === LOGIN_KEY)) keys.push({ key: LOGIN_KEY, value: LOGIN_CODE });
  const naming = keys.find(({ value }) => value === code);
  if (naming !== undefined)
    throw new StillNeeded(`${code} is the ${naming.key}: set that to another status first`);
  const [setting] = await settle(
    tx
      .select({ code: statuses.code })
      .from(statuses)
      .where(and(eq(statuses.organisationId, organisationId), eq(statuses.onOverrunCode, code))),
  );
  if (setting !== undefined)
    throw new StillNeeded(`${setting.code} sets ${code} on overrun: change that first`);
}
