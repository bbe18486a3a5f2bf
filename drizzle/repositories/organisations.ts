import { asc, eq, getTableColumns } from 'drizzle-orm';
import { inTransaction, only, type Queryable, settle } from '../queryable.ts';
import { organisations } from '../schema/organisations.ts';
import { type Actor, append as appendAudit } from './audit.ts';
import { addMissing as addConfig, type NewConfigRow } from './config.ts';
import { append as appendOutbox } from './outbox.ts';
import {
  addMissing as addStatuses,
  addMissingTransitions,
  type Status,
  type Transition,
} from './statuses.ts';

export interface Organisation {
  readonly id: number;
  readonly name: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly isActive: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewOrganisation {
  readonly name: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly statuses: readonly Status[];
  readonly transitions: readonly Transition[];
  readonly config: readonly NewConfigRow[];
}

const { createdBy: _createdBy, updatedBy: _updatedBy, ...fields } = getTableColumns(organisations);

/** All organisations, the oldest first. */
export async function list(db: Queryable): Promise<Organisation[]> {
  return settle(db.select(fields).from(organisations).orderBy(asc(organisations.id)));
}

export async function byId(db: Queryable, id: number): Promise<Organisation | null> {
  const [organisation] = await settle(db.select(fields).from(organisations).where(eq(organisations.id, id)));
  return organisation ?? null;
}

/**
 * Makes an organisation with its catalogue, graph and configuration, and tells the audit trail and the engine.
 *
 * @throws DuplicateValue (name), InvalidValue, UnknownReference (a code that the catalogue lacks)
 */
export async function create(db: Queryable, made: NewOrganisation, by: Actor): Promise<Organisation> {
  const { name, timeZone, statuses, transitions, config } = made;
  const values = { name, timeZone, createdBy: by.userId, updatedBy: by.userId };
  return inTransaction(db, async (tx) => {
    const organisation = only(await settle(tx.insert(organisations).values(values).returning(fields)));
    const { id } = organisation;
    await addStatuses(tx, id, statuses);
    await addMissingTransitions(tx, id, transitions);
    await addConfig(tx, id, config);
    await appendAudit(tx, {
      organisationId: id,
      by,
      action: 'organisation.create',
      tableName: 'organisations',
      recordId: String(id),
      newValues: { name, timeZone },
    });
    await appendOutbox(tx, id, [{ topic: 'organisation', payload: { id } }]);
    return organisation;
  });
}
