import type { Tile } from '../../../../api/contract/tile.ts';

/** A team, as far as its members' tiles tell. */
export interface Team {
  readonly id: number;
  /** `Team 3 · Sales`; without the department where its members are of several. */
  readonly label: string;
}

/** What a board can be narrowed to. */
export interface Teams {
  readonly teams: readonly Team[];
  /** Departments that are more, or less, than one team; a department that is one team goes by the team. */
  readonly departments: readonly string[];
}

export function teamsOf(tiles: Iterable<Tile>): Teams {
  const departmentsOf = new Map<number, Set<string>>();
  const unitsOf = new Map<string, Set<number | null>>();
  for (const { teamId, department } of tiles) {
    if (teamId !== null) {
      const departments = departmentsOf.get(teamId) ?? new Set();
      departmentsOf.set(teamId, departments);
      if (department !== null) departments.add(department);
    }
    if (department !== null) {
      const units = unitsOf.get(department) ?? new Set();
      unitsOf.set(department, units);
      units.add(teamId);
    }
  }
  return {
    teams: [...departmentsOf]
      .sort(([one], [other]) => one - other)
      .map(([id, departments]) => ({ id, label: labelOf(id, departments) })),
    departments: [...unitsOf]
      .filter(([, units]) => units.size > 1 || units.has(null))
      .map(([department]) => department)
      .sort((one, other) => one.localeCompare(other, 'en-GB')),
  };
}

/** `Team 3`, for a team of which nothing else is known. */
export function teamLabel(id: number, { teams }: Teams): string {
  return teams.find((team) => team.id === id)?.label ?? `Team ${id}`;
}

/** Both together; what `newer` says of a team wins. */
export function mergedTeams(older: Teams, newer: Teams): Teams {
  const teams = new Map([...older.teams, ...newer.teams].map((team) => [team.id, team]));
  return {
    teams: [...teams.values()].sort((one, other) => one.id - other.id),
    departments: [...new Set([...older.departments, ...newer.departments])].sort((one, other) =>
      one.localeCompare(other, 'en-GB'),
    ),
  };
}

function labelOf(id: number, departments: ReadonlySet<string>): string {
  const [only, ...others] = departments;
  return only === undefined || others.length > 0 ? `Team ${id}` : `Team ${id} · ${only}`;
}
