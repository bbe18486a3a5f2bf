import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type DataFolder, seededFolder } from '../support/data-folders.ts';
import { expectOrdinaryService, faultsLogged } from '../support/ordinary-service.ts';
import { RawConnection, sendRaw } from '../support/raw-connection.ts';
import { refusalOf } from '../support/refusals.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const LOGIN = '/trpc/auth.login';
const BODY_BYTES = 1 << 20;
const NOBODY = { username: 'nobody', password: 'x' };
/** Of each kind that stalls. */
const STALLED = 30;

let folder: DataFolder;
let server: ServerProcess;
let stalled: RawConnection[];

beforeAll(async () => {
  folder = await seededFolder();
  server = await startServerProcess({ DATA_DIR: folder.path });
  const beginnings = [
    '',
    'GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
    'GET /health HTTP/1.1\r\nHost: localhost\r\nX-Bomb: a\0b\r\n\r\n',
    `POST ${LOGIN} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"json`,
    `POST ${LOGIN} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n{"json`,
  ];
  stalled = await Promise.all(
    beginnings.flatMap((beginning) =>
      Array.from({ length: STALLED }, async () => {
        const connection = await RawConnection.open(server.url);
        connection.send(beginning);
        return connection;
      }),
    ),
  );
});

afterEach(() => expectOrdinaryService(server));

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const post = (path: string, body: string | Uint8Array<ArrayBuffer>) =>
  fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
const text = (value: object) => JSON.stringify(value);
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const request = (first: string, headers = '') =>
  `${first} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`;

describe('a body', () => {
  test.each([
    ['is not JSON', '{'],
    ['is empty', ''],
    ['is a number', '42'],
    ['is null', 'null'],
    ['is a text', '"text"'],
    ['is a list', '[]'],
    ['is not wrapped', JSON.stringify(NOBODY)],
    ['holds a NUL as it is', '{"json":{"username":"a\0b","password":"x"}}'],
    ['holds a NUL', '{"json":{"username":"a\\u0000b","password":"x"}}'],
    ['holds half a character', '{"json":{"username":"a\\ud83d","password":"x"}}'],
    ['has fields of other types', '{"json":{"username":{"toString":"x"},"password":["x"]}}'],
    ['is nested deeply', nested(400_000)],
    ['is nested deeply in a field', `{"json":{"username":${nested(400_000)},"password":"x"}}`],
    ['is nested deeply and never ends', '{"json":'.repeat(100_000)],
    [
      'has deeply nested types',
      `{"json":${JSON.stringify(NOBODY)},"meta":{"values":{"a":${nested(300_000)}}}}`,
    ],
    ['would change every object', '{"json":{},"meta":{"values":{"__proto__.polluted":["undefined"]}}}'],
    ['has a type that nobody knows', '{"json":{},"meta":{"values":{"username":["nonsense"]}}}'],
  ])('that %s is VALIDATION', async (_name, body) => {
    expect(await refusalOf(await post(LOGIN, body))).toMatchObject({ code: 'VALIDATION' });
  });

  test('that is larger than a megabyte is VALIDATION, whether or not its length is told', async () => {
    const body = new Uint8Array(BODY_BYTES + 1).fill(0x20);
    expect(await refusalOf(await post(LOGIN, body))).toMatchObject({ code: 'VALIDATION' });
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const head = `POST ${LOGIN} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunked = await sendRaw(server.url, `${head}${chunk.repeat(16)}1\r\n \r\n0\r\n\r\n`);
    expect(await refusalOf(new Response(chunked.body, chunked))).toMatchObject({ code: 'VALIDATION' });
  });

  // 0: the answer may be lost with the connection that is cut.
  test('of sixteen megabytes is not read to its end', async () => {
    const head = `POST ${LOGIN} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY_BYTES * 16}\r\n\r\n`;
    const { status } = await sendRaw(server.url, head + ' '.repeat(BODY_BYTES * 16));
    expect([0, 400]).toContain(status);
  });

  test('may name an object’s own prototype, which is then a field that nobody reads', async () => {
    const body = `{"json":{"username":"nobody","password":"x","__proto__":{"role":"admin"},"constructor":{"prototype":{"role":"admin"}}}}`;
    expect(await refusalOf(await post(LOGIN, body))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('whose bytes are no UTF-8 is read as well as it can be', async () => {
    const body = Buffer.concat([
      Buffer.from('{"json":{"username":"nobody'),
      Buffer.from([0xff, 0xc0, 0xaf]),
      Buffer.from('","password":"x"}}'),
    ]);
    expect(await refusalOf(await post(LOGIN, new Uint8Array(body)))).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test('that would cost far more than its size is refused before it does', async () => {
    const many = 40_000;
    const list = Array.from({ length: many }, (_, index) => index);
    const inSet = Array.from({ length: many }, () => `list.${many - 1}`);
    const bodies = [
      text({
        json: { ...NOBODY, list },
        meta: { values: { list: ['set'] }, referentialEqualities: { username: inSet } },
      }),
      text({
        json: { ...NOBODY, username: 4e8 },
        meta: { values: { username: [['typed-array', 'Float64Array']] } },
      }),
      text({
        json: NOBODY,
        meta: {
          values: {
            ['a.'.repeat(100_000)]: [
              'undefined',
              Object.fromEntries(list.map((key) => [key, ['undefined']])),
            ],
          },
        },
      }),
    ];
    for (const body of bodies)
      expect(await refusalOf(await post(LOGIN, body))).toMatchObject({ code: 'VALIDATION' });
  });
});

describe('a batch', () => {
  test.each(['GET', 'POST'])('of a thousand calls is VALIDATION (%s)', async (method) => {
    const paths = Array.from({ length: 1000 }, () => 'auth.me').join(',');
    const sent =
      method === 'GET' ? {} : { method, body: '{}', headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${server.url}/trpc/${paths}?batch=1`, sent);
    expect(await refusalOf(response)).toMatchObject({ code: 'VALIDATION' });
  });

  test.each(['null', '5', '[1,2]', '{"0":5,"1":"x"}', '{"__proto__":{"json":1}}'])(
    'whose inputs are %s is VALIDATION',
    async (body) => {
      const response = await post('/trpc/auth.login,auth.login?batch=1', body);
      expect(await refusalOf(response)).toMatchObject({ code: 'VALIDATION' });
    },
  );
});

