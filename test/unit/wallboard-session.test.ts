import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LoginSession } from '../../api/contract/auth.ts';
import { ERRORS, type ErrorCode, RollcallError } from '../../api/contract/errors.ts';
import { type Failure, failureOf } from '../../clients/wallboard/src/session/failure.ts';
import { logInMessage } from '../../clients/wallboard/src/session/log-in-message.ts';
import { renewAfterMs } from '../../clients/wallboard/src/session/renewal.ts';
import { type AuthCalls, Session } from '../../clients/wallboard/src/session/session.ts';

const MINUTE = 60_000;
const USER = {
  id: 1,
  username: 'kim',
  name: 'Kim',
  role: 'supervisor',
  organisationId: 1,
  teamId: null,
} as const;

/** An error as the tRPC client throws it. */
function refusal(code: ErrorCode, retryAfterMs?: number): Error {
  const { detail, message } = new RollcallError('no', {
    code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
  return Object.assign(new Error(message), { data: { rollcall: detail } });
}

function granted(token: string): LoginSession {
  return { token, expiresAt: Date.now() + 15 * MINUTE, user: USER };
}

/** A server whose answers to a renewal are set one after the other; the last one stays. */
function server(...answers: (Error | 'token')[]): AuthCalls & { renewals: number } {
  const calls = {
    renewals: 0,
    login: () => Promise.resolve(granted('first')),
    refresh: () => {
      const answer = answers[Math.min(calls.renewals, answers.length - 1)] ?? 'token';
      calls.renewals += 1;
      return answer === 'token'
        ? Promise.resolve(granted(`token ${calls.renewals}`))
        : Promise.reject(answer);
    },
    logout: () => Promise.resolve(),
  };
  return calls;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the log-in session of a page', () => {
  test('a reload goes on with the session that the cookie holds', async () => {
    using session = new Session(server('token'));
    await session.restore();
    expect(session.state()).toEqual({ phase: 'in', user: USER });
    expect(await session.token()).toBe('token 1');
  });

  test('without a session the log-in page comes', async () => {
    using session = new Session(server(refusal('UNAUTHENTICATED')));
    await session.restore();
    expect(session.state()).toEqual({ phase: 'out', why: 'never in' });
    expect(await session.token()).toBeNull();
  });

  test('a screen that starts before its server waits for it and is not logged out', async () => {
    using session = new Session(server(new TypeError('fetch failed'), refusal('UNAVAILABLE'), 'token'));
    await session.restore();
    expect(session.state()).toMatchObject({ phase: 'restoring', failure: { code: 'UNREACHABLE' } });
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(session.state().phase).toBe('in');
  });

  test('a screen that is told to renew later does so then, and is not logged out', async () => {
    const calls = server('token', refusal('RATE_LIMITED', 42_000), 'token');
    using session = new Session(calls);
    await session.restore();
    await session.refused();
    expect(session.state().phase).toBe('in');
    await vi.advanceTimersByTimeAsync(41_999);
    expect(calls.renewals).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(await session.token()).toBe('token 3');
  });

  test('grafana#3568: a token is renewed before it runs out, for as long as the page is open', async () => {
    const calls = server('token');
    using session = new Session(calls);
    await session.restore();
    await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
    expect(calls.renewals).toBeGreaterThanOrEqual((24 * 60) / 15);
    expect(session.state().phase).toBe('in');
  });

  test('a server that is away while a token is renewed logs nobody out', async () => {
    using session = new Session(server('token', new TypeError('fetch failed')));
    await session.restore();
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(session.state().phase).toBe('in');
  });

  test('a session that the server ended leads to the log-in page', async () => {
    using session = new Session(server('token', refusal('UNAUTHENTICATED')));
    await session.restore();
    await session.refused();
    expect(session.state()).toEqual({ phase: 'out', why: 'ended' });
  });

  test('calls that need a token at the same moment renew it once', async () => {
    const calls = server('token');
    using session = new Session(calls);
    await session.restore();
    await Promise.all([session.refused(), session.refused(), session.refused()]);
    expect(calls.renewals).toBe(2);
  });

  test('whoever could not be logged out is told', async () => {
    const calls = server('token');
    using session = new Session({ ...calls, logout: () => Promise.reject(new TypeError('fetch failed')) });
    await session.restore();
    expect(await session.logOut()).toMatchObject({ code: 'UNREACHABLE' });
    expect(session.state().phase).toBe('in');
  });

  test('log-out', async () => {
    using session = new Session(server('token'));
    await session.restore();
    expect(await session.logOut()).toBeNull();
    expect(session.state()).toEqual({ phase: 'out', why: 'left' });
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(session.state().phase).toBe('out');
  });

  test('a wrong clock makes tokens neither everlasting nor renewed without end', () => {
    expect(renewAfterMs(15 * MINUTE)).toBe(10 * MINUTE);
    expect(renewAfterMs(5 * MINUTE)).toBe(4 * MINUTE);
    expect(renewAfterMs(-3 * 60 * MINUTE)).toBe(30_000);
    expect(renewAfterMs(3 * 60 * MINUTE)).toBe(10 * MINUTE);
  });
});

describe('why a log-in failed', () => {
  test('every code of the table has its words', () => {
    for (const code of [...(Object.keys(ERRORS) as ErrorCode[]), 'UNREACHABLE'] as Failure['code'][])
      expect(logInMessage({ code, message: '', retryAfterMs: null })).toMatch(/\.$/);
  });

  test('RATE_LIMITED says how long to wait', () => {
    const failure = failureOf(refusal('RATE_LIMITED', 42_000));
    expect(failure).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 42_000 });
    expect(logInMessage(failure, 42)).toContain('42');
  });

  test('an answer that is not of the table counts as none', () => {
    expect(failureOf(new TypeError('Failed to fetch')).code).toBe('UNREACHABLE');
    expect(failureOf(Object.assign(new Error('x'), { data: undefined })).code).toBe('UNREACHABLE');
    expect(failureOf('x').code).toBe('UNREACHABLE');
  });
});
