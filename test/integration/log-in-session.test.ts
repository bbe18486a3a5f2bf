import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DataFolder, PASSWORD, seededFolder } from '../support/data-folders.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

let folder: DataFolder;
let server: ServerProcess;

beforeAll(async () => {
  folder = await seededFolder();
  server = await startServerProcess({ DATA_DIR: folder.path });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

interface Answer {
  readonly status: number;
  /** The access token. */
  readonly token: string;
  /** The cookie as the browser would send it from now on. */
  readonly cookie: string;
  readonly retryAfterMs: number | undefined;
}

interface Body {
  readonly result?: { readonly data: { readonly json: { readonly token?: string } } };
  readonly error?: { readonly json: { readonly data: { readonly rollcall: { retryAfterMs?: number } } } };
}

/** One call as a browser makes it, with the cookie it holds. */
async function call(path: string, input: object, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${server.url}/trpc/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ json: input }),
  });
  const { result, error } = (await response.json()) as Body;
  const [set] = response.headers.getSetCookie();
  return {
    status: response.status,
    token: result?.data.json.token ?? '',
    cookie: set?.split(';')[0] ?? headers['cookie'] ?? '',
    retryAfterMs: error?.json.data.rollcall.retryAfterMs,
  };
}

const logIn = (username: string) => call('auth.login', { username, password: PASSWORD });
const refresh = (cookie: string) => call('auth.refresh', {}, { cookie });
const me = async (token: string) => {
  const response = await fetch(`${server.url}/trpc/auth.me`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return response.status;
};

test('a browser that lost the answers of its refreshes goes on with the cookie it has', async () => {
  let { cookie } = await logIn('viewer');
  for (let round = 0; round < 3; round += 1) {
    await refresh(cookie);
    await refresh(cookie);
    const received = await refresh(cookie);
    expect(received.status).toBe(200);
    expect(received.cookie).not.toBe(cookie);
    expect(await me(received.token)).toBe(200);
    cookie = received.cookie;
  }
});

test('a browser that hangs up before the answer goes on with the cookie it has', async () => {
  const { cookie } = await logIn('viewer');
  for (let round = 0; round < 5; round += 1) {
    const hungUp = fetch(`${server.url}/trpc/auth.refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: '{"json":{}}',
      signal: AbortSignal.timeout(round),
    });
    await hungUp.catch(() => undefined);
  }
  expect(await refresh(cookie)).toMatchObject({ status: 200 });
});

test('a cookie that two use ends the session of both, with its tokens, when the second comes back', async () => {
  const { cookie: stolen } = await logIn('manager');
  const owner = await refresh(stolen);
  const thief = await refresh(stolen);
  const ahead = await refresh(thief.cookie);
  expect([owner.status, thief.status, ahead.status]).toEqual([200, 200, 200]);
  expect(await refresh(owner.cookie)).toMatchObject({ status: 401 });
  expect(await refresh(ahead.cookie)).toMatchObject({ status: 401 });
  expect(await me(ahead.token)).toBe(401);
});

test('a cookie that the session has left behind ends it', async () => {
  const { cookie: old } = await logIn('manager');
  const { cookie } = await refresh(old);
  const newest = await refresh(cookie);
  expect(await refresh(old)).toMatchObject({ status: 401 });
  expect(await refresh(newest.cookie)).toMatchObject({ status: 401 });
  expect(await me(newest.token)).toBe(401);
});

test('a client in a loop is told to wait, and its session lives', async () => {
  const { cookie } = await logIn('viewer');
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(cookie)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(4);
  for (const { retryAfterMs } of refused) expect(retryAfterMs).toBeGreaterThan(0);
  const received = answers.find(({ status }) => status === 200)?.cookie ?? '';
  expect(await refresh(received)).toMatchObject({ status: 200 });
});

test('a log-out with the cookie alone ends the session, also with one that the session has left behind', async () => {
  for (const rounds of [0, 1, 2]) {
    const { cookie } = await logIn('viewer');
    let newest = cookie;
    for (let round = 0; round < rounds; round += 1) newest = (await refresh(newest)).cookie;
    expect(await call('auth.logout', {}, { cookie })).toMatchObject({
      status: 200,
      cookie: 'rollcall_refresh=',
    });
    expect(await refresh(newest)).toMatchObject({ status: 401 });
  }
});
