/** Who takes part, as the master data have them at first. */
import type { Person } from '../model/agent.ts';

/** Some share a partition: 1, 22 and 43; 9, 17 and 30. */
export const AGENTS = [1, 2, 22, 43, 9, 17, 30];
/** Taken on later. */
export const APPLICANTS = [40, 41];
export const SUPERVISORS = [900, 901];
export const NOBODY = 999;

/** Two are of another organisation than the rest; one is a supervisor. */
export function personOf(id: number): Person {
  return {
    id,
    organisation: id === 9 || id === 30 ? 2 : 1,
    name: `Agent ${id}`,
    team: 1 + (id % 2),
    department: id % 4 === 2 ? 'Sales' : 'Support',
    role: id === 2 ? 'supervisor' : 'agent',
    onBoard: true,
    active: true,
  };
}
