import { DEFAULT_STATUSES, DEFAULT_TRANSITIONS } from '../../drizzle/defaults.ts';
import type { Queryable } from '../../drizzle/queryable.ts';
import { type Actor, SYSTEM } from '../../drizzle/repositories/audit.ts';
import { create, type NewOrganisation, type Organisation } from '../../drizzle/repositories/organisations.ts';
import type { NewUser } from '../../drizzle/repositories/users.ts';

/** An actor whom the database doesn't know: the audit trail takes users of the organisation or nobody. */
export const NOBODY: Actor = { ...SYSTEM, ipAddress: '192.0.2.7', userAgent: 'a test' };

let made = 0;

/** A word that no other row of this test file has. */
export function unique(word: string): string {
  made += 1;
  return `${word}${made}`;
}

export function newOrganisation(more: Partial<NewOrganisation> = {}): NewOrganisation {
  return {
    name: unique('Organisation '),
    timeZone: 'Asia/Bangkok',
    statuses: DEFAULT_STATUSES,
    transitions: DEFAULT_TRANSITIONS,
    config: [
      {
        key: 'MAX_AGENT_IDLE_TIME',
        value: '300',
        type: 'integer',
        description: 'Time without activity until an agent counts as away',
        isEditable: true,
      },
    ],
    ...more,
  };
}

export async function makeOrganisation(db: Queryable): Promise<Organisation> {
  return create(db, newOrganisation(), NOBODY);
}

export function newUser(organisationId: number, more: Partial<NewUser> = {}): NewUser {
  const username = unique('user_');
  return {
    organisationId,
    username,
    email: `${username}@example.com`,
    passwordHash: 'not a hash',
    fullName: `User ${username}`,
    role: 'agent',
    ...more,
  };
}
