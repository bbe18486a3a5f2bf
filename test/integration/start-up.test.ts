import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { openDatabase } from '../../drizzle/client.ts';
import { seededFolder } from '../support/data-folders.ts';
import { logIn, sayHello } from '../support/people.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { runToEnd, startServerProcess } from '../support/server-process.ts';

/** What a failed start prints: one line that a person can act on, and nothing more. */
async function refusedStart(variables: Readonly<Record<string, string>>): Promise<string> {
  const { code, output } = await runToEnd('api/main.ts', variables);
  expect(code).toBe(1);
  expect(output.trim().split('\n')).toHaveLength(1);
  return output.trim();
}

test('a second start on the same data folder is refused, and the first one lives on', async () => {
  await using folder = await seededFolder();
  await using server = await startServerProcess({ DATA_DIR: folder.path });
  expect(await refusedStart({ DATA_DIR: folder.path })).toMatch(/^rollcall: .* is in use by process \d+/);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
});

test('a port in use is refused', async () => {
  await using folder = await seededFolder();
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await refusedStart({ DATA_DIR: folder.path, PORT: String(port) })).toBe(
    `rollcall: port ${port} on 127.0.0.1 is in use, or may not be used`,
  );
  holder.close();
});

test('a bad variable is named', async () => {
  expect(await refusedStart({ PORT: 'many' })).toBe('rollcall: PORT: must be a whole number from 0 to 65535');
  expect(await refusedStart({ JWT_EXPIRY: 'soon' })).toMatch(/^rollcall: JWT_EXPIRY: /);
  expect(await refusedStart({ NODE_ENV: 'production' })).toBe(
    'rollcall: JWT_SECRET: must be set in production',
  );
});

test('a database that a newer version has worked on is refused', async () => {
  await using folder = await seededFolder();
  {
    await using database = await openDatabase({ folder: `${folder.path}/database`, timeoutMs: 30_000 });
    await database.pool.query(
      "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('of tomorrow', 99999999999999)",
    );
  }
  expect(await refusedStart({ DATA_DIR: folder.path })).toMatch(
    /^rollcall: the database is newer than this version/,
  );
});

test('an expired token is refused on every way in', async () => {
  await using folder = await seededFolder();
  await using server = await startServerProcess({ DATA_DIR: folder.path, JWT_EXPIRY: '1s' });
  using agent = await logIn(server.url, 'agent0001');
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  await expect(agent.api.auth.me.query()).rejects.toMatchObject({
    message: 'the token has expired',
    data: { rollcall: { code: 'UNAUTHENTICATED' } },
  });
  using socket = await RawSocket.open(server.url, '/agent');
  socket.send({ op: 'hello', token: agent.token, device: 'test' });
  expect(await socket.closed).toEqual({ code: 4401, reason: 'the token has expired' });
});

test('C6, F2, B6: after kill -9 what was acknowledged is there, and answered again; who was there is expected back', async () => {
  await using folder = await seededFolder();
  const tea = { op: 'status', id: 'a', status: 'break', reason: 'tea' };
  using agent = await (async () => {
    const server = await startServerProcess({ DATA_DIR: folder.path });
    const person = await logIn(server.url, 'agent0001');
    const { socket, welcome } = await sayHello(server.url, person.token);
    expect(await socket.ask(tea)).toMatchObject({ op: 'ok', seq: 2 });
    expect(await server.end('SIGKILL')).toBe('SIGKILL');
    return { ...person, session: welcome['session'] };
  })();
  await using server = await startServerProcess({ DATA_DIR: folder.path });
  using manager = await logIn(server.url, 'manager');
  const board = () => manager.api.presence.board.query({ scope: { agentId: agent.id } });
  expect((await board()).agents).toMatchObject([
    { status: 'break', reason: 'tea', connectivity: 'reconnecting', seq: 3 },
  ]);

  // B6: the answer that the crash may have swallowed is given again, and nothing is done twice.
  const { socket } = await sayHello(server.url, agent.token, { resume: { session: agent.session, seq: 2 } });
  using _ = socket;
  expect(await socket.ask(tea)).toEqual({ op: 'ok', id: 'a', seq: 2 });
  expect((await board()).agents).toMatchObject([{ status: 'break', connectivity: 'connected', seq: 4 }]);
});
