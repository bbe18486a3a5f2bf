import type { Member } from './member.ts';

/** Who is known today. */
export interface People {
  /** Null for nobody. */
  memberOf(userId: number): Member | null;
  /** Active members of a team, on the board or off it. */
  inTeam(organisationId: number, teamId: number): Iterable<Member>;
}
