/** `npm run seed -- --agents N [--password P]`: agents, teams, supervisors, a manager and a viewer. Repeatable. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../drizzle/client.ts';
import { migrate } from '../../drizzle/migrate.ts';
import { seedAgents } from '../../drizzle/seed.ts';
import { lockFolder } from '../../engine/journal/lock.ts';
import { hashPassword } from '../auth/passwords.ts';
import { BadVariable, readEnvironment } from '../config.ts';
import { ensureFirstOrganisation } from '../first-start.ts';
import { startUpMessage } from '../start-up-errors.ts';

const DEFAULT_PASSWORD = 'Rollcall1';
const MAX_AGENTS = 9_999;

try {
  const { count, password } = readArguments();
  const environment = readEnvironment(process.env);
  const {
    DATABASE_URL: url,
    DATABASE_POOL_SIZE: poolSize,
    DATABASE_TIMEOUT: timeoutMs,
    ADMIN_PASSWORD,
  } = environment;
  const folder = resolve(environment.DATA_DIR);
  // On a database server the running engine hears of new users; the embedded database has one user at a time.
  await using lock = url === undefined ? await lockFolder(folder) : null;
  await using database = await openDatabase({
    ...(url === undefined ? { folder: resolve(lock?.folder ?? folder, 'database') } : { url, poolSize }),
    timeoutMs,
  });
  await migrate(database.db);
  const { organisationId, madePassword } = await ensureFirstOrganisation(database.db, ADMIN_PASSWORD ?? null);
  // One hash for all: the password is the same, and printed below.
  const made = await seedAgents(database.db, {
    organisationId,
    count,
    passwordHash: await hashPassword(password),
    now: new Date(),
  });
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
