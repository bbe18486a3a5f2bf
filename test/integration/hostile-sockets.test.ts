import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type DataFolder, seededFolder } from '../support/data-folders.ts';
import { expectOrdinaryService, faultsLogged } from '../support/ordinary-service.ts';
import { logIn, type Person, sayHello } from '../support/people.ts';
import { frameBytes, RawConnection } from '../support/raw-connection.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { refusalIn } from '../support/refusals.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const UNUSED = 50;
const SUBSCRIPTIONS = 64;

let folder: DataFolder;
let server: ServerProcess;
let agent: Person;
let unused: RawSocket[];

beforeAll(async () => {
  folder = await seededFolder();
  server = await startServerProcess({ DATA_DIR: folder.path });
  unused = await Promise.all(
    ['/agent', '/trpc', '/trpc?connectionParams=1'].flatMap((path) =>
      Array.from({ length: UNUSED }, () => RawSocket.open(server.url, path)),
    ),
  );
  agent = await logIn(server.url, 'agent0001');
});

afterEach(() => expectOrdinaryService(server));

afterAll(async () => {
  for (const one of [agent, ...unused]) one[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const text = (frame: unknown) => JSON.stringify(frame);
const call = (id: unknown, path: unknown, params: object = {}) => ({
  id,
  method: 'query',
  params: { path, ...params },
});

/** A call that is in order. */
const ME = { id: 'after', method: 'query', params: { path: 'auth.me' } };
const wrong = (code: string, frame: object) => ({ code, frame });

async function openTrpc(token = agent.token): Promise<RawSocket> {
  const socket = await RawSocket.open(server.url, '/trpc?connectionParams=1');
  socket.send({ method: 'connectionParams', data: { token } });
  return socket;
}

describe.each(['/agent', '/trpc'])('a connection to %s', (path) => {
  test.each([
    ['text that is no UTF-8', 0x81, [0x7b, 0xff, 0xfe, 0x7d]],
    ['half a character at the end', 0x81, [0x7b, 0xe2, 0x82]],
    ['reserved bits', 0xc1, [0x7b, 0x7d]],
    ['a kind of frame that there is not', 0x83, [0x7b, 0x7d]],
    ['the end of a message that never began', 0x80, [0x7b, 0x7d]],
    ['a ping that is too long', 0x89, Array.from({ length: 200 }, () => 0x20)],
    ['a goodbye that is no UTF-8', 0x88, [0x03, 0xed, 0xff]],
  ] as const)('that sends %s ends', async (_name, first, payload) => {
    using connection = await RawConnection.open(server.url);
    await connection.upgrade(path);
    connection.send(frameBytes(first, Uint8Array.from(payload)));
    // What is no WebSocket's is answered with nothing but, at most, a goodbye.
    expect(await connection.ended).toMatch(/^HTTP\/1\.1 101[^]*?\r\n\r\n[^{]*$/);
  });

  test('that sends more than a megabyte ends', async () => {
    const socket = await RawSocket.open(server.url, path);
    socket.send('x'.repeat((1 << 20) + (1 << 17)));
    expect([1006, 1009, 4413]).toContain((await socket.closed).code);
  });

  test.each([
    ['without a key', ''],
    ['with a key that is none', 'Sec-WebSocket-Key: short\r\n'],
  ])('that is asked for %s is not there', async (_name, key) => {
    using connection = await RawConnection.open(server.url);
    connection.send(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: close\r\n${key}\r\n`,
    );
    expect(await connection.ended).toMatch(/^HTTP\/1\.1 404 /);
  });
});

describe('an agent socket', () => {
  const hello = { op: 'hello', token: 'none', device: 'test' };
  test.each([
    ['nothing', '', 4400],
    ['a number', '42', 4400],
    ['a list of frames', text([hello]), 4400],
    ['deep nesting', nested(2000), 4400],
    ['an op that every object has', '{"op":"__proto__"}', 4400],
    ['an op of a prototype', '{"__proto__":{"op":"hello"}}', 4400],
    ['an op that is a list', '{"op":["hello"]}', 4400],
    ['a device with a NUL', text({ ...hello, device: 'a\0b' }), 4400],
    ['half a character for a device', text({ ...hello, device: '\ud83d' }), 4400],
    ['a negative seq', text({ ...hello, resume: { session: 's', seq: -1 } }), 4400],
    [
      'a seq beyond numbers',
      '{"op":"hello","token":"x","device":"d","resume":{"session":"s","seq":1e999}}',
      4400,
    ],
    ['a token with a NUL', text({ ...hello, token: 'a\0b' }), 4401],
    ['half a character for a token', text({ ...hello, token: '\ud83d' }), 4401],
    ['an unsigned token', text({ ...hello, token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.' }), 4401],
    ['a frame of 5 KB', text({ ...hello, more: 'x'.repeat(5000) }), 4413],
    ['5 KB of nesting', nested(2500), 4413],
  ])('that begins with %s is closed', async (_name, frame, code) => {
    const socket = await RawSocket.open(server.url, '/agent');
    socket.send(frame);
    expect((await socket.closed).code).toBe(code);
  });

  test('that begins with bytes is closed', async () => {
    const socket = await RawSocket.open(server.url, '/agent');
    socket.sendBinary(Buffer.from(text({ ...hello, token: agent.token })));
    expect((await socket.closed).code).toBe(4400);
  });

  test.each(['\0', '__proto__', '\ud83d', 'node1-00000000-0000-0000-0000-000000000000'])(
    'C9: that resumes what never was is a fresh log-in: %j',
    async (session) => {
      const resume = { session, seq: Number.MAX_SAFE_INTEGER };
      const { socket, welcome } = await sayHello(server.url, agent.token, { resume });
      expect(welcome).toMatchObject({ resumed: false, tile: { status: 'available' } });
      expect(await socket.ask({ op: 'bye', id: 'b' })).toMatchObject({ op: 'ok' });
    },
  );

  test('answers what is wrong with a command, and lives on', async () => {
    const { socket } = await sayHello(server.url, agent.token);
    const status = { op: 'status', status: 'busy' };
    const work = { op: 'work', current: 1, max: 1 };
    const frames = [
      ...['', ' ', 'a\0b', '\ud83d', 'x'.repeat(501), 5, null, ['x']].map((reason) =>
        wrong('VALIDATION', { ...status, reason }),
      ),
      ...[-1, 1.5, '1', null, 2 ** 53].map((expectSeq) => wrong('VALIDATION', { ...status, expectSeq })),
      wrong('CONFLICT', { ...status, expectSeq: Number.MAX_SAFE_INTEGER }),
      ...['__proto__', 'constructor', 'toString', 'BUSY', ' busy'].map((code) =>
        wrong('UNKNOWN_STATUS', { ...status, status: code }),
      ),
      ...['a\0b', '\ud83d', '', 7, {}].map((code) => wrong('VALIDATION', { ...status, status: code })),
      ...[-1, 1.5, '1', 2 ** 53].map((current) => wrong('VALIDATION', { ...work, current })),
      ...[0, -1, 1.5, '1', 2 ** 53].map((max) => wrong('VALIDATION', { ...work, max })),
      wrong('VALIDATION', { op: 'extend', reason: 'a\0b' }),
    ];
    for (const [index, { code, frame }] of frames.entries()) {
      expect(await socket.ask({ ...frame, id: `c${index}` })).toMatchObject({ op: 'no', code });
      // Within the rate of frames.
      if (index % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    expect(await socket.ask({ op: 'bye', id: 'a\0b' })).toMatchObject({ op: 'no', code: 'VALIDATION' });
    expect(await socket.ask({ op: 'bye', id: '\ud83d' })).toMatchObject({ op: 'no', code: 'VALIDATION' });
    socket.send({ op: 'active', at: 1e308 });
    socket.send({ op: 'active', at: -1e308 });
    expect(await socket.ask({ op: 'bye', id: 'bye' })).toMatchObject({ op: 'ok' });
    expect((await socket.closed).code).toBe(1000);
  });
});

/** Frames, to whom each is answered, and how. */
const WRONG_CALLS: readonly (readonly [frame: string, id: unknown, code: string])[] = [
  ['{', null, 'VALIDATION'],
  ['', null, 'VALIDATION'],
  ['5', null, 'VALIDATION'],
  ['null', null, 'VALIDATION'],
  ['{}', null, 'VALIDATION'],
  ['[null]', null, 'VALIDATION'],
  [nested(100_000), null, 'VALIDATION'],
  [text({ method: 'query', params: { path: 'auth.me' } }), null, 'VALIDATION'],
  [text(call({}, 'auth.me')), null, 'VALIDATION'],
  [text(call(true, 'auth.me')), null, 'VALIDATION'],
  [text({ id: 1, method: 'query' }), 1, 'VALIDATION'],
  [text({ id: 1, method: 'dance', params: { path: 'auth.me' } }), 1, 'VALIDATION'],
  [text({ id: 1, method: '__proto__', params: { path: 'auth.me' } }), 1, 'VALIDATION'],
  [text(call(1, 5)), 1, 'VALIDATION'],
  [text(call(1, 'presence.watch', { lastEventId: 5 })), 1, 'VALIDATION'],
  [text(call(1, 'presence.why', { input: null })), 1, 'VALIDATION'],
  [text(call(1, 'presence.why', { input: 5 })), 1, 'VALIDATION'],
  [
    `{"id":1,"method":"query","params":{"path":"presence.why","input":{"json":${nested(300_000)}}}}`,
    1,
    'VALIDATION',
  ],
  [
    text(call(1, 'presence.why', { input: { json: {}, meta: { values: { '__proto__.x': ['Date'] } } } })),
    1,
    'VALIDATION',
  ],
  [text(call(1, '')), 1, 'NOT_FOUND'],
  [text(call(1, '__proto__')), 1, 'NOT_FOUND'],
  [text(call('1', 'constructor.constructor')), '1', 'NOT_FOUND'],
  [text(call(1.5, 'auth.toString')), 1.5, 'NOT_FOUND'],
  [text(call(-1, 'auth.login')), -1, 'NOT_FOUND'],
  [text({ ...call(1, 'auth.me'), method: 'subscription' }), 1, 'NOT_FOUND'],
];

describe('a socket of tRPC', () => {
  test.each(WRONG_CALLS.map(([frame, id, code]) => ({ frame, id, code, shown: frame.slice(0, 60) })))(
    'answers $shown',
    async ({ frame, id, code }) => {
      using socket = await openTrpc();
      socket.send(frame);
      const answer = await socket.next(() => true);
      expect(answer['id']).toBe(id);
      expect(refusalIn(answer)).toMatchObject({ code });
      expect(await socket.ask(ME)).toMatchObject({ result: {} });
    },
  );

  test('answers bytes as what they are not', async () => {
    using socket = await openTrpc();
    socket.sendBinary(Buffer.from(text(call(1, 'auth.me'))));
    expect(refusalIn(await socket.next(({ id }) => id === null))).toMatchObject({ code: 'VALIDATION' });
  });

  test('answers each of a thousand calls at once', async () => {
    using socket = await openTrpc();
    socket.send(Array.from({ length: 1000 }, (_, id) => call(id, 'auth.me')));
    for (let id = 0; id < 1000; id++) {
      const answer = await socket.next(() => true);
      expect(answer['id']).toBe(id);
      expect(refusalIn(answer)).toMatchObject({ code: 'VALIDATION' });
    }
  });

  test('holds so many subscriptions and refuses the rest', async () => {
    using socket = await openTrpc();
    const input = { json: { scope: { agentId: agent.id } } };
    const ids = Array.from({ length: 3 * SUBSCRIPTIONS }, (_, id) => id);
    for (const id of ids)
      socket.send({ id, method: 'subscription', params: { path: 'presence.watch', input } });
    const first = new Map<unknown, object>();
    while (first.size < ids.length) {
      const answer = await socket.next(({ id }) => !first.has(id));
      first.set(answer['id'], answer);
    }
    const refused = [...first.values()].filter((answer) => 'error' in answer);
    expect(refused).toHaveLength(2 * SUBSCRIPTIONS);
    for (const answer of refused) expect(refusalIn(answer)).toMatchObject({ code: 'VALIDATION' });
  });

  test('stops what never began without a word', async () => {
    using socket = await openTrpc();
    for (const id of [1, '__proto__', 'constructor', -1]) socket.send({ id, method: 'subscription.stop' });
    expect(await socket.ask(ME)).toMatchObject({ id: 'after', result: {} });
    expect(socket.frames).toEqual([]);
  });

  test.each([
    '[]',
    '5',
    'null',
    '{"method":"connectionParams"}',
    '{"method":"connectionParams","data":5}',
    '{"method":"connectionParams","data":{"token":5}}',
    '{"method":"connectionParams","data":{"token":"a\\u0000b"}}',
    '{"method":"connectionParams","data":{"__proto__":{"token":"x"}}}',
    `"${'x'.repeat(200)}"`,
  ])('whose parameters are nonsense is nobody’s: %s', async (params) => {
    using socket = await RawSocket.open(server.url, '/trpc?connectionParams=1');
    socket.send(params);
    const answer = await socket.ask(ME);
    expect(refusalIn(answer)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

test('sockets that nobody uses are closed, or wait, and are in nobody’s way', async () => {
  const agents = unused.slice(0, UNUSED);
  const closes = await Promise.all(agents.map(({ closed }) => closed));
  expect(closes.map(({ code }) => code)).toEqual(agents.map(() => 4408));
  using waiting = unused.at(UNUSED);
  expect(refusalIn((await waiting?.ask(ME)) ?? {})).toMatchObject({
    code: 'UNAUTHENTICATED',
  });
});

test('nothing of it is logged as a fault of the server', () => {
  expect(faultsLogged(server)).toEqual([]);
});
