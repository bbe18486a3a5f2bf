import { expect, test } from 'vitest';
import { Authenticator } from '../../api/auth/authenticator.ts';
import { Tokens } from '../../api/auth/tokens.ts';
import { RollcallError } from '../../api/contract/errors.ts';
import { ensureFirstOrganisation } from '../../api/first-start.ts';
import { startPostgres } from '../../clients/faults/ground/postgres.ts';
import { startProxy } from '../../clients/faults/ground/proxy.ts';
import { openDatabase } from '../../drizzle/client.ts';
import { migrate } from '../../drizzle/migrate.ts';
import { systemClock } from '../../engine/clock.ts';
import { ADMIN_PASSWORD } from '../support/data-folders.ts';
import { PEER } from '../support/services.ts';

const ACCESS_MS = 60_000;

const postgres = await startPostgres().catch((error: unknown) => {
  process.stdout.write(`skipped: postgres (${String(error)})\n`);
  return null;
});

test.skipIf(postgres === null)(
  'C4, F3: while the database hangs or is stopped, a token that holds opens a socket, and one of an ended session does not',
  async () => {
    if (postgres === null) return;
    await using server = postgres;
    await using network = await startProxy(server.url('postgres'));
    const url = new URL(server.url('postgres'));
    url.port = String(network.port);
    await using database = await openDatabase({ url: url.href, poolSize: 4, timeoutMs: 10_000 });
    const { db } = database;
    await migrate(db);
    await ensureFirstOrganisation(db, ADMIN_PASSWORD);
    const tokens = new Tokens({
      clock: systemClock,
      secrets: [{ kid: '0', secret: 'a secret of some length' }],
      accessMs: ACCESS_MS,
    });
    const options = { db, clock: systemClock, tokens, accessMs: ACCESS_MS, refreshMs: ACCESS_MS };
    using authenticator = await Authenticator.open({ ...options, memberOf: () => null });
    const logIn = async () => (await authenticator.login('admin', ADMIN_PASSWORD, PEER)).session.token;
    const open = async (token: string) => {
      const claims = await authenticator.openSession(token);
      return claims instanceof RollcallError ? claims.detail.code : 'open';
    };
    const [held, ended] = [await logIn(), await logIn()];
    const login = await authenticator.ownerOf(await authenticator.claims(ended), null);
    if (login !== null) await authenticator.logout(login);
    const openBoth = async () => [await open(held), await open(ended)];

    expect(await openBoth()).toEqual(['open', 'UNAUTHENTICATED']);
    network.hold();
    expect(await openBoth()).toEqual(['open', 'UNAUTHENTICATED']);
    network.release();
    await server.stop();
    expect(await openBoth()).toEqual(['open', 'UNAUTHENTICATED']);
    await server.start();
    expect(await openBoth()).toEqual(['open', 'UNAUTHENTICATED']);
  },
);
