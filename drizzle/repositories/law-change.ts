import { eq } from 'drizzle-orm';
import { inTransaction, type Queryable, settle } from '../queryable.ts';
import { organisations } from '../schema/organisations.ts';
import { type AuditEntry, append as appendAudit } from './audit.ts';
import { append as appendOutbox } from './outbox.ts';

/** Tells the audit trail and the engine what was changed. */
export type Tell = (entry: Omit<AuditEntry, 'organisationId'>) => Promise<void>;

/**
 * Changes an organisation's law (catalogue, graph, configuration) in a transaction, one change after the other: what
 * several rows promise each other holds. Rows that merely name the organisation don't wait for it.
 */
export async function changeLaw<Result>(
  db: Queryable,
  organisationId: number,
  change: (transaction: Queryable, tell: Tell) => Promise<Result>,
): Promise<Result> {
  return inTransaction(db, async (tx) => {
    await lockOrganisation(tx, organisationId);
    return change(tx, async (entry) => {
      await appendAudit(tx, { organisationId, ...entry });
      await appendOutbox(tx, organisationId, [{ topic: 'organisation', payload: { id: organisationId } }]);
    });
  });
}

/** Until the transaction ends, nobody else has this lock. */
export async function lockOrganisation(transaction: Queryable, organisationId: number): Promise<void> {
  const { id } = organisations;
  await settle(
    transaction.select({ id }).from(organisations).where(eq(id, organisationId)).for('no key update'),
  );
}
