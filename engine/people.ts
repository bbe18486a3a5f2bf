import type { Member } from './member.ts';

/** Who is known today. */
export interface People {
  /** Null for nobody. */
  memberOf(userId: number): Member | null;
  members(): Iterable<Member>;
}
