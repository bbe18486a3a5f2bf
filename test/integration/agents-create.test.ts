import { createTRPCClient, createWSClient, httpBatchLink, splitLink, wsLink } from '@trpc/client';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Tile, WatchEvent } from '../../api/contract/tile.ts';
import type { AppRouter } from '../../api/routers/app.ts';
import { type DataFolder, seededFolder } from '../support/data-folders.ts';
import { logIn, type Person, sayHello } from '../support/people.ts';
import { codeOf } from '../support/refusals.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { watchBoard } from '../support/watching.ts';

const PASSWORD = 'Rollcall1';

let folder: DataFolder;
let server: ServerProcess;
let admin: Person;
let made = 0;

beforeAll(async () => {
  folder = await seededFolder();
  server = await startServerProcess({ DATA_DIR: folder.path });
  admin = await logIn(server.url, 'admin');
});

afterAll(async () => {
  admin[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** Somebody who isn't there yet. */
function newAgent(more: object = {}) {
  made += 1;
  const username = `newcomer${made}`;
  return {
    username,
    email: `${username}@example.com`,
    name: `Newcomer ${made}`,
    password: PASSWORD,
    ...more,
  };
}

/** A client made of nothing but `@trpc/client`'s own links, as its documentation has it. */
function stockClient(token: string) {
  const sockets = createWSClient({
    url: `${server.url.replace('http', 'ws')}/trpc`,
    connectionParams: { token },
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
  });
  const api = createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: wsLink({ client: sockets, transformer: superjson }),
        false: httpBatchLink({
          url: `${server.url}/trpc`,
          transformer: superjson,
          headers: { authorization: `Bearer ${token}` },
        }),
      }),
    ],
  });
  return { api, [Symbol.dispose]: () => void sockets.close() };
}

/** What everybody would see of a user who should not have been made. */
async function census(): Promise<object> {
  const { meta } = await admin.api.agents.list.query({});
  const { agents } = await admin.api.presence.board.query({ scope: { admin: true } });
  return { users: meta.total, shown: agents.length };
}

/** The error of a user who is not made. Nothing comes of it. */
async function refusal(given: object, { api }: Pick<Person, 'api'> = admin): Promise<unknown> {
  const before = await census();
  const error: unknown = await api.agents.create.mutate(given as never).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(await census()).toEqual(before);
  return error;
}

describe('a new agent', () => {
  test('G1: appears as a change to those who watch with an unmodified client', async () => {
    using manager = await logIn(server.url, 'manager');
    using stock = stockClient(manager.token);
    using everybody = watchBoard(stock, { scope: { all: true } });
    using department = watchBoard(stock, { scope: { department: 'Newcomers' } });
    using elsewhere = watchBoard(stock, { scope: { department: 'Sales' } });
    for (const watching of [everybody, department, elsewhere]) await watching.until(isSnapshot);

    const agent = newAgent({ department: 'Newcomers' });
    const created = await admin.api.agents.create.mutate(agent);
    expect(created).toMatchObject({
      username: agent.username,
      name: agent.name,
      role: 'agent',
      department: 'Newcomers',
      active: true,
      onBoard: true,
      presence: { status: 'offline', connectivity: 'disconnected', routable: false },
    });
    expect(created).not.toHaveProperty('password');
    for (const watching of [everybody, department]) {
      const tile = tileIn(await watching.until((event) => tileIn(event, created.id) !== null), created.id);
      expect(tile).toMatchObject({ name: agent.name, department: 'Newcomers', status: 'offline' });
    }
    // What comes later comes to those as well: this one was never told.
    const later = await admin.api.agents.create.mutate(newAgent({ department: 'Sales' }));
    await elsewhere.until((event) => tileIn(event, later.id) !== null);
    expect(elsewhere.events.map((event) => tileIn(event, created.id))).toEqual(
      elsewhere.events.map(() => null),
    );
  });

  test('logs in whatever the case of the name, opens an agent socket and chooses statuses', async () => {
    const { id, username } = await admin.api.agents.create.mutate(newAgent());
    using watching = watchBoard(admin, { scope: { agentId: id } });
    using agent = await logIn(server.url, username.toUpperCase());
    expect(agent.id).toBe(id);
    expect(await agent.api.auth.me.query()).toMatchObject({ id, username, role: 'agent', teamId: null });
    const { socket, welcome } = await sayHello(server.url, agent.token);
    using _ = socket;
    expect(welcome).toMatchObject({ resumed: false, tile: { id, status: 'available' } });
    for (const status of ['busy', 'wrap_up', 'break'])
      expect(await socket.ask({ op: 'status', id: status, status })).toMatchObject({ op: 'ok' });
    await watching.until((event) => tileIn(event, id)?.status === 'break');
    expect(await socket.ask({ op: 'bye', id: 'bye' })).toMatchObject({ op: 'ok' });
    await watching.until((event) => tileIn(event, id)?.status === 'offline');
  });

  test.each(['viewer', 'supervisor', 'manager', 'admin'] as const)(
    'of role %s is no agent: no tile on the board, and what that role may do',
    async (role) => {
      const { id, username, onBoard } = await admin.api.agents.create.mutate(newAgent({ role }));
      expect(onBoard).toBe(false);
      const { agents } = await admin.api.presence.board.query({ scope: { all: true } });
      expect(agents.map((tile) => tile.id)).not.toContain(id);
      using person = await logIn(server.url, username);
      const boards = await codeOf(person.api.presence.board.query({ scope: { admin: true } }));
      expect(boards).toBe(role === 'admin' ? 'answered' : 'FORBIDDEN');
    },
  );
});

