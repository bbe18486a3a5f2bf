/** `npm run db:migrate`: brings the configured database up to this version, as a start would. */
import { migrate } from '../../drizzle/migrate.ts';
import { openConfigured } from '../configured-database.ts';
import { readEnvironment } from '../config.ts';
import { startUpMessage } from '../start-up-errors.ts';

try {
  await using database = await openConfigured(readEnvironment(process.env));
  const made = await migrate(database.db);
  process.stdout.write(made === 0 ? 'the database is up to date\n' : `${made} migrations were applied\n`);
} catch (error) {
  process.stderr.write(`${startUpMessage(error)}\n`);
  process.exitCode = 1;
}
