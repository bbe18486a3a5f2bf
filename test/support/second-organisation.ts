import { hashPassword } from '../../api/auth/passwords.ts';
import { openDatabase } from '../../drizzle/client.ts';
import { PLAIN } from '../../drizzle/defaults.ts';
import type { Plan } from '../../drizzle/plan.ts';
import { plant } from '../../drizzle/plant.ts';
import * as organisations from '../../drizzle/repositories/organisations.ts';
import * as teams from '../../drizzle/repositories/teams.ts';
import * as users from '../../drizzle/repositories/users.ts';
import { type DataFolder, PASSWORD } from './data-folders.ts';
import { newOrganisation, NOBODY } from './database-fixtures.ts';

/** A word that is in every name of the second organisation, and in none of the first. */
export const FOREIGN = 'foreign';

/** Users of the second organisation, whose password is that of the first's. */
export const FOREIGN_USERS = {
  agent: 'foreign_agent',
  colleague: 'foreign_colleague',
  supervisor: 'foreign_supervisor',
  manager: 'foreign_manager',
  admin: 'foreign_admin',
} as const;

export interface SecondOrganisation {
  readonly organisationId: number;
  /** Ids of everybody in it. */
  readonly userIds: ReadonlySet<number>;
  readonly agentId: number;
  readonly teamId: number;
  /** A department of its own; the agent is in one that the first organisation has, too. */
  readonly department: string;
  /** A code that its catalogue alone has. */
  readonly status: string;
}

const DEPARTMENT = 'Foreign affairs';
const STATUS = 'foreign_holiday';

/** Names of teams and departments are the first organisation's where they may be. */
const PLAN: Plan = {
  statuses: [
    { ...PLAIN, code: STATUS, label: 'Holiday', category: 'break', colour: '#00838f', shape: 'bar' },
  ],
  transitions: [],
  teams: [
    { name: 'Team 01', department: 'Customer Service', supervisor: FOREIGN_USERS.supervisor },
    { name: 'Foreign team', department: DEPARTMENT, supervisor: FOREIGN_USERS.supervisor },
  ].map((team) => ({ ...team, description: 'Foreign', maxAgents: 10 })),
  users: [
    { username: FOREIGN_USERS.agent, role: 'agent' as const, team: 'Team 01' },
    { username: FOREIGN_USERS.colleague, role: 'agent' as const, team: 'Foreign team' },
    { username: FOREIGN_USERS.supervisor, role: 'supervisor' as const, team: 'Team 01' },
    { username: FOREIGN_USERS.manager, role: 'manager' as const, team: null },
    { username: FOREIGN_USERS.admin, role: 'admin' as const, team: null },
  ].map((user) => ({ ...user, firstName: 'Foreign', lastName: user.role })),
};

/** Adds another organisation to a data folder that no server uses. */
export async function addSecondOrganisation({ path }: DataFolder): Promise<SecondOrganisation> {
  await using database = await openDatabase({ folder: `${path}/database`, timeoutMs: 30_000 });
  const { db } = database;
  const made = newOrganisation({ name: 'Foreign organisation' });
  const { id: organisationId } = await organisations.create(db, made, NOBODY);
  const passwordHash = await hashPassword(PASSWORD);
  await plant(db, PLAN, { organisationId, passwordHash, now: new Date() });
  const { rows } = await users.list(db, organisationId, { page: 1, limit: 100 });
  const agent = rows.find(({ username }) => username === FOREIGN_USERS.agent);
  const team = (await teams.list(db, organisationId)).find(({ department }) => department === DEPARTMENT);
  if (agent === undefined || team === undefined) throw new Error('the second organisation is not whole');
  return {
    organisationId,
    userIds: new Set(rows.map(({ id }) => id)),
    agentId: agent.id,
    teamId: team.id,
    department: DEPARTMENT,
    status: STATUS,
  };
}
