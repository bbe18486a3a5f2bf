import { randomBytes } from 'node:crypto';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { DEFAULT_STATUSES, DEFAULT_TRANSITIONS } from '../drizzle/defaults.ts';
import { inTransaction } from '../drizzle/queryable.ts';
import { SYSTEM } from '../drizzle/repositories/audit.ts';
import * as organisations from '../drizzle/repositories/organisations.ts';
import * as users from '../drizzle/repositories/users.ts';
import { hashPassword } from './auth/passwords.ts';
import { CONFIG_KEYS } from './contract/config.ts';

export interface FirstStart {
  readonly organisationId: number;
  /** The admin's password where one was made up: shown once, kept nowhere. Null otherwise. */
  readonly madePassword: string | null;
}

const ADMIN = 'admin';

/** The organisation that everything begins with, and its admin; both made at the first start. */
export async function ensureFirstOrganisation(
  db: NodePgDatabase,
  adminPassword: string | null,
): Promise<FirstStart> {
  const [present] = await organisations.list(db);
  if (present !== undefined) return { organisationId: present.id, madePassword: null };
  const password = adminPassword ?? randomBytes(12).toString('base64url');
  const passwordHash = await hashPassword(password);
  const organisationId = await inTransaction(db, async (tx) => {
    const { id } = await organisations.create(
      tx,
      {
        name: 'Rollcall',
        timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        statuses: DEFAULT_STATUSES,
        transitions: DEFAULT_TRANSITIONS,
        config: Object.entries(CONFIG_KEYS).map(([key, { type, default: value, description }]) => ({
          key,
          type,
          value: String(value),
          description,
          isEditable: true,
        })),
      },
      SYSTEM,
    );
    const admin = {
      organisationId: id,
      username: ADMIN,
      email: 'admin@localhost.localdomain',
      passwordHash,
      fullName: 'Administrator',
      role: 'admin' as const,
    };
    await users.create(tx, admin, SYSTEM);
    return id;
  });
  return { organisationId, madePassword: adminPassword === null ? password : null };
}
