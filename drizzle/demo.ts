/** What the demo shows: three teams, two hundred agents, and statuses that an organisation added to the seeded ones. */
import { PLAIN } from './defaults.ts';
import { nameOf } from './names.ts';
import type { Plan, PlannedTeam, PlannedUser } from './plan.ts';
import type { Status, Transition } from './repositories/statuses.ts';

const CUSTOMER_SERVICE = 'Customer Service';
const TECHNICAL_SUPPORT = 'Technical Support';
const SALES = 'Sales Team';

const TEAMS: readonly (PlannedTeam & { readonly agents: number })[] = [
  {
    name: CUSTOMER_SERVICE,
    description: 'Handle customer inquiries and support',
    department: 'Customer Service',
    supervisor: 'supervisor01',
    maxAgents: 100,
    agents: 80,
  },
  {
    name: TECHNICAL_SUPPORT,
    description: 'Provide technical assistance',
    department: 'Technical Support',
    supervisor: 'supervisor02',
    maxAgents: 75,
    agents: 60,
  },
  {
    name: SALES,
    description: 'Handle sales inquiries and lead generation',
    department: 'Sales',
    supervisor: 'supervisor03',
    maxAgents: 75,
    agents: 60,
  },
];

/**
 * Lunch is a long break. Training, meetings and coaching take an agent away from the work at hand: as `busy` they
 * would count as time spent on customers.
 */
const STATUSES: readonly Status[] = [
  {
    ...PLAIN,
    code: 'lunch',
    label: 'Lunch',
    category: 'break',
    colour: '#00838f',
    shape: 'diamond',
    maxSeconds: 3600,
    onOverrun: { action: 'set', code: 'away' },
  },
  {
    ...PLAIN,
    code: 'training',
    label: 'Training',
    category: 'away',
    colour: '#4527a0',
    shape: 'bar',
    maxSeconds: 14_400,
  },
  {
    ...PLAIN,
    code: 'meeting',
    label: 'Meeting',
    category: 'away',
    colour: '#ad1457',
    shape: 'triangle',
    reasonRequired: true,
    maxSeconds: 7200,
  },
  {
    ...PLAIN,
    code: 'coaching',
    label: 'Coaching',
    category: 'away',
    colour: '#795548',
    shape: 'hexagon',
    selectableBy: ['agent', 'supervisor'],
    reasonRequired: true,
    maxSeconds: 3600,
  },
];

/** The categories of these statuses bring their places in the graph; a lunch may follow a short break besides. */
const TRANSITIONS: readonly Transition[] = [{ from: { code: 'break' }, to: { code: 'lunch' }, role: null }];

export const DEMO: Plan = {
  statuses: STATUSES,
  transitions: TRANSITIONS,
  teams: TEAMS.map(({ agents: _agents, ...team }) => team),
  users: people(),
};

/** Agents first, so that the lowest ids are theirs. */
function people(): PlannedUser[] {
  const agents = TEAMS.flatMap(({ name, agents: many }) => Array.from({ length: many }, () => name)).map(
    (team, index): PlannedUser => ({
      username: `agent${String(index + 1).padStart(4, '0')}`,
      ...nameOf(index),
      role: 'agent',
      team,
    }),
  );
  const supervisors = TEAMS.map(({ name, supervisor }, index): PlannedUser => ({
    username: supervisor,
    ...nameOf(agents.length + index),
    role: 'supervisor',
    team: name,
  }));
  const next = agents.length + supervisors.length;
  return [
    ...agents,
    ...supervisors,
    { username: 'manager', ...nameOf(next), role: 'manager', team: null },
    { username: 'viewer', ...nameOf(next + 1), role: 'viewer', team: null },
  ];
}
