import type { Status, Transition } from './repositories/statuses.ts';
import type { Role } from './schema/people.ts';

/** Statuses, teams and people that an organisation is to have; see plant.ts. */
export interface Plan {
  readonly statuses: readonly Status[];
  readonly transitions: readonly Transition[];
  readonly teams: readonly PlannedTeam[];
  readonly users: readonly PlannedUser[];
}

export interface PlannedTeam {
  readonly name: string;
  readonly description: string;
  readonly department: string;
  readonly maxAgents: number;
  /** User name of a planned user. */
  readonly supervisor: string;
}

export interface PlannedUser {
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly role: Role;
  /** Name of a planned team. */
  readonly team: string | null;
}
