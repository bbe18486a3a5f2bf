import type { User } from '../../../../api/contract/auth.ts';
import type { Scope } from '../../../../api/contract/tile.ts';
import type { Narrowing } from './board-query.ts';

/**
 * What to watch. A board that is narrowed watches no more than that: a screen gets what it shows, and supervisors see
 * their own team in full. Agents may watch their own team alone, those without one themselves.
 */
export function scopeOf({ role, teamId, id }: User, narrowing: Narrowing): Scope {
  if (role === 'agent') return teamId === null ? { agentId: id } : { teamId };
  if (narrowing === null) return { all: true };
  return 'team' in narrowing ? { teamId: narrowing.team } : { department: narrowing.department };
}
