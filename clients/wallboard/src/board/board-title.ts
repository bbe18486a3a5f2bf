import type { User } from '../../../../api/contract/auth.ts';
import type { Narrowing } from './board-query.ts';
import { type Teams, teamLabel } from './teams.ts';

/** Whom the board is about. */
export function titleOf(user: User, narrowing: Narrowing, teams: Teams): string {
  if (user.role === 'agent') return user.teamId === null ? 'You' : teamLabel(user.teamId, teams);
  if (narrowing === null) return 'All teams';
  return 'team' in narrowing ? teamLabel(narrowing.team, teams) : narrowing.department;
}
