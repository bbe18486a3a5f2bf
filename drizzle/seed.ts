/** Fills an organisation: for the demo, and for trials at any size. */
import { DEMO } from './demo.ts';
import { nameOf } from './names.ts';
import type { Plan, PlannedUser } from './plan.ts';
import { plant, type Planted, type Planting } from './plant.ts';
import type { Queryable } from './queryable.ts';

/** Agents of one team. */
const TEAM_SIZE = 50;

const DEPARTMENTS = ['Customer Service', 'Technical Support', 'Sales', 'Back Office'];

/** The demo's people, teams and statuses; see demo.ts. Repeatable. @throws as plant */
export async function seedDemo(db: Queryable, planting: Planting): Promise<Planted> {
  return plant(db, DEMO, planting);
}

/**
 * Agents agent0001… in teams of fifty, supervisor01… one a team, `manager` and `viewer`. Repeatable: users who are
 * there stay as they are, and a greater count adds to them.
 *
 * @throws as plant
 */
export async function seedAgents(
  db: Queryable,
  { count, ...planting }: Planting & { readonly count: number },
): Promise<Planted> {
  return plant(db, agentsPlan(count), planting);
}

function agentsPlan(count: number): Plan {
  const teams = Array.from({ length: Math.ceil(count / TEAM_SIZE) }, (_team, index) => ({
    name: `Team ${numbered('', index, 2)}`,
    description: `Agents ${index * TEAM_SIZE + 1} to ${(index + 1) * TEAM_SIZE}`,
    department: DEPARTMENTS[index % DEPARTMENTS.length] ?? '',
    maxAgents: TEAM_SIZE,
    supervisor: numbered('supervisor', index, 2),
  }));
  const agents = Array.from({ length: count }, (_agent, index): PlannedUser => {
    const team = teams[Math.floor(index / TEAM_SIZE)]?.name ?? null;
    return { username: numbered('agent', index, 4), ...nameOf(index), role: 'agent', team };
  });
  const supervisors = teams.map(({ supervisor, name }, index): PlannedUser => ({
    username: supervisor,
    ...nameOf(count + index),
    role: 'supervisor',
    team: name,
  }));
  return {
    statuses: [],
    transitions: [],
    teams,
    users: [
      ...agents,
      ...supervisors,
      { username: 'manager', ...nameOf(count + teams.length), role: 'manager', team: null },
      { username: 'viewer', ...nameOf(count + teams.length + 1), role: 'viewer', team: null },
    ],
  };
}

/** `agent`, 0, 4 → `agent0001` */
function numbered(word: string, index: number, digits: number): string {
  return `${word}${String(index + 1).padStart(digits, '0')}`;
}
