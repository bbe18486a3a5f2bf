/**
 * Who may see and do what (CONTRACT: Roles). Pure: a question about a principal and a scope, an answer.
 * A user's own team is the one that the user supervises (supervisors) or belongs to (agents).
 */
import type { Member } from '../../engine/member.ts';
import type { Scope } from '../../engine/scope.ts';
import type { View } from '../../engine/tile.ts';

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
export function mayAskWhy({ member, supervises }: Viewer, target: Member): boolean {
  if (member.id === target.id) return member.role !== 'viewer';
  switch (member.role) {
    case 'admin':
    case 'manager':
      return true;
    case 'supervisor':
      return target.teamId !== null && supervises.includes(target.teamId);
    default:
      return false;
  }
}

/** Whether somebody has a status of their own. */
export function hasPresence(member: Member): boolean {
  return member.role !== 'viewer';
}

function isOwn(teams: readonly number[], scope: Scope, target: Member | null): boolean {
  if ('teamId' in scope) return teams.includes(scope.teamId);
  return 'agentId' in scope && target !== null && target.teamId !== null && teams.includes(target.teamId);
}
