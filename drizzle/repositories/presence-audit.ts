import { and, eq, inArray } from 'drizzle-orm';
import { auditLogs } from '../schema/audit.ts';
import { organisations } from '../schema/organisations.ts';
import { users } from '../schema/people.ts';
import { type Queryable, settle } from '../queryable.ts';

/** What somebody did to an agent's presence, as the journal tells it. */
export interface PresenceEntry {
  readonly organisationId: number;
  /** Who did it. */
  readonly by: number;
  readonly agentId: number;
  /** `noun.verb` */
  readonly action: string;
  readonly at: Date;
  readonly oldValues: Readonly<Record<string, unknown>> | null;
  readonly newValues: Readonly<Record<string, unknown>>;
}

/**
 * Appends entries, at the time at which it happened. Whoever is not a user of the organisation here (the database is
 * older than the journal) is named among the new values; of an organisation that is not here nothing is kept.
 */
export async function append(transaction: Queryable, entries: readonly PresenceEntry[]): Promise<void> {
  const concerned = [...new Set(entries.map((entry) => entry.organisationId))];
  const here = await settle(
    transaction
      .select({ id: organisations.id })
      .from(organisations)
      .where(inArray(organisations.id, concerned)),
  );
  for (const { id: organisationId } of here) {
    const own = entries.filter((entry) => entry.organisationId === organisationId);
    const actors = [...new Set(own.map(({ by }) => by))];
    const rows = await settle(
      transaction
        .select({ id: users.id })
        .from(users)
        .where(and(eq(users.organisationId, organisationId), inArray(users.id, actors))),
    );
    const known = new Set(rows.map(({ id }) => id));
    await settle(
      transaction.insert(auditLogs).values(
        own.map(({ by, agentId, newValues, ...entry }) => ({
          ...entry,
          userId: known.has(by) ? by : null,
          tableName: 'users',
          recordId: String(agentId),
          newValues: known.has(by) ? newValues : { ...newValues, by },
        })),
      ),
    );
  }
}
