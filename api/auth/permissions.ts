/**
 * Who may see and do what (CONTRACT: Roles). Pure: a question about a principal and a scope, an answer.
 * A user's own team is the one that the user supervises (supervisors) or belongs to (agents).
 */
import type { Member, Role } from '../../engine/member.ts';
import type { Scope } from '../../engine/scope.ts';
import type { View } from '../../engine/tile.ts';

/** Who has a status of their own, and an inbox. */
export const WITH_PRESENCE = ['agent', 'supervisor', 'manager', 'admin'] as const satisfies Role[];
export const SUPERVISORS = ['supervisor', 'manager', 'admin'] as const satisfies Role[];
/** Who may change the catalogue and the graph, and read the audit trail. */
export const MANAGERS = ['manager', 'admin'] as const satisfies Role[];
/** Who may configure, and make teams and users. */
export const ADMINS = ['admin'] as const satisfies Role[];

export interface Viewer {
  readonly member: Member;
  /** Ids of the teams that this user supervises. */
  readonly supervises: readonly number[];
}

/** The view in which somebody may see a scope; null for not at all. One scope has one view for one watcher. */
export function viewOf({ member, supervises }: Viewer, scope: Scope, target: Member | null): View | null {
  if ('admin' in scope) return member.role === 'admin' ? 'full' : null;
  if ('agentId' in scope && scope.agentId === member.id) return 'full';
  switch (member.role) {
    case 'admin':
    case 'manager':
      return 'full';
    case 'supervisor':
      return isOwn(supervises, scope, target) ? 'full' : 'basic';
    case 'viewer':
      return 'basic';
    case 'agent':
      return isOwn(member.teamId === null ? [] : [member.teamId], scope, target) ? 'basic' : null;
  }
}

/** Whether somebody may ask why an agent is in the state it is in. */
export function mayAskWhy(viewer: Viewer, target: Member): boolean {
  const { member } = viewer;
  return member.id === target.id ? member.role !== 'viewer' : leads(viewer, target.teamId);
}

/** Whether somebody may force a status on an agent, and release it. */
export function mayForce(viewer: Viewer, target: Member): boolean {
  return leads(viewer, target.teamId);
}

/** Whether somebody may have work given to the agents of a scope. */
export function mayRoute({ member, supervises }: Viewer, scope: Scope, target: Member | null): boolean {
  return member.role === 'supervisor'
    ? isOwn(supervises, scope, target)
    : member.role === 'manager' || member.role === 'admin';
}

/** Whether somebody may write to another: agents to those of their team, and to whoever supervises it. */
export function mayWriteTo(viewer: Viewer, { member: target, ...theirs }: Viewer): boolean {
  const { role, teamId } = viewer.member;
  if (role !== 'agent') return leads(viewer, target.teamId);
  return teamId !== null && (target.teamId === teamId || theirs.supervises.includes(teamId));
}

/** Whether somebody may write to everybody in a team; null: in the organisation. */
export function mayWriteToMany(viewer: Viewer, teamId: number | null): boolean {
  return leads(viewer, teamId);
}

/** Whether somebody is above a team, and whoever is in it; null: above those without one. */
function leads({ member, supervises }: Viewer, teamId: number | null): boolean {
  return member.role === 'supervisor'
    ? teamId !== null && supervises.includes(teamId)
    : member.role === 'manager' || member.role === 'admin';
}

/** Whether somebody may see how far the recipients of a message are. */
export function maySeeReceipts({ member }: Viewer, senderId: number | null): boolean {
  return member.id === senderId || member.role === 'manager' || member.role === 'admin';
}

/** Of a user, what rights to it follow from. */
export type Person = Pick<Member, 'id' | 'role' | 'teamId'>;

/** Whether somebody may read who a user is. */
export function mayRead({ member, supervises }: Viewer, user: Person): boolean {
  if (member.id === user.id) return true;
  switch (member.role) {
    case 'admin':
    case 'manager':
    case 'viewer':
      return true;
    case 'supervisor':
      return user.teamId !== null && supervises.includes(user.teamId);
    case 'agent':
      return false;
  }
}

const OWN_FIELDS: ReadonlySet<string> = new Set(['phone', 'avatar', 'name']);
/** What only admins may give: a right, or the account itself. */
const POWERS: ReadonlySet<string> = new Set(['role', 'active']);

/** Whether somebody may change that field of a user. */
export function mayChange({ member }: Viewer, user: Person, field: string): boolean {
  if (member.role === 'admin') return true;
  if (member.role === 'manager' && user.role !== 'admin' && !POWERS.has(field)) return true;
  return member.id === user.id && member.role !== 'viewer' && OWN_FIELDS.has(field);
}

/** Whether somebody may read who is in a team; the teams themselves are known to all but agents of others. */
export function mayReadTeam({ member, supervises }: Viewer, teamId: number): boolean {
  switch (member.role) {
    case 'supervisor':
      return supervises.includes(teamId);
    case 'agent':
      return false;
    default:
      return true;
  }
}

/** Whether somebody may know of a team. */
export function mayKnowTeam({ member }: Viewer, teamId: number): boolean {
  return member.role !== 'agent' || member.teamId === teamId;
}

/** Whether somebody has a status of their own, and an inbox. */
export function hasPresence(member: Member): boolean {
  return member.role !== 'viewer';
}

function isOwn(teams: readonly number[], scope: Scope, target: Member | null): boolean {
  if ('teamId' in scope) return teams.includes(scope.teamId);
  return 'agentId' in scope && target !== null && target.teamId !== null && teams.includes(target.teamId);
}
