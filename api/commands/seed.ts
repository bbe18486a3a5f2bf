/** `npm run seed -- --agents N [--password P]`: agents, teams, supervisors, a manager and a viewer. Repeatable. */
import { parseArgs } from 'node:util';
import { seedAgents } from '../../drizzle/seed.ts';
import { hashPassword } from '../auth/passwords.ts';
import { BadVariable, readEnvironment } from '../config.ts';
import { openConfigured } from '../configured-database.ts';
import { ensureFirstOrganisation } from '../first-start.ts';
import { startUpMessage } from '../start-up-errors.ts';

const DEFAULT_PASSWORD = 'Rollcall1';
const MAX_AGENTS = 9_999;

try {
  const { count, password } = readArguments();
  const environment = readEnvironment(process.env);
  await using configured = await openConfigured(environment);
  const { db } = configured.database;
  const { organisationId, madePassword } = await ensureFirstOrganisation(
    db,
    environment.ADMIN_PASSWORD ?? null,
  );
  // One hash for all: the password is the same, and printed below.
  const passwordHash = await hashPassword(password);
  const made = await seedAgents(db, { organisationId, count, passwordHash, now: new Date() });
  if (madePassword !== null)
    process.stdout.write(`log in as admin with the password ${madePassword} (shown this once)\n`);
  process.stdout.write(
    `${made.users} users and ${made.teams} teams were made; their password is ${password}\n`,
  );
} catch (error) {
  process.stderr.write(`${startUpMessage(error)}\n`);
  process.exitCode = 1;
}

function readArguments(): { count: number; password: string } {
  const { values } = parseArgs({
    options: { agents: { type: 'string' }, password: { type: 'string', default: DEFAULT_PASSWORD } },
  });
  const count = Number(values.agents);
  if (!Number.isInteger(count) || count < 1 || count > MAX_AGENTS)
    throw new BadVariable(`--agents: must be a whole number from 1 to ${MAX_AGENTS}`);
  if (values.password.length < 8) throw new BadVariable('--password: must have at least 8 characters');
  return { count, password: values.password };
}
