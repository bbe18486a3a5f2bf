/** What the procedures stand on, in this process, over a journal in memory. */
import { pino } from 'pino';
import { Authenticator } from '../../api/auth/authenticator.ts';
import { Tokens } from '../../api/auth/tokens.ts';
import { Laws } from '../../api/laws.ts';
import { LoginPresence } from '../../api/login-presence.ts';
import type { Opened } from '../../api/opened.ts';
import { OutboxRelay } from '../../api/outbox-relay.ts';
import { Projections } from '../../api/projections.ts';
import { appRouter } from '../../api/routers/app.ts';
import { systemMessages } from '../../api/system-messages.ts';
import { Teams } from '../../api/teams.ts';
import type { Services } from '../../api/trpc/context.ts';
import { asValue } from '../../api/trpc/serialised.ts';
import type { Database } from '../../drizzle/client.ts';
import { members } from '../../drizzle/repositories/members.ts';
import { systemClock } from '../../engine/clock.ts';
import { createEngine } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { ADMIN_PASSWORD, PASSWORD } from './data-folders.ts';

export const PEER = { address: '127.0.0.1', userAgent: 'a test', origin: null };

/** Opens them on a database that has an organisation in it; `opened` closes them. */
export async function openServices(
  { db, pool }: Pick<Database, 'db' | 'pool'>,
  opened: Opened,
  journal = new MemoryJournal(),
): Promise<Services> {
  const laws = await Laws.load(db);
  const teams = await Teams.load(db);
  const log = pino({ level: 'silent' });
  const projections = opened.use(
    new Projections({ journal, pool, clock: systemClock, log, heldSafely: () => 0 }),
  );
  const engine = opened.use(
    await createEngine({
      node: 'test',
      journal,
      clock: systemClock,
      roster: { members: () => members(db) },
      catalogue: laws.catalogue,
      config: laws.config,
      archive: projections.archive,
      announce: systemMessages({ teams, catalogue: laws.catalogue }),
      tickMs: 5,
    }),
  );
  const relay = opened.use(
    await OutboxRelay.start({ db, pool, clock: systemClock, engine, laws, teams, onError: fail }),
  );
  const accessMs = 3_600_000;
  const tokens = new Tokens({
    clock: systemClock,
    secrets: [{ kid: '0', secret: 'a secret of some length' }],
    accessMs,
  });
  const memberOf = (userId: number) => engine.record(userId)?.member ?? null;
  const authenticator = opened.use(
    await Authenticator.open({ db, clock: systemClock, tokens, accessMs, refreshMs: accessMs, memberOf }),
  );
  const clock = systemClock;
  const { liveSessions } = authenticator;
  const presence = opened.use(await LoginPresence.open(db, { engine, clock, liveSessions, node: 'test' }));
  return { db, clock, engine, authenticator, presence, relay, teams, projections };
}

/** An access token of somebody of the seeded organisation. */
export async function tokenOf({ authenticator }: Services, username: string): Promise<string> {
  const password = username === 'admin' ? ADMIN_PASSWORD : PASSWORD;
  return (await authenticator.login(username, password, PEER)).session.token;
}

export type Caller = ReturnType<typeof appRouter.createCaller>;

/** Calls procedures as whoever has that token; null for somebody who hasn't logged in. */
export async function callerOf(
  services: Services,
  token: string | null,
  leaving = new AbortController(),
): Promise<Caller> {
  const claims = await services.authenticator.claims(token);
  return appRouter.createCaller(
    { ...services, peer: PEER, claims, cookies: null, present: asValue, hangUp: () => leaving.abort() },
    { signal: leaving.signal },
  );
}

/** An unhandled rejection ends the test run. */
export function fail(error: unknown): never {
  throw error;
}
