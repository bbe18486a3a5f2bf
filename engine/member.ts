/** What the engine knows of a user: who exists, and where they stand. Master data; the truth is in SQL. */
export interface Member {
  readonly id: number;
  readonly organisationId: number;
  readonly name: string;
  readonly teamId: number | null;
  readonly department: string | null;
  readonly role: Role;
  /** Whether this user stands on boards. */
  readonly onBoard: boolean;
  /** A deactivated user has no presence. */
  readonly active: boolean;
  /** When the user was made, epoch milliseconds: what was sent to all before is not theirs (H1). */
  readonly createdAt: number;
}

export type Role = 'viewer' | 'agent' | 'supervisor' | 'manager' | 'admin';

export function sameMember(a: Member, b: Member): boolean {
  return (
    a.id === b.id &&
    a.organisationId === b.organisationId &&
    a.name === b.name &&
    a.teamId === b.teamId &&
    a.department === b.department &&
    a.role === b.role &&
    a.onBoard === b.onBoard &&
    a.active === b.active &&
    a.createdAt === b.createdAt
  );
}

/** Who exists. Read at start; a later change reaches the engine as an input (`profile`). */
export interface Roster {
  /** Everybody once, page by page: to wait for each alone takes longer than all that is done with them. */
  members(): AsyncIterable<readonly Member[]>;
}
