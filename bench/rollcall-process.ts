/** Rollcall's server as `npm start` runs it, on a new data folder with people in it. */
import { pino } from 'pino';
import { startApplication } from '../api/application.ts';
import { hashPassword } from '../api/auth/passwords.ts';
import { readEnvironment } from '../api/config.ts';
import { seedAgents } from '../drizzle/seed.ts';
import { answer } from './answering.ts';

const environment = readEnvironment(process.env);
const application = await startApplication({
  environment,
  log: pino({ level: environment.LOG_LEVEL }, pino.destination(2)),
  prepare: async ({ db }, { organisationId }) => {
    const passwordHash = await hashPassword(process.env['BENCH_PASSWORD'] ?? '');
    const count = Number(process.env['BENCH_AGENTS']);
    await seedAgents(db, { organisationId, count, passwordHash, now: new Date() });
  },
});

answer({ url: () => application.url });
