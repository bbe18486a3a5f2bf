/** `npm run demo`: everything on one machine, with people who are not there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { seedDemo } from '../../drizzle/seed.ts';
import { settleCollector } from '../../engine/collector.ts';
import { startApplication } from '../application.ts';
import { hashPassword } from '../auth/passwords.ts';
import { readEnvironment } from '../config.ts';
import { runUntilSignal } from '../process.ts';

const PASSWORD = 'Rollcall1';
const AGENTS = '200';
/** Simulated seconds in a real one: a call takes half a minute, a shift an hour. */
const SPEED = '8';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

settleCollector();
await runUntilSignal(async () => {
  await buildWallboard();
  const environment = readEnvironment({
    DATA_DIR: './data/demo',
    ADMIN_PASSWORD: PASSWORD,
    LOG_LEVEL: 'warn',
    ...process.env,
  });
  const application = await startApplication({
    environment,
    log: pino({ level: environment.LOG_LEVEL }),
    prepare: async ({ db }, { organisationId }) => {
      await seedDemo(db, { organisationId, passwordHash: await hashPassword(PASSWORD), now: new Date() });
    },
  });
  const simulator = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      'clients/simulator/main.ts',
      '--url',
      application.url,
      '--agents',
      AGENTS,
      '--password',
      PASSWORD,
      '--speed',
      SPEED,
    ],
    { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  process.stdout.write(
    [
      '',
      `  Rollcall is at ${application.url}`,
      '',
      `  log in as   admin, manager, viewer, supervisor01 to 03, or agent0001 to agent0${AGENTS}`,
      `  password    ${PASSWORD}`,
      '',
      `  ${AGENTS} simulated agents are in the middle of their shifts, ${SPEED} times as fast as people.`,
      `  Data is in ${environment.DATA_DIR}; Ctrl+C stops.`,
      '',
      '',
    ].join('\n'),
  );
  return {
    stopped: application.stopped,
    async [Symbol.asyncDispose]() {
      simulator.kill('SIGTERM');
      await application[Symbol.asyncDispose]();
    },
  };
});

/** The wallboard is built once; `npm run build` builds it anew. */
async function buildWallboard(): Promise<void> {
  const isBuilt = await access(`${ROOT}/clients/wallboard/dist/index.html`).then(
    () => true,
    () => false,
  );
  if (isBuilt) return;
  process.stdout.write('building the wallboard …\n');
  const vite = spawn(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', 'clients/wallboard', '--logLevel', 'warn'],
    { cwd: ROOT, stdio: 'inherit' },
  );
  const [code] = (await once(vite, 'exit')) as [number | null];
  if (code !== 0) throw new Error('the wallboard could not be built');
}
