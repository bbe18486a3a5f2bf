import { sql } from 'drizzle-orm';
import { bigint, foreignKey, index, integer, pgTable, unique, uuid, varchar } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { owned } from './organisations.ts';
import { users } from './people.ts';

/**
 * The refresh tokens of log-in sessions. A session is a family of tokens: each use of one makes a child of it, and
 * the family ends with its newest token or when it is revoked.
 */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    ...owned,
    userId: integer('user_id').notNull(),
    familyId: uuid('family_id').notNull(),
    /** The token that was exchanged for this one; null for the family's first. */
    parentId: bigint('parent_id', { mode: 'number' }),
    /** Never the token itself. */
    tokenHash: varchar('token_hash', { length: 128 }).notNull(),
    issuedAt: instant('issued_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    /** When it was first exchanged for a child. */
    usedAt: instant('used_at'),
    revokedAt: instant('revoked_at'),
    userAgent: varchar('user_agent', { length: 500 }),
    ipAddress: varchar('ip_address', { length: 45 }),
  },
  (table) => [
    unique('refresh_tokens_token_hash_key').on(table.tokenHash),
    foreignKey({
      name: 'refresh_tokens_user_id_fkey',
      columns: [table.organisationId, table.userId],
      foreignColumns: [users.organisationId, users.id],
    }),
    // What the foreign key of children refers to. It leads by the family, which is how families are found.
    unique('refresh_tokens_id_key').on(table.familyId, table.id),
    // Without an action on delete: a family is deleted whole, and no child forgets which tokens are its siblings.
    foreignKey({
      name: 'refresh_tokens_parent_id_fkey',
      columns: [table.familyId, table.parentId],
      foreignColumns: [table.familyId, table.id],
    }),
    index('refresh_tokens_parent_id_idx').on(table.parentId),
    // The unused tokens of each family that was not revoked.
    index('refresh_tokens_user_id_idx')
      .on(table.userId)
      .where(sql`${table.usedAt} IS NULL AND ${table.revokedAt} IS NULL`),
    index('refresh_tokens_expires_at_idx').on(table.expiresAt),
  ],
);
