import type { Member } from './member.ts';

/** Which agents a board, a summary or a watcher is about. */
export type Scope =
  | { readonly all: true }
  | { readonly teamId: number }
  | { readonly department: string }
  | { readonly agentId: number }
  /** Every active user, on the board or not. */
  | { readonly admin: true };

/** A name for a scope that no other scope of the organisation has. */
export function scopeKey(scope: Scope): string {
  if ('all' in scope) return 'all';
  if ('teamId' in scope) return `team:${scope.teamId}`;
  if ('department' in scope) return `department:${scope.department}`;
  if ('agentId' in scope) return `agent:${scope.agentId}`;
  return 'admin';
}

/** A name for what has that key in one organisation, which nothing of another has. */
export function subjectKey(organisationId: number, key: string): string {
  return `${organisationId}|${key}`;
}

/** The keys of all the scopes that a member stands in. */
export function scopeKeysOf(member: Member): readonly string[] {
  if (!member.active) return [];
  const keys = ['admin', `agent:${member.id}`];
  if (!member.onBoard) return keys;
  keys.push('all');
  if (member.teamId !== null) keys.push(`team:${member.teamId}`);
  if (member.department !== null) keys.push(`department:${member.department}`);
  return keys;
}

/** What the scopes are named, among all organisations, that a member shares with others. */
export function sharedSubjectKeys(member: Member): readonly string[] {
  const own = scopeKey({ agentId: member.id });
  return scopeKeysOf(member)
    .filter((key) => key !== own)
    .map((key) => subjectKey(member.organisationId, key));
}
