import { and, eq, ne } from 'drizzle-orm';
import { StillNeeded } from '../errors.ts';
import { inTransaction, type Queryable, settle } from '../queryable.ts';
import { type Role, users } from '../schema/people.ts';
import { type Actor, append as appendAudit, differences } from './audit.ts';
import { lockOrganisation } from './law-change.ts';
import { revokeUser } from './refresh-tokens.ts';
import { reserveSeat } from './seats.ts';
import { byId, standsOnBoards, tellMember, type User } from './users.ts';

/** What a user is to be; fields that are absent stay as they are. */
export type UserChange = Pick<User, 'id' | 'organisationId'> & {
  readonly [
    Field in 'email' | 'fullName' | 'role' | 'teamId' | 'phone' | 'avatar' | 'onBoard' | 'isActive'
  ]?: User[Field] | undefined;
} & {
  /** The user's own; null for the team's. */
  readonly department?: string | null | undefined;
};

/** What decides whether an assignment, or the loss of an admin, is meant. */
interface Standing {
  readonly role: Role;
  readonly teamId: number | null;
  readonly isActive: boolean;
}

/**
 * Changes a user, and tells the audit trail and the engine. Null for one whom the organisation doesn't have. Whoever
 * is deactivated is logged out everywhere, at `now`.
 *
 * @throws DuplicateValue (email), UnknownReference (teamId), TeamFull, InvalidValue, StillNeeded (the last admin)
 */
export async function update(
  db: Queryable,
  { id, organisationId, ...change }: UserChange,
  { by, now }: { readonly by: Actor; readonly now: Date },
): Promise<User | null> {
  return inTransaction(db, async (tx) => {
    const row = and(eq(users.organisationId, organisationId), eq(users.id, id));
    const [before] = await settle(tx.select().from(users).where(row).for('no key update'));
    if (before === undefined) return null;
    const told = differences(before, implied(before, change));
    if (told === null) return byId(tx, organisationId, id);
    const after = { ...before, ...told.newValues };
    if (isAdmin(before) && !isAdmin(after)) await mustNotBeLastAdmin(tx, before);
    if (after.teamId !== null && takesSeat(before, after))
      await reserveSeat(tx, { organisationId, teamId: after.teamId, role: after.role });
    await settle(
      tx
        .update(users)
        .set({ ...told.newValues, updatedBy: by.userId })
        .where(row),
    );
    if (before.isActive && !after.isActive) await revokeUser(tx, id, now);
    await appendAudit(tx, {
      organisationId,
      by,
      action: before.isActive && !after.isActive ? 'user.deactivate' : 'user.update',
      tableName: 'users',
      recordId: String(id),
      ...told,
    });
    return tellMember(tx, id);
  });
}

type Change = Omit<UserChange, 'id' | 'organisationId'>;

/** With what follows from it: a name that is given whole has no known parts; a role decides who stands on boards. */
function implied(before: Standing, change: Change): Change & { firstName?: null; lastName?: null } {
  const { fullName, role, onBoard } = change;
  return {
    ...change,
    ...(fullName !== undefined && { firstName: null, lastName: null }),
    ...(role !== undefined &&
      role !== before.role &&
      onBoard === undefined && { onBoard: standsOnBoards(role) }),
  };
}

function isAdmin({ role, isActive }: Standing): boolean {
  return role === 'admin' && isActive;
}

/** Whether the change assigns the user to the team anew: another team, another role there, or back among the active. */
function takesSeat(before: Standing, after: Standing): boolean {
  return (
    after.isActive &&
    (after.teamId !== before.teamId || after.role !== before.role || after.isActive !== before.isActive)
  );
}

/** Somebody must be left who may change this back. */
async function mustNotBeLastAdmin(
  tx: Queryable,
  { id, organisationId }: Pick<User, 'id' | 'organisationId'>,
): Promise<void> {
  await lockOrganisation(tx, organisationId);
  const others = await settle(
    tx.$count(
      users,
      and(
        eq(users.organisationId, organisationId),
        eq(users.role, 'admin'),
        users.isActive,
        ne(users.id, id),
      ),
    ),
  );
  if (others === 0) throw new StillNeeded('the organisation needs an admin');
}
