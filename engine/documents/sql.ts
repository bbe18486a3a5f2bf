/**
 * Documents in SQL: JSONB, with what is searched for in columns of its own (tables: drizzle/schema/documents.ts).
 * PostgreSQL, or PGlite behind the same pool. What is projected and how far commit together.
 */
import type { Documents } from './port.ts';
import { renewAgents, sqlAgents, takeEvents } from './sql-agents.ts';
import type { SqlPool } from './sql-client.ts';
import { sqlKeeping } from './sql-keeping.ts';
import { sqlActivities, sqlMessages, takeActivities, takeMessages, takeReceipts } from './sql-messages.ts';
import { sqlTarget } from './sql-target.ts';

const NAME = 'documents';

export function sqlDocuments(pool: SqlPool): Documents {
  return {
    ...sqlTarget(pool, {
      name: NAME,
      async take(client, { log, entries }) {
        const missing = await takeEvents(
          client,
          log,
          entries.filter((entry) => entry.kind === 'event'),
        );
        const messages = entries.filter((entry) => entry.kind === 'message');
        await takeMessages(
          client,
          messages.map(({ message }) => message),
        );
        const receipts = entries.filter((entry) => entry.kind === 'receipt');
        await takeReceipts(
          client,
          receipts.map(({ receipt }) => receipt),
        );
        await takeActivities(
          client,
          log,
          entries.filter((entry) => entry.kind === 'activity'),
        );
        return missing;
      },
      renew: renewAgents,
    }),
    ...sqlAgents(pool),
    ...sqlMessages(pool),
    ...sqlActivities(pool),
    ...sqlKeeping(pool, NAME),
  };
}
