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

/** A name for that scope of one organisation, which no other scope of any has. */
export function subjectKey(organisationId: number, scope: Scope): string {
  return `${organisationId}|${scopeKey(scope)}`;
}

/** Whether that is the name of a scope of that organisation. */
export function isOf(organisationId: number, subject: string): boolean {
  return subject.startsWith(`${organisationId}|`);
}

/** Of the scope that is one member alone. */
export function ownSubject({ organisationId, id }: Pick<Member, 'organisationId' | 'id'>): string {
  return subjectKey(organisationId, { agentId: id });
}
