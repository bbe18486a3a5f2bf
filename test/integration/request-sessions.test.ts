import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readEnvironment } from '../../api/config.ts';
import { openConfigured } from '../../api/configured-database.ts';
import { RollcallError } from '../../api/contract/errors.ts';
import { Opened } from '../../api/opened.ts';
import type { Services } from '../../api/trpc/context.ts';
import type { Database } from '../../drizzle/client.ts';
import { revokeFamily } from '../../drizzle/repositories/refresh-tokens.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { type DataFolder, PASSWORD, seededFolder } from '../support/data-folders.ts';
import { logIn, type Person, sayHello } from '../support/people.ts';
import { opening } from '../support/deeds.ts';
import { codeOf } from '../support/refusals.ts';
import { callerOf, openServices, PEER } from '../support/services.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

describe('C10: through a server', () => {
  let folder: DataFolder;
  let server: ServerProcess;
  let manager: Person;

  beforeAll(async () => {
    folder = await seededFolder();
    server = await startServerProcess({ DATA_DIR: folder.path });
    manager = await logIn(server.url, 'manager');
  });

  afterAll(async () => {
    manager[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const enter = async (username: string) => {
    const person = await logIn(server.url, username);
    onTestFinished(() => person[Symbol.dispose]());
    return person;
  };
  const hello = async ({ token }: Person) => {
    const { socket, welcome } = await sayHello(server.url, token);
    onTestFinished(() => socket[Symbol.dispose]());
    return { socket, welcome };
  };
  const tileOf = async ({ id: agentId }: Person) =>
    (await manager.api.presence.board.query({ scope: { agentId } })).agents[0];
  const sessionsOf = async ({ id: agentId }: Person) =>
    (await manager.api.presence.why.query({ agentId })).sessions;

  test('C10, B6: a call of somebody who is offline begins a session; a socket takes its place, and the duty stays', async () => {
    const agent = await enter('agent0001');
    const call = () => agent.api.presence.setStatus.mutate({ status: 'break', commandId: 'a' });
    const told = await call();
    expect(told).toMatchObject({ seq: 2, tile: { status: 'break', connectivity: 'connected' } });
    expect(await call()).toEqual(told);
    expect(await sessionsOf(agent)).toMatchObject([{ lives: 'on_requests', address: '127.0.0.1' }]);
    const before = await tileOf(agent);
    const { welcome } = await hello(agent);
    expect(welcome).toMatchObject({ resumed: false, tile: { status: 'break', since: before?.since } });
    expect(await sessionsOf(agent)).toMatchObject([{ lives: 'on_socket' }]);
  });

  test('C10: a call that is refused, or that means to go, begins nothing', async () => {
    const agent = await enter('agent0002');
    const call = (status: string) => agent.api.presence.setStatus.mutate({ status, commandId: status });
    expect(await codeOf(call('wrap_up'))).toBe('TRANSITION_NOT_ALLOWED');
    expect(await codeOf(call('nonsense'))).toBe('UNKNOWN_STATUS');
    expect(await codeOf(call('offline'))).toBe('answered');
    expect(await tileOf(agent)).toMatchObject({ status: 'offline', seq: 0 });
  });

  test('C3, C10: to log out is to go offline, at once: whom requests kept, and who has sockets, in every tab', async () => {
    const caller = await enter('agent0003');
    await caller.api.presence.setStatus.mutate({ status: 'busy', commandId: 'a' });
    await caller.api.auth.logout.mutate();
    expect(await tileOf(caller)).toMatchObject({ status: 'offline', cause: 'agent', by: caller.id });
    const [first, second] = [await enter('agent0004'), await enter('agent0004')];
    const [tab, other] = [await hello(first), await hello(second)];
    await first.api.auth.logout.mutate();
    expect(await tileOf(first)).toMatchObject({ status: 'offline', cause: 'agent' });
    expect([(await tab.socket.closed).code, (await other.socket.closed).code]).toEqual([4410, 4410]);
  });

  test('C3: who logs out of a log-in session that holds no presence leaves that of another alone', async () => {
    const [here, elsewhere] = [await enter('agent0005'), await enter('agent0005')];
    const { socket } = await hello(here);
    await elsewhere.api.auth.logout.mutate();
    expect(await socket.ask({ op: 'status', id: 'a', status: 'busy' })).toMatchObject({ op: 'ok' });
    await here.api.presence.setStatus.mutate({ status: 'available', commandId: 'b' });
    expect(await sessionsOf(here)).toHaveLength(1);
  });
});

test('C6, C10: after kill -9 whom requests kept is still here, and goes with the log-out', async () => {
  await using folder = await seededFolder();
  const first = await startServerProcess({ DATA_DIR: folder.path });
  using agent = await logIn(first.url, 'agent0001');
  await agent.api.presence.setStatus.mutate({ status: 'break', commandId: 'a' });
  await first.end('SIGKILL');
  await using server = await startServerProcess({ DATA_DIR: folder.path });
  using manager = await logIn(server.url, 'manager');
  const board = () => manager.api.presence.board.query({ scope: { agentId: agent.id } });
  expect((await board()).agents).toMatchObject([{ status: 'break', connectivity: 'connected', seq: 2 }]);
  expect(await logOut(server, agent)).toBe(200);
  expect((await board()).agents).toMatchObject([{ status: 'offline', cause: 'agent' }]);
});

test('C3, C6: after kill -9 who was here by a socket is awaited, and goes with the log-out, at once', async () => {
  await using folder = await seededFolder();
  const first = await startServerProcess({ DATA_DIR: folder.path });
  using agent = await logIn(first.url, 'agent0001');
  using _socket = (await sayHello(first.url, agent.token)).socket;
  await first.end('SIGKILL');
  await using server = await startServerProcess({ DATA_DIR: folder.path });
  using manager = await logIn(server.url, 'manager');
  const board = () => manager.api.presence.board.query({ scope: { agentId: agent.id } });
  expect((await board()).agents).toMatchObject([{ status: 'available', connectivity: 'reconnecting' }]);
  expect(await logOut(server, agent)).toBe(200);
  expect((await board()).agents).toMatchObject([{ status: 'offline', cause: 'agent' }]);
});

/** By the token alone: the answer's HTTP status. */
async function logOut({ url }: ServerProcess, { token }: Person): Promise<number> {
  const { status } = await fetch(`${url}/trpc/auth.logout`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"json":{}}',
  });
  return status;
}

const statusOf = ({ engine }: Services, id: number) => engine.record(id)?.status;
const becomes = async (services: Services, id: number, status: string) => {
  await expect.poll(() => statusOf(services, id), { timeout: 5_000 }).toBe(status);
};

describe('C10: with its log-in session', () => {
  const opened = new Opened();
  let database: Database;

  beforeAll(async () => {
    const folder = opened.use(await seededFolder());
    ({ database } = opened.use(await openConfigured(readEnvironment({ DATA_DIR: folder.path }))));
  });

  afterAll(() => opened[Symbol.asyncDispose]());

  /** Somebody who is here by requests: the services, who it is, and the refresh token of the log-in session. */
  async function onRequests(username: string, { journal = new MemoryJournal(), lives = new Opened() } = {}) {
    const services = await openServices(database, lives, journal);
    const { session, refreshToken } = await services.authenticator.login(username, PASSWORD, PEER);
    const caller = await callerOf(services, session.token);
    await caller.presence.setStatus({ status: 'busy', commandId: 'a' });
    return { services, caller, lives, journal, refreshToken, id: session.user.id };
  }

  test('C10: a session ends, offline at once, when the log-in session is taken for stolen', async () => {
    await using lives = new Opened();
    const { services, refreshToken, id } = await onRequests('agent0001', { lives });
    const { authenticator } = services;
    const thief = await authenticator.refresh(refreshToken, PEER);
    const owner = await authenticator.refresh(refreshToken, PEER);
    await authenticator.refresh(thief.refreshToken, PEER);
    expect(statusOf(services, id)).toBe('busy');
    await expect(authenticator.refresh(owner.refreshToken, PEER)).rejects.toThrow('the session has ended');
    await becomes(services, id, 'offline');
    expect(services.engine.record(id)).toMatchObject({ cause: 'disconnect', sessions: [] });
  });

  test('C6, C10: so it does after a restart, also where the log-in session ended meanwhile', async () => {
    const journal = new MemoryJournal();
    const first = await onRequests('agent0002', { journal });
    const { engine, authenticator } = first.services;
    const { session } = await authenticator.login('agent0003', PASSWORD, PEER);
    const other = session.user.id;
    const caller = await callerOf(first.services, session.token);
    await caller.presence.setStatus({ status: 'busy', commandId: 'a' });
    const [ended, kept] = [first.id, other].map((id) => engine.record(id)?.sessions[0]?.login ?? '');
    await first.lives[Symbol.asyncDispose]();
    await using lives = new Opened();
    await revokeFamily(database.db, ended ?? '', new Date());
    const services = await openServices(database, lives, journal);
    await becomes(services, first.id, 'offline');
    expect(statusOf(services, other)).toBe('busy');
    await services.authenticator.logout({ sessionId: kept ?? '' });
    await becomes(services, other, 'offline');
  });

  test('C3, C6: after a restart who was here by a socket is gone at once whose log-in session ended meanwhile', async () => {
    const journal = new MemoryJournal();
    const first = new Opened();
    const { engine, authenticator } = await openServices(database, first, journal);
    const people = await Promise.all(
      ['agent0005', 'agent0006'].map(async (username) => {
        const { session } = await authenticator.login(username, PASSWORD, PEER);
        const claims = await authenticator.openSession(session.token);
        if (claims instanceof RollcallError) throw claims;
        await engine.dispatch(session.user.id, { input: opening(username, { login: claims.sessionId }) });
        return { id: session.user.id, login: claims.sessionId };
      }),
    );
    await first[Symbol.asyncDispose]();
    const [ended, kept] = people;
    if (ended === undefined || kept === undefined) throw new RangeError('there are two');
    await revokeFamily(database.db, ended.login, new Date());
    await using lives = new Opened();
    const services = await openServices(database, lives, journal);
    await becomes(services, ended.id, 'offline');
    expect(services.engine.record(ended.id)).toMatchObject({ cause: 'disconnect', sessions: [] });
    expect(services.engine.record(kept.id)).toMatchObject({ connectivity: 'reconnecting' });
    await services.presence.logOut({ userId: kept.id, sessionId: kept.login });
    expect(services.engine.record(kept.id)).toMatchObject({ status: 'offline', cause: 'agent' });
  });

  test('C2, C10: every request is activity; one of another log-in session only where no socket lives', async () => {
    await using lives = new Opened();
    const { services, caller, id } = await onRequests('agent0004', { lives });
    const { engine, clock, authenticator } = services;
    const seenAt = () => engine.why(id)?.sessions[0]?.activeAt ?? 0;
    const { session } = await authenticator.login('agent0004', PASSWORD, PEER);
    const other = await callerOf(services, session.token);
    /** Whether the request is activity of the session. */
    const counts = async (request: () => Promise<unknown>) => {
      const before = clock.now();
      await expect.poll(() => clock.now()).toBeGreaterThan(before + 20);
      await request();
      return seenAt() > before + 10;
    };
    expect(await counts(() => caller.auth.me())).toBe(true);
    expect(await counts(() => other.auth.me())).toBe(true);
    await engine.dispatch(id, { input: opening('s1', { login: 'a third' }) });
    expect(await counts(() => other.auth.me())).toBe(false);
    expect(await counts(() => caller.auth.me())).toBe(true);
  });
});
