import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../api/contract/tile.ts';
import { type DataFolder, seededFolder } from '../support/data-folders.ts';
import { expectOrdinaryService, faultsLogged } from '../support/ordinary-service.ts';
import { logIn, type Person, sayHello } from '../support/people.ts';
import { codeOf, refusalOf } from '../support/refusals.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { firstEvent, watchBoard } from '../support/watching.ts';

/** Half a character. */
const HALF = '\ud83d';
const GREATEST_COLUMN = 2 ** 31 - 1;

let folder: DataFolder;
let server: ServerProcess;
let admin: Person;
let agent: Person;

beforeAll(async () => {
  folder = await seededFolder();
  server = await startServerProcess({ DATA_DIR: folder.path });
  admin = await logIn(server.url, 'admin');
  agent = await logIn(server.url, 'agent0001');
});

afterAll(async () => {
  for (const one of [admin, agent]) one[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** A query whose input no typed client would send. */
function ask(path: string, inputJson: string, { token } = admin): Promise<Response> {
  const input = encodeURIComponent(`{"json":${inputJson}}`);
  return fetch(`${server.url}/trpc/${path}?input=${input}`, {
    headers: { authorization: `Bearer ${token}` },
  });
}

function tell(path: string, input: object, { token } = admin): Promise<Response> {
  return fetch(`${server.url}/trpc/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ json: input }),
  });
}

describe('an id', () => {
  afterAll(() => expectOrdinaryService(server));

  test.each([
    '-1',
    '0',
    '-0',
    `${GREATEST_COLUMN}`,
    `${GREATEST_COLUMN + 1}`,
    `${Number.MAX_SAFE_INTEGER}`,
    `${-Number.MAX_SAFE_INTEGER}`,
  ])('that nobody has is NOT_FOUND: %s', async (id) => {
    const responses = await Promise.all([
      ask('presence.why', `{"agentId":${id}}`),
      ...['board', 'summary'].flatMap((procedure) =>
        ['agentId', 'teamId'].map((key) => ask(`presence.${procedure}`, `{"scope":{"${key}":${id}}}`)),
      ),
    ]);
    for (const response of responses) expect(await refusalOf(response)).toMatchObject({ code: 'NOT_FOUND' });
  });

  test.each([
    '1.5',
    '"1"',
    '"1; DROP TABLE users"',
    'null',
    'true',
    '[1]',
    '{}',
    '1e308',
    '1e999',
    '9007199254740993',
    '"__proto__"',
  ])('that is none is VALIDATION: %s', async (id) => {
    const responses = await Promise.all([
      ask('presence.why', `{"agentId":${id}}`),
      ask('presence.board', `{"scope":{"agentId":${id}}}`),
      ask('presence.summary', `{"scope":{"teamId":${id}}}`),
      ask('agents.list', `{"filters":{"teamId":${id}}}`),
    ]);
    for (const response of responses) expect(await refusalOf(response)).toMatchObject({ code: 'VALIDATION' });
  });

  test.each([-1, 0, GREATEST_COLUMN, GREATEST_COLUMN + 1, 1.5, '1', {}])(
    'of a team that there is not makes no user: %j',
    async (teamId) => {
      const made = { username: 'made', email: 'made@example.com', name: 'Made', password: 'Made-pass1' };
      expect(await refusalOf(await tell('agents.create', { ...made, teamId }))).toMatchObject({
        code: 'VALIDATION',
        fields: { teamId: expect.any(String) as unknown },
      });
    },
  );
});

describe('a scope', () => {
  afterAll(() => expectOrdinaryService(server));

  test.each([
    '{}',
    '{"all":false}',
    '{"all":true,"admin":true}',
    '{"teamId":1,"more":1}',
    '{"department":""}',
    '{"department":"a\\u0000b"}',
    '{"department":"\\ud83d"}',
    '{"__proto__":{"all":true}}',
    'null',
    '[]',
    '"all"',
  ])('that is none is VALIDATION: %s', async (scope) => {
    for (const procedure of ['board', 'summary']) {
      const response = await ask(`presence.${procedure}`, `{"scope":${scope}}`);
      expect(await refusalOf(response)).toMatchObject({ code: 'VALIDATION' });
    }
  });

  test('of a department that nobody is in is empty', async () => {
    for (const department of ['__proto__', 'constructor', '%', "' OR 1=1", 'team:1']) {
      const { agents } = await admin.api.presence.board.query({ scope: { department } });
      expect(agents).toEqual([]);
    }
  });
});

describe('a page', () => {
  afterAll(() => expectOrdinaryService(server));

  test.each([
    '{"page":0}',
    '{"page":-1}',
    '{"page":1.5}',
    '{"page":1e300}',
    '{"page":"1"}',
    '{"limit":0}',
    '{"limit":101}',
    '{"filters":{"role":"__proto__"}}',
    '{"filters":{"search":"a\\u0000b"}}',
    '{"filters":{"department":"\\ud83d"}}',
    '{"filters":[]}',
  ])('that is none is VALIDATION: %s', async (input) => {
    expect(await refusalOf(await ask('agents.list', input))).toMatchObject({ code: 'VALIDATION' });
  });

  test('beyond the last is empty, and what is special in SQL finds itself alone', async () => {
    const far = await admin.api.agents.list.query({ page: Number.MAX_SAFE_INTEGER, limit: 100 });
    expect(far.data).toEqual([]);
    for (const search of ['%', '_______________________', '\\', "'", '"; --', '%%%'])
      expect(await admin.api.agents.list.query({ filters: { search } })).toMatchObject({ data: [] });
  });
});

describe('a text', () => {
  afterAll(() => expectOrdinaryService(server));

  const made = {
    username: 'made',
    email: 'made@example.com',
    name: 'Made',
    department: 'Made',
    phone: '+44 20 7946 0000',
    password: 'Made-pass1',
  };

  test.each(
    ['username', 'email', 'name', 'department', 'phone'].flatMap((field) =>
      ['a\0b', `a${HALF}`, 'x'.repeat(300), '', 7, null, ['x'], { toString: 'x' }]
        .filter((value) => value !== null || !['department', 'phone'].includes(field))
        .map((value) => ({ field, value })),
    ),
  )('that no user can have is named with its field: $field $value', async ({ field, value }) => {
    const refused = await refusalOf(await tell('agents.create', { ...made, [field]: value }));
    expect(refused).toMatchObject({ code: 'VALIDATION', fields: { [field]: expect.any(String) as unknown } });
  });

  test.each(
    ['status', 'reason', 'commandId'].flatMap((field) =>
      ['a\0b', HALF, 'x'.repeat(600), '', 7, null].map((value) => ({ field, value })),
    ),
  )('that no command can have is named with its field: $field $value', async ({ field, value }) => {
    const command = { status: 'busy', reason: 'a call', commandId: 'c1', [field]: value };
    const refused = await refusalOf(await tell('presence.setStatus', command, agent));
    expect(refused).toMatchObject({ code: 'VALIDATION', fields: { [field]: expect.any(String) as unknown } });
  });

  test.each([-1, 1.5, '1', null, 2 ** 53])('no seq is %j', async (expectSeq) => {
    const command = { status: 'busy', commandId: 'c2', expectSeq };
    const refused = await refusalOf(await tell('presence.setStatus', command, agent));
    expect(refused).toMatchObject({ code: 'VALIDATION' });
  });

  test.each([`a${HALF}`, 'a\0b', 'x'.repeat(1025), '__proto__', "' OR '1'='1"])(
    'that is no refresh token refreshes nothing: %j',
    async (refreshToken) => {
      const { code } = await refusalOf(await tell('auth.refresh', { refreshToken }));
      expect(code).toBe(refreshToken.length > 1024 ? 'VALIDATION' : 'UNAUTHENTICATED');
    },
  );
});

describe('G1: a cursor', () => {
  afterAll(() => expectOrdinaryService(server));

  test('of another scope, of another view, or of nothing at all begins with a snapshot', async () => {
    using manager = await logIn(server.url, 'manager');
    using supervisor = await logIn(server.url, 'supervisor01');
    const team = await ownTeam();
    const scope: Scope = { teamId: team };
    const cursors = await Promise.all([
      cursorOf(manager, { all: true }),
      cursorOf(manager, { teamId: team + 1 }),
      cursorOf(manager, { agentId: agent.id }),
      cursorOf(admin, { admin: true }),
      cursorOf(agent, scope),
    ]);
    const nonsense = [
      '',
      '.',
      'x',
      'a\0b',
      HALF,
      '-1.x',
      `${'z'.repeat(300)}.x`,
      '__proto__',
      '0.constructor',
    ];
    const ahead = (await cursorOf(manager, scope)).replace(/^[^.]+/, 'zzzzzzzz');
    for (const lastEventId of [...cursors, ...nonsense, ahead])
      expect(await firstEvent(watchBoard(manager, { scope, lastEventId }))).toMatchObject({
        type: 'snapshot',
      });
    for (const viewer of [manager, supervisor]) {
      const lastEventId = await cursorOf(manager, scope);
      expect(await firstEvent(watchBoard(viewer, { scope, lastEventId }))).toMatchObject({
        type: 'changes',
        changes: [],
      });
    }
  });

  test('that is longer than any is VALIDATION', async () => {
    const watching = firstEvent(watchBoard(admin, { scope: { all: true }, lastEventId: 'x'.repeat(501) }));
    expect(await codeOf(watching)).toBe('VALIDATION');
  });
});

describe('H1: a message', () => {
  afterAll(() => expectOrdinaryService(server));

  const well = { to: { all: true }, content: 'a word', commandId: 'c' };

  test.each([
    {},
    null,
    { ...well, to: {} },
    { ...well, to: { userIds: [] } },
    { ...well, to: { userIds: ['1'] } },
    { ...well, to: { userIds: [1.5] } },
    { ...well, to: { userIds: 1 } },
    { ...well, to: { all: false } },
    { ...well, to: { teamId: 1, all: true } },
    { ...well, content: undefined },
    { ...well, content: '' },
    { ...well, content: ' \n\t ' },
    { ...well, content: 'x'.repeat(4001) },
    { ...well, content: 'a\0b' },
    { ...well, content: `a${HALF}` },
    { ...well, subject: '' },
    { ...well, subject: 'x'.repeat(201) },
    { ...well, subject: HALF },
    { ...well, priority: 'panic' },
    { ...well, holdUntilFree: 'yes' },
    { ...well, expiresAt: 'soon' },
    { ...well, expiresAt: 1 },
    { ...well, expiresAt: 1e300 },
    { ...well, commandId: '' },
    { ...well, commandId: 'x'.repeat(101) },
  ])('that can not be one is VALIDATION: %#', async (input) => {
    expect(await refusalOf(await tell('messages.send', input ?? []))).toMatchObject({ code: 'VALIDATION' });
  });

  test('comes as it was written, whatever it holds', async () => {
    const texts = [
      '𝕏'.repeat(2000),
      '\u202e<script>alert(1)</script>\r\n',
      'ก'.repeat(4000),
      '\u{10ffff}"\\',
    ];
    for (const [at, content] of texts.entries()) {
      const subject = content.slice(0, 100).trim();
      const to = { userIds: [agent.id] };
      await admin.api.messages.send.mutate({ to, content, subject, commandId: `text ${at}` });
      const { messages } = await agent.api.messages.inbox.query();
      expect(messages.find((message) => message.content === content)).toMatchObject({ subject });
    }
  });

  test.each([
    { messageIds: [] },
    { messageIds: 'all' },
    { messageIds: [''] },
    { messageIds: ['a\0'] },
    { messageIds: Array.from({ length: 101 }, (_, at) => `${at}`) },
  ])('whose id can not be one is not read: VALIDATION: %#', async (input) => {
    expect(await refusalOf(await tell('messages.markRead', input))).toMatchObject({ code: 'VALIDATION' });
  });

  test.each(['__proto__', 'x'.repeat(100), "'; DROP TABLE messages; --", 'system-1-1'])(
    'that there is not is NOT_FOUND: %j',
    async (messageId) => {
      const calls = [
        admin.api.messages.markRead.mutate({ messageIds: [messageId] }),
        admin.api.messages.acknowledge.mutate({ messageId }),
        admin.api.messages.receipts.query({ messageId }),
      ];
      expect(await Promise.all(calls.map((call) => codeOf(call)))).toEqual(calls.map(() => 'NOT_FOUND'));
    },
  );

  test('B6: an id that another command had is CONFLICT', async () => {
    const commandId = 'one for two';
    const { socket } = await sayHello(server.url, agent.token);
    using _ = socket;
    await agent.api.presence.setStatus.mutate({ status: 'busy', commandId });
    const to = { userIds: [admin.id] };
    using manager = await logIn(server.url, 'manager');
    expect(await codeOf(agent.api.messages.send.mutate({ to, content: 'x', commandId }))).toBe('FORBIDDEN');
    const colleagues = { teamId: await ownTeam() };
    await manager.api.messages.send.mutate({ to: colleagues, content: 'x', commandId });
    const { data } = await manager.api.agents.list.query({ filters: { search: 'agent0002' } });
    const own = { userIds: [data[0]?.id ?? 0] };
    expect(await codeOf(agent.api.messages.send.mutate({ to: own, content: 'x', commandId }))).toBe(
      'CONFLICT',
    );
  });
});

async function ownTeam(): Promise<number> {
  const { teamId } = await agent.api.auth.me.query();
  if (teamId === null) throw new Error('the agent has no team');
  return teamId;
}

async function cursorOf({ api }: Person, scope: Scope): Promise<string> {
  return (await api.presence.board.query({ scope })).cursor;
}

test('nothing of it is logged as a fault of the server', () => {
  expect(faultsLogged(server)).toEqual([]);
});
