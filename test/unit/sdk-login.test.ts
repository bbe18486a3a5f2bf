import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LoginSession } from '../../api/contract/auth.ts';
import type { RollcallClient } from '../../clients/sdk/client.ts';
import { Login } from '../../clients/sdk/login.ts';

const USER = { id: 1, username: 'ada', name: 'Ada', role: 'agent', organisationId: 1, teamId: null } as const;
const LIFE_MS = 900_000;

/** A server that hands out numbered tokens, for `refresh` only against the last refresh token that was received. */
function make({ keepsCookie = false } = {}) {
  let issued = 0;
  let valid: string | undefined;
  const refreshes: (string | undefined)[] = [];
  const server = { isAway: false, losesAnswers: false };
  const issue = (): LoginSession => {
    issued += 1;
    valid = `r${issued}`;
    return {
      token: `t${issued}`,
      expiresAt: Date.now() + LIFE_MS,
      user: USER,
      ...(!keepsCookie && { refreshToken: valid }),
    };
  };
  const login = { mutate: async () => issue() };
  const refresh = {
    mutate: async ({ refreshToken }: { refreshToken?: string }): Promise<LoginSession> => {
      refreshes.push(refreshToken);
      await Promise.resolve();
      if (server.isAway) throw new Error('the network is down');
      if (!keepsCookie && refreshToken !== valid) throw new Error('the session has ended');
      if (server.losesAnswers) throw new Error('the answer was lost');
      return issue();
    },
  };
  const client = { api: { auth: { login, refresh } }, close: () => undefined } as unknown as RollcallClient;
  return { client, server, refreshes };
}

/** Moves the clock. */
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);

describe('a log-in', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('hands out its token for as long as it holds, and renews it a minute before', async () => {
    const { client, refreshes } = make();
    const login = await Login.open(client, 'ada', 'secret');
    expect(login.user).toEqual(USER);
    expect(await login.token()).toBe('t1');
    pass(LIFE_MS - 61_000);
    expect(await login.token()).toBe('t1');
    pass(2_000);
    expect(await login.token()).toBe('t2');
    expect(refreshes).toEqual(['r1']);
    pass(LIFE_MS);
    expect(await login.token()).toBe('t3');
    expect(refreshes).toEqual(['r1', 'r2']);
  });

  test('renews once, however many ask at once', async () => {
    const { client, refreshes } = make();
    const login = await Login.open(client, 'ada', 'secret');
    pass(LIFE_MS);
    expect(await Promise.all([login.token(), login.token(), login.token({ fresh: true })])).toEqual([
      't2',
      't2',
      't2',
    ]);
    expect(refreshes).toEqual(['r1']);
  });

  test('renews a token that still looks good when the server refused it', async () => {
    const { client } = make();
    const login = await Login.open(client, 'ada', 'secret');
    expect(await login.token({ fresh: true })).toBe('t2');
    expect(await login.token()).toBe('t2');
  });

  test('that can not be renewed now is renewed later', async () => {
    const { client, server, refreshes } = make();
    const login = await Login.open(client, 'ada', 'secret');
    pass(LIFE_MS);
    server.isAway = true;
    await expect(login.token()).rejects.toThrow('the network is down');
    server.isAway = false;
    expect(await login.token()).toBe('t2');
    expect(refreshes).toEqual(['r1', 'r1']);
  });

  test('goes on with its refresh token where the answer of a renewal was lost', async () => {
    const { client, server, refreshes } = make();
    const login = await Login.open(client, 'ada', 'secret');
    server.losesAnswers = true;
    await expect(login.token({ fresh: true })).rejects.toThrow('the answer was lost');
    server.losesAnswers = false;
    expect(await login.token({ fresh: true })).toBe('t2');
    expect(await login.token({ fresh: true })).toBe('t3');
    expect(refreshes).toEqual(['r1', 'r1', 'r2']);
  });

  test('of a client with a cookie jar sends no refresh token of its own', async () => {
    const { client, refreshes } = make({ keepsCookie: true });
    const login = await Login.open(client, 'ada', 'secret');
    expect(await login.token({ fresh: true })).toBe('t2');
    expect(refreshes).toEqual([undefined]);
  });
});