describe('a user who may not be', () => {
  test.each([{ username: 'agent0001' }, { username: 'AGENT0001' }, { email: 'Agent0001@Example.com' }])(
    'because of what somebody else has is CONFLICT, whatever the case: %j',
    async (taken) => {
      const [field] = Object.keys(taken);
      expect(await refusal(newAgent(taken))).toMatchObject({
        data: {
          code: 'CONFLICT',
          httpStatus: 409,
          rollcall: { code: 'CONFLICT', fields: { [String(field)]: expect.any(String) as unknown } },
        },
      });
    },
  );

  test('of many who want the same name at once, all but one', async () => {
    const agent = newAgent();
    const tries = Array.from({ length: 8 }, (_, number) => ({ ...agent, email: `try${number}@example.com` }));
    const codes = await Promise.all(tries.map((one) => codeOf(admin.api.agents.create.mutate(one))));
    expect(codes.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'CONFLICT'), 'answered']);
    const { data } = await admin.api.agents.list.query({ filters: { search: agent.username } });
    expect(data).toHaveLength(1);
  });

  test('E3: in a team that has all its agents is CONFLICT', async () => {
    using member = await logIn(server.url, 'agent0001');
    const { teamId } = await member.api.auth.me.query();
    expect(await refusal(newAgent({ teamId }))).toMatchObject({ data: { rollcall: { code: 'CONFLICT' } } });
  });

  test.each([
    ['username', 'ab'],
    ['username', 'x'.repeat(51)],
    ['username', 'two words'],
    ['username', 'ümläut'],
    ['email', 'nobody'],
    ['email', `${'x'.repeat(250)}@example.com`],
    ['name', ' '],
    ['name', 'x'.repeat(256)],
    ['department', 'x'],
    ['phone', 'call me'],
    ['role', 'owner'],
    ['teamId', 999_999],
    ['password', 'Short1'],
    ['password', 'no-upper-case-1'],
    ['password', 'NO-LOWER-CASE-1'],
    ['password', 'No-digit-here'],
    ['password', `Aa1${'x'.repeat(1022)}`],
  ])('with a bad %s is VALIDATION: %s', async (field, value) => {
    expect(await refusal(newAgent({ [field]: value }))).toMatchObject({
      data: {
        code: 'BAD_REQUEST',
        httpStatus: 400,
        rollcall: { code: 'VALIDATION', fields: { [field]: expect.any(String) as unknown } },
      },
    });
  });

  test('without a field that every user has is VALIDATION, and each is named', async () => {
    expect(await refusal({})).toMatchObject({
      data: {
        rollcall: {
          code: 'VALIDATION',
          fields: Object.fromEntries(
            ['username', 'email', 'name', 'password'].map((field) => [field, expect.any(String) as unknown]),
          ),
        },
      },
    });
  });

  test.each(['manager', 'supervisor01', 'agent0001', 'viewer'])(
    'because %s asks is FORBIDDEN',
    async (name) => {
      using person = await logIn(server.url, name);
      expect(await refusal(newAgent(), person)).toMatchObject({ data: { rollcall: { code: 'FORBIDDEN' } } });
    },
  );

  test('because nobody asks is UNAUTHENTICATED', async () => {
    using stranger = stockClient('');
    expect(await refusal(newAgent(), stranger)).toMatchObject({
      data: { rollcall: { code: 'UNAUTHENTICATED' } },
    });
  });
});

test('F2: after kill -9 everybody who was made is there, as they were', async () => {
  const { id, username } = await admin.api.agents.create.mutate(
    newAgent({ department: 'Survivors', phone: '+44 20 7946 0000' }),
  );
  const idle = await admin.api.agents.create.mutate(newAgent({ department: 'Survivors' }));
  using before = await logIn(server.url, username);
  const { socket } = await sayHello(server.url, before.token);
  const chosen = await socket.ask({ op: 'status', id: 'a', status: 'break', reason: 'tea' });
  expect(chosen).toMatchObject({ op: 'ok' });
  const known = await census();
  expect(await server.end('SIGKILL')).toBe('SIGKILL');

  admin[Symbol.dispose]();
  server = await startServerProcess({ DATA_DIR: folder.path });
  admin = await logIn(server.url, 'admin');
  expect(await census()).toEqual(known);
  const { agents } = await admin.api.presence.board.query({ scope: { department: 'Survivors' } });
  expect(agents.toSorted((one, other) => one.id - other.id)).toMatchObject([
    { id, status: 'break', reason: 'tea', connectivity: 'reconnecting', seq: Number(chosen['seq']) + 1 },
    { id: idle.id, status: 'offline', connectivity: 'disconnected' },
  ]);
  const { data } = await admin.api.agents.list.query({ filters: { search: username } });
  expect(data).toMatchObject([{ id, phone: '+44 20 7946 0000', active: true }]);
  using agent = await logIn(server.url, username);
  const { socket: back, welcome } = await sayHello(server.url, agent.token);
  using _ = back;
  expect(welcome).toMatchObject({ tile: { status: 'break', connectivity: 'connected' } });
  expect(await back.ask({ op: 'status', id: 'b', status: 'available' })).toMatchObject({ op: 'ok' });
});

function isSnapshot({ type }: WatchEvent): boolean {
  return type === 'snapshot';
}

/** An agent's tile, where an event has it. */
function tileIn(event: WatchEvent, id: number): Tile | null {
  const tiles = event.type === 'snapshot' ? event.agents : event.type === 'changes' ? event.changes : [];
  return tiles.find((tile) => tile.id === id) ?? null;
}