describe('a request', () => {
  test.each([
    ['no content type', `POST ${LOGIN}`, ''],
    ['another content type', `POST ${LOGIN}`, 'Content-Type: text/plain\r\n'],
    ['a form', `POST ${LOGIN}`, 'Content-Type: multipart/form-data; boundary=x\r\n'],
    ['a compressed body', `POST ${LOGIN}`, 'Content-Type: application/json\r\nContent-Encoding: gzip\r\n'],
    ['a method that does not fit', `GET ${LOGIN}`, ''],
    ['a method that does not fit', `DELETE ${LOGIN}`, ''],
    ['a method that nobody knows', 'DANCE /trpc/auth.me', ''],
    ['a method that is forbidden', 'TRACE /trpc/auth.me', ''],
    ['a path that is not encoded rightly', 'GET /trpc/%ZZ', ''],
    ['a path that is no UTF-8', 'GET /trpc/%FF', ''],
    ['connection parameters that are not JSON', 'GET /trpc/auth.me?connectionParams={', ''],
    ['connection parameters of another shape', 'GET /trpc/auth.me?connectionParams={"token":5}', ''],
    ['a stream of one call', 'GET /trpc/auth.me', 'trpc-accept: application/jsonl\r\n'],
  ])('with %s is VALIDATION: %s', async (_name, first, headers) => {
    const { body, ...answer } = await sendRaw(server.url, request(first, headers));
    expect(await refusalOf(new Response(body, answer))).toMatchObject({ code: 'VALIDATION' });
  });

  test.each([
    '',
    '__proto__',
    'constructor.constructor',
    'auth.__proto__.x',
    'toString',
    '%00',
    'auth.me,auth.me',
    'a.'.repeat(5000),
    '..%2f..%2fhealth',
  ])('for a procedure that is none is NOT_FOUND: %s', async (path) => {
    const { body, ...answer } = await sendRaw(server.url, request(`GET /trpc/${path}`));
    expect(await refusalOf(new Response(body, answer))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test.each([
    ['is far too long', `Authorization: Bearer ${'x'.repeat(9000)}\r\n`],
    ['is none', 'Authorization: Bearer a.b.c\r\n'],
    ['is not signed', 'Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.\r\n'],
    ['is of bytes that are no text', 'Authorization: Bearer \xff\xfe\r\n'],
  ])('whose token %s is UNAUTHENTICATED', async (_name, headers) => {
    const sent = Buffer.from(request('GET /trpc/auth.me', headers), 'latin1');
    const { body, ...answer } = await sendRaw(server.url, sent);
    expect(await refusalOf(new Response(body, answer))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('with headers that no column can hold logs in all the same', async () => {
    const response = await fetch(`${server.url}${LOGIN}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'ÿ'.repeat(5000),
        'x-forwarded-for': '1,'.repeat(3000),
        cookie: 'rollcall_refresh=%ZZ; rollcall_refresh=ÿ',
      },
      body: JSON.stringify({ json: { username: 'agent0001', password: 'Rollcall1' } }),
    });
    expect(response.status).toBe(200);
  });

  // 0: the answer may be lost with the connection that is cut.
  test.each([
    ['headers without end', request('GET /health', `X-Bomb: ${'x'.repeat(1_000_000)}\r\n`), [0, 431]],
    ['more headers than there are', request('GET /health', 'X-Bomb: x\r\n'.repeat(5000)), [0, 431]],
    ['no host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', [400]],
    ['a host that is none', 'GET /health HTTP/1.1\r\nHost: a b/c@d\r\nConnection: close\r\n\r\n', [400]],
    ['an old version', 'GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n', [505]],
    ['the greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400, 505]],
    ['another server’s URL', request('GET http://evil.example/health'), [400, 404, 505]],
    [
      'two lengths',
      `${request(`POST ${LOGIN}`, 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n')}0\r\n\r\n`,
      [400],
    ],
    ['a negative length', `${request(`POST ${LOGIN}`, 'Content-Length: -5\r\n')}hello`, [400]],
    [
      'a length beyond numbers',
      `${request(`POST ${LOGIN}`, 'Content-Length: 99999999999999999999\r\n')}hello`,
      [400],
    ],
    [
      'a chunk that is none',
      `${request(`POST ${LOGIN}`, 'Transfer-Encoding: chunked\r\n')}ZZ\r\nhello`,
      [400],
    ],
    [
      'a chunk beyond numbers',
      `${request(`POST ${LOGIN}`, 'Transfer-Encoding: chunked\r\n')}FFFFFFFFFFFFFFFFF\r\nhello`,
      [400],
    ],
  ])('that is no HTTP ends its connection and nothing else: %s', async (_name, bytes, statuses) => {
    const { status } = await sendRaw(server.url, bytes);
    expect(statuses).toContain(status);
  });
});

test.each([
  '/../../../etc/passwd',
  '/%2e%2e/%2e%2e/package.json',
  '/assets/..%2f..%2f..%2fpackage.json',
  '/assets/....//....//package.json',
  '//etc/passwd',
  '/..\\..\\package.json',
  '/assets/%00',
  '/index.html%00.png',
  '/index.html/../../src/main.tsx',
  '/constructor',
  '/__proto__',
  '/%',
  '/@evil.example/health',
  `/${'a'.repeat(15_000)}`,
])('a path leads out of the wallboard’s files nowhere: %s', async (path) => {
  const { status, body } = await sendRaw(server.url, request(`GET ${path}`));
  expect(status).toBe(404);
  expect(JSON.parse(body)).toMatchObject({ error: { code: 'NOT_FOUND' } });
});

test('requests that never end are ended', async () => {
  const received = await Promise.all(stalled.map(({ ended }) => ended));
  expect(received).toEqual(stalled.map(() => ''));
});

test('nothing of it is logged as a fault of the server', () => {
  expect(faultsLogged(server)).toEqual([]);
});
