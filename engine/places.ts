import type { Member } from './member.ts';
import { subjectKey } from './scope.ts';

/** What members have in common who stand in the same scopes, but for each one's own. */
export type Whereabouts = Pick<Member, 'organisationId' | 'teamId' | 'department' | 'onBoard'>;

/** Of each there is one: two members stand in the same scopes where their place is the same. */
export interface Place extends Whereabouts {
  /** Names of the scopes that active members stand in. */
  readonly subjects: readonly string[];
}

/** Finds the place of a member without making anything: it is asked for at every change. */
export class Places {
  readonly #places = new Map<number, Map<number | null, readonly Place[]>>();
  /** The last one that was found: whoever is asked for next often stands there, too. */
  #last: Place | null = null;

  of(whereabouts: Whereabouts): Place {
    if (this.#last === null || !isAt(this.#last, whereabouts)) this.#last = this.#find(whereabouts);
    return this.#last;
  }

  #find(whereabouts: Whereabouts): Place {
    const { organisationId, teamId, department, onBoard } = whereabouts;
    const teams = this.#places.get(organisationId) ?? new Map<number | null, readonly Place[]>();
    if (teams.size === 0) this.#places.set(organisationId, teams);
    const ofTeam = teams.get(teamId) ?? [];
    for (const place of ofTeam) if (isAt(place, whereabouts)) return place;
    const made: Place = { organisationId, teamId, department, onBoard, subjects: subjectsOf(whereabouts) };
    teams.set(teamId, [...ofTeam, made]);
    return made;
  }
}

function isAt(place: Place, { organisationId, teamId, department, onBoard }: Whereabouts): boolean {
  return (
    place.teamId === teamId &&
    place.organisationId === organisationId &&
    place.onBoard === onBoard &&
    place.department === department
  );
}

function subjectsOf({ organisationId, teamId, department, onBoard }: Whereabouts): readonly string[] {
  const admin = subjectKey(organisationId, { admin: true });
  if (!onBoard) return [admin];
  return [
    admin,
    subjectKey(organisationId, { all: true }),
    ...(teamId === null ? [] : [subjectKey(organisationId, { teamId })]),
    ...(department === null ? [] : [subjectKey(organisationId, { department })]),
  ];
}
