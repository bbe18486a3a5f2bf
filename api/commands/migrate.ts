/** `npm run db:migrate`: brings the configured database up to this version, as a start would. */
import { openConfigured } from '../configured-database.ts';
import { readEnvironment } from '../config.ts';
import { startUpMessage } from '../start-up-errors.ts';

try {
  await using configured = await openConfigured(readEnvironment(process.env));
  const { migrations } = configured;
  process.stdout.write(
    migrations === 0 ? 'the database is up to date\n' : `${migrations} migrations were applied\n`,
  );
} catch (error) {
  process.stderr.write(`${startUpMessage(error)}\n`);
  process.exitCode = 1;
}
