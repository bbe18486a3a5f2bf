/** `npm start`: the server on what the environment names. */
import { pino } from 'pino';
import { settleCollector } from '../engine/collector.ts';
import { startApplication } from './application.ts';
import { readEnvironment } from './config.ts';
import { runUntilSignal } from './process.ts';

settleCollector();
await runUntilSignal(async () => {
  const environment = readEnvironment(process.env);
  const log = pino({ level: environment.LOG_LEVEL });
  const application = await startApplication({ environment, log });
  const { madePassword } = application.firstStart;
  if (madePassword !== null)
    process.stdout.write(
      `first start: log in as admin with the password ${madePassword} (shown this once)\n`,
    );
  process.stdout.write(`rollcall listens at ${application.url}\n`);
  return application;
});
