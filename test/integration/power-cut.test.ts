import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../drizzle/client.ts';
import { BusyAgents } from '../support/busy-agents.ts';
import { type DataFolder, PASSWORD, seededFolder } from '../support/data-folders.ts';
import { logIn, type Person, sayHello } from '../support/people.ts';
import { cutPower, damageDump, dumpsIn } from '../support/power-cuts.ts';
import { expectProjected, isCaughtUp, readyWhen } from '../support/projected.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { runToEnd, type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { storedEvents } from '../support/stored-events.ts';

const start = ({ path }: DataFolder): Promise<ServerProcess> => startServerProcess({ DATA_DIR: path });

/** Somebody whom the dump of the seeded folder doesn't know. */
function hire({ api }: Person, username: string) {
  return api.agents.create.mutate({
    username,
    email: `${username}@example.com`,
    name: username,
    password: PASSWORD,
  });
}

/** Runs until it has been asked to stop, and so leaves a dump. */
async function runInOrder(folder: DataFolder): Promise<void> {
  await using server = await start(folder);
  expect(await server.end('SIGTERM')).toBe(0);
}

/** What a failed start prints: one line that a person can act on, and nothing more. */
async function refusedStart({ path }: DataFolder): Promise<string> {
  const { code, output } = await runToEnd('api/main.ts', { DATA_DIR: path });
  expect(code).toBe(1);
  return output.trim();
}

test('F3: after kill -9, and after a power cut behind a clean stop, the embedded database is what it was', async () => {
  await using folder = await seededFolder();
  await using first = await start(folder);
  using admin = await logIn(first.url, 'admin');
  const { id, username } = await hire(admin, 'newcomer');
  using agent = await logIn(first.url, username);
  await first.end('SIGKILL');

  await using second = await start(folder);
  const { socket, welcome } = await sayHello(second.url, agent.token);
  expect(welcome).toMatchObject({ tile: { id } });
  socket[Symbol.dispose]();
  expect(await second.end('SIGTERM')).toBe(0);
  await cutPower(folder.path);

  await using third = await start(folder);
  const again = await sayHello(third.url, agent.token);
  expect(again.welcome).toMatchObject({ tile: { id } });
  again.socket[Symbol.dispose]();
  expect([second.output(), third.output()].join('')).not.toContain('"level"');
}, 120_000);

test('F3: after a power cut it is put back to its dump: history is copied anew, sessions have ended, ids go on', async () => {
  await using folder = await seededFolder();
  await using first = await start(folder);
  using admin = await logIn(first.url, 'admin');
  const lost = await hire(admin, 'newcomer');
  using agent = await logIn(first.url, lost.username);
  const { socket } = await sayHello(first.url, agent.token);
  expect(await socket.ask({ op: 'status', id: 'a', status: 'break' })).toMatchObject({ op: 'ok' });
  socket[Symbol.dispose]();
  using busy = await BusyAgents.logIn(first.url, 8);
  busy.begin(5);
  await readyWhen(first.url, { isSo: () => busy.tally.acknowledged > 200, withinMs: 20_000 });
  await first.end('SIGKILL');
  await cutPower(folder.path);

  await using second = await start(folder);
  expect(second.output()).toMatch(
    /power was lost while the database was in use: it was put back to dump 1 of /,
  );
  expect((await readdir(folder.path)).some((name) => name.startsWith('database.lost'))).toBe(true);
  using refused = await RawSocket.open(second.url, '/agent');
  refused.send({ op: 'hello', token: agent.token, device: 'test' });
  expect(await refused.closed).toMatchObject({ code: 4401 });
  using later = await logIn(second.url, 'admin');
  const next = await hire(later, 'another');
  expect(next.id).toBeGreaterThan(lost.id);
  await readyWhen(second.url, { isSo: isCaughtUp, withinMs: 20_000 });
  expect(await second.end('SIGTERM')).toBe(0);

  await using database = await openDatabase({ folder: join(folder.path, 'database'), timeoutMs: 10_000 });
  await expectProjected(database.pool, await storedEvents(folder.path));
}, 120_000);

test('F3: a damaged dump is told, and the one before it is taken', async () => {
  await using folder = await seededFolder();
  await runInOrder(folder);
  const dumps = await dumpsIn(folder.path);
  expect(dumps).toHaveLength(2);
  await damageDump(folder.path, dumps[1] ?? '');
  await using first = await start(folder);
  await first.end('SIGKILL');
  await cutPower(folder.path);
  await using second = await start(folder);
  expect(second.output()).toMatch(/it was put back to dump 1 of [^;]+; dump 2 is damaged/);
  // That one is none any more, and it is replaced at the next stop.
  expect(await dumpsIn(folder.path)).toEqual(dumps.slice(0, 1));
}, 120_000);

test('F3: without a dump that can be read the start is refused, and nothing is made anew', async () => {
  await using folder = await seededFolder();
  await runInOrder(folder);
  for (const name of await dumpsIn(folder.path)) await damageDump(folder.path, name);
  await using first = await start(folder);
  await first.end('SIGKILL');
  await cutPower(folder.path);
  expect(await refusedStart(folder)).toMatch(
    /^rollcall: nobody can say whether the database outlived the end of power, it is damaged \([^\n]+$/,
  );
  await rename(join(folder.path, 'database'), join(folder.path, 'elsewhere'));
  for (let attempt = 0; attempt < 2; attempt++)
    expect(await refusedStart(folder)).toMatch(
      /^rollcall: the database in \S+ is gone, and no dump of it can be read: [^\n]+$/,
    );
  expect(await readdir(folder.path)).not.toContain('database');
}, 120_000);
