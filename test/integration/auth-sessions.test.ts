import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { LoginSession } from '../../api/contract/auth.ts';
import type { AppRouter } from '../../api/routers/app.ts';
import { Browser } from '../support/cookie-jar.ts';
import { type DataFolder, PASSWORD, seededFolder } from '../support/data-folders.ts';
import { freePort } from '../../clients/faults/ground/free-port.ts';
import { sendRaw } from '../support/raw-connection.ts';
import { refusalOf } from '../support/refusals.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

/** In front of the server stands a proxy on this machine, which says where its callers are. */
const FAR_AWAY = '203.0.113.7';
const ELSEWHERE = '198.51.100.9';

let folder: DataFolder;
let server: ServerProcess;

beforeAll(async () => {
  folder = await seededFolder();
  server = await startServerProcess({ ...behindProxy(), PORT: String(await freePort()) });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const behindProxy = () => ({ DATA_DIR: folder.path, TRUSTED_PROXIES: '127.0.0.1' });
const browserAt = (address: string) => new Browser(server.url, { 'x-forwarded-for': address });
const right = (username: string) => ({ username, password: PASSWORD });
const wrong = (username: string) => ({ username, password: 'Wrong-pass1' });
const isLate = { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) as unknown };

/** The session that a log-in or a refresh answers with. */
async function sessionOf(response: Response): Promise<LoginSession> {
  expect(response.status).toBe(200);
  const { result } = (await response.json()) as { result: { data: { json: LoginSession } } };
  return result.data.json;
}

const logIn = async (browser: Browser, username: string) =>
  sessionOf(await browser.mutate('auth.login', right(username)));

/** Who a token says one is; refused where it doesn't hold. */
const me = (token: string) =>
  fetch(`${server.url}/trpc/auth.me`, { headers: { authorization: `Bearer ${token}` } });

/** How each of so many tries ended. */
const tries = async (browser: Browser, username: string, times: number) =>
  Promise.all(
    Array.from({ length: times }, async () => {
      const { code } = await refusalOf(await browser.mutate('auth.login', wrong(username)));
      return code;
    }),
  );

describe('the log-in session of a browser', () => {
  test('goes on with each refresh, and is over after the log-out', async () => {
    const browser = browserAt(FAR_AWAY);
    const first = await logIn(browser, 'agent0001');
    expect(first).toMatchObject({ user: { username: 'agent0001', role: 'agent' } });
    expect(first).not.toHaveProperty('refreshToken');
    expect(first.expiresAt - Date.now()).toBeGreaterThan(14 * 60_000);
    const cookies = [browser.cookie('rollcall_refresh')];
    const sessions = [first];
    for (let time = 0; time < 2; time++) {
      const session = await sessionOf(await browser.mutate('auth.refresh', {}));
      expect(session).toMatchObject({ user: first.user });
      expect(session).not.toHaveProperty('refreshToken');
      sessions.push(session);
      cookies.push(browser.cookie('rollcall_refresh'));
    }
    expect(new Set(cookies.map((cookie) => cookie?.value)).size).toBe(3);
    for (const { token } of sessions) expect((await me(token)).status).toBe(200);

    const thief = browserAt(FAR_AWAY);
    thief.takeFrom(browser);
    expect((await browser.mutate('auth.logout', {})).status).toBe(200);
    expect(browser.cookie('rollcall_refresh')).toBeNull();
    for (const one of [browser, thief])
      expect(await refusalOf(await one.mutate('auth.refresh', {}))).toMatchObject({
        code: 'UNAUTHENTICATED',
      });
    for (const { token } of sessions)
      expect(await refusalOf(await me(token))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('is one of several, and its log-out ends no other', async () => {
    const [one, other] = [browserAt(FAR_AWAY), browserAt(FAR_AWAY)];
    await logIn(one, 'agent0002');
    await logIn(other, 'agent0002');
    await one.mutate('auth.logout', {});
    expect((await other.mutate('auth.refresh', {})).status).toBe(200);
  });

  test('ends by its access token as well, without a cookie', async () => {
    const browser = browserAt(FAR_AWAY);
    const { token } = await logIn(browser, 'agent0003');
    const script = browserAt(FAR_AWAY);
    expect((await script.mutate('auth.logout', {}, { authorization: `Bearer ${token}` })).status).toBe(200);
    expect(await refusalOf(await browser.mutate('auth.refresh', {}))).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test.each([
    ['from elsewhere', { 'x-forwarded-for': FAR_AWAY }, true],
    ['on this very machine', { 'x-forwarded-for': '127.0.0.1' }, false],
  ])('is kept where scripts and other sites can not reach it: %s', async (_name, headers, isSecure) => {
    const browser = new Browser(server.url, headers);
    await logIn(browser, 'agent0004');
    const { attributes = [] } = browser.cookie('rollcall_refresh') ?? {};
    expect(attributes).toEqual([
      'path=/trpc',
      'max-age=604800',
      'httponly',
      'samesite=strict',
      ...(isSecure ? ['secure'] : []),
    ]);
  });

  test('is kept so by another name of this machine, too', async () => {
    const body = JSON.stringify({ json: right('agent0004') });
    const { head } = await sendRaw(
      server.url,
      'POST /trpc/auth.login HTTP/1.1\r\nHost: desk.example.com\r\nConnection: close\r\n' +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(head).toMatch(/^set-cookie: rollcall_refresh=.*; HttpOnly; SameSite=Strict; Secure$/m);
  });

  test('is kept when the log-in is streamed, too', async () => {
    const response = await fetch(`${server.url}/trpc/auth.login?batch=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'trpc-accept': 'application/jsonl' },
      body: JSON.stringify({ 0: { json: right('agent0005') } }),
    });
    expect(response.headers.getSetCookie()).toHaveLength(1);
    expect(await response.text()).toContain('agent0005');
  });

  test.each([undefined, '', 'nonsense', 'ÿÿ', 'x'.repeat(300), 'a b', '%00'])(
    'does not begin with a cookie that nobody gave: %s',
    async (value) => {
      const headers = value === undefined ? {} : { cookie: `rollcall_refresh=${value}` };
      const refused = await browserAt(FAR_AWAY).mutate('auth.refresh', {}, headers);
      expect(await refusalOf(refused)).toMatchObject({ code: 'UNAUTHENTICATED' });
    },
  );
});

describe('the log-in session of a client without cookies', () => {
  test('is carried by the refresh token in each answer', async () => {
    const client = browserAt(FAR_AWAY);
    let session = await sessionOf(
      await client.mutate('auth.login', { ...right('agent0006'), client: 'native' }),
    );
    for (let time = 0; time < 2; time++) {
      const { refreshToken } = session;
      expect(refreshToken).toEqual(expect.any(String));
      session = await sessionOf(await client.mutate('auth.refresh', { refreshToken }));
      expect(session.refreshToken).not.toBe(refreshToken);
    }
    expect(client.cookie('rollcall_refresh')).toBeNull();
    const { refreshToken } = session;
    expect((await client.mutate('auth.logout', { refreshToken })).status).toBe(200);
    const refused = await client.mutate('auth.refresh', { refreshToken });
    expect(await refusalOf(refused)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('is carried so over a WebSocket, whose client has no cookies either', async () => {
    const sockets = createWSClient({
      url: `${server.url.replace('http', 'ws')}/trpc`,
      WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    });
    const api = createTRPCClient<AppRouter>({ links: [wsLink({ client: sockets, transformer: superjson })] });
    const { refreshToken = '' } = await api.auth.login.mutate(right('agent0007'));
    expect(refreshToken).not.toBe('');
    const refreshed = await api.auth.refresh.mutate({ refreshToken });
    expect(refreshed.refreshToken).not.toBe(refreshToken);
    expect((await me(refreshed.token)).status).toBe(200);
    await sockets.close();
  });
});

describe('log-in', () => {
  test('tells nobody whether a name exists', async () => {
    const browser = browserAt('203.0.113.20');
    const answers = await Promise.all(
      ['agent0008', 'nobody'].map(async (name) => (await browser.mutate('auth.login', wrong(name))).text()),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('UNAUTHENTICATED');
  });

  test('is RATE_LIMITED after five failures of a name from an address, and from there and for that name alone', async () => {
    const browser = browserAt('203.0.113.21');
    expect(await tries(browser, 'agent0009', 5)).toEqual(Array.from({ length: 5 }, () => 'UNAUTHENTICATED'));
    for (const username of ['agent0009', 'AGENT0009']) {
      const late = await refusalOf(await browser.mutate('auth.login', right(username)));
      expect(late).toEqual(isLate);
      expect(late.retryAfterMs).toBeGreaterThan(0);
      expect(late.retryAfterMs).toBeLessThanOrEqual(60_000);
    }
    await logIn(browser, 'agent0010');
    await logIn(browserAt(ELSEWHERE), 'agent0009');
  });

  test('is RATE_LIMITED so for many tries at once, too', async () => {
    const codes = await tries(browserAt('203.0.113.22'), 'agent0011', 30);
    expect(codes.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(5);
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(25);
  });

  test('counts no success', async () => {
    const browser = browserAt('203.0.113.23');
    expect(await tries(browser, 'agent0012', 4)).toHaveLength(4);
    for (let time = 0; time < 6; time++) await logIn(browser, 'agent0012');
    expect(await tries(browser, 'agent0012', 2)).toEqual(['UNAUTHENTICATED', 'RATE_LIMITED']);
  });

  test('is RATE_LIMITED after a hundred failures from an address, whatever the names', async () => {
    const browser = browserAt('203.0.113.24');
    const names = Array.from({ length: 30 }, (_, number) => `guess${number}`);
    const codes = (await Promise.all(names.map((name) => tries(browser, name, 4)))).flat();
    expect(codes.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(100);
    expect(await refusalOf(await browser.mutate('auth.login', right('agent0013')))).toEqual(isLate);
    await logIn(browserAt(ELSEWHERE), 'agent0013');
  });
});

test('F2: a log-in session outlives kill -9, and so does its end', async () => {
  const [browser, gone] = [browserAt(FAR_AWAY), browserAt(FAR_AWAY)];
  const { token } = await logIn(browser, 'agent0014');
  const { token: endedToken } = await logIn(gone, 'agent0014');
  const ended = browserAt(FAR_AWAY);
  ended.takeFrom(gone);
  await gone.mutate('auth.logout', {});
  expect(await server.end('SIGKILL')).toBe('SIGKILL');
  server = await startServerProcess({ ...behindProxy(), PORT: new URL(server.url).port });
  expect((await me(token)).status).toBe(200);
  expect((await me(endedToken)).status).toBe(401);
  expect(await sessionOf(await browser.mutate('auth.refresh', {}))).toMatchObject({
    user: { username: 'agent0014' },
  });
  expect(await refusalOf(await ended.mutate('auth.refresh', {}))).toMatchObject({ code: 'UNAUTHENTICATED' });
});
