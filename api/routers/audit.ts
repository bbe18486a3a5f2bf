import * as audit from '../../drizzle/repositories/audit.ts';
import { MANAGERS } from '../auth/permissions.ts';
import { type AuditEntry, type AuditPage, listAuditInput } from '../contract/audit.ts';
import { stored } from '../errors.ts';
import { procedureFor, router } from '../trpc/procedures.ts';

export const auditRouter = router({
  /** The newest entries first. */
  list: procedureFor(MANAGERS)
    .input(listAuditInput)
    .query(async ({ ctx, input: { filters, cursor, limit } }): Promise<AuditPage> => {
      // What people did to presence is entered out of the journal: whoever did it finds it.
      await ctx.projections.caughtUp('audit');
      const { table: tableName, from, to, ...same } = filters;
      const rows = await stored(
        audit.list(ctx.db, ctx.principal.member.organisationId, {
          ...same,
          tableName,
          from: from === undefined ? undefined : new Date(from),
          to: to === undefined ? undefined : new Date(to),
          before: cursor === null || cursor === undefined ? undefined : Number(cursor),
          limit: limit + 1,
        }),
      );
      const entries = rows.slice(0, limit).map(entryOf);
      const last = entries.at(-1);
      const hasMore = rows.length > limit && last !== undefined;
      return { entries, nextCursor: hasMore ? String(last.id) : null };
    }),
});

function entryOf(row: audit.AuditRow): AuditEntry {
  const { id, at, userId, action, tableName: table, recordId } = row;
  const { oldValues, newValues, ipAddress, userAgent } = row;
  return {
    id,
    at: at.getTime(),
    userId,
    action,
    table,
    recordId,
    oldValues,
    newValues,
    ipAddress,
    userAgent,
  };
}
