import { expect, test } from 'vitest';
import { LiveSessions } from '../../api/auth/live-sessions.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';

const ACCESS_MS = 900_000;

function make(): { clock: FakeClock; sessions: LiveSessions; deactivated: Set<number> } {
  const clock = new FakeClock();
  const deactivated = new Set<number>();
  const sessions = new LiveSessions({
    clock,
    accessMs: ACCESS_MS,
    isDeactivated: (userId) => deactivated.has(userId),
  });
  return { clock, sessions, deactivated };
}

/** A socket of a session: how often it was told that the session ended. */
function attach(
  { clock, sessions }: ReturnType<typeof make>,
  { sessionId = 's', userId = 1, livesMs = 60_000 } = {},
): { readonly told: () => number } & Disposable {
  let told = 0;
  const attached = sessions.attach({ sessionId, userId, sessionExpiresAt: clock.now() + livesMs }, () => {
    told += 1;
  });
  return { told: () => told, [Symbol.dispose]: () => attached[Symbol.dispose]() };
}

test('every socket of a session that ends is told once, and nobody else', () => {
  const made = make();
  const one = attach(made);
  const two = attach(made);
  const other = attach(made, { sessionId: 'other' });
  made.sessions.end('s');
  made.sessions.end('s');
  expect([one.told(), two.told(), other.told()]).toEqual([1, 1, 0]);
});

test('a socket that has closed is not told', () => {
  const made = make();
  const gone = attach(made);
  const there = attach(made);
  gone[Symbol.dispose]();
  gone[Symbol.dispose]();
  made.sessions.end('s');
  expect([gone.told(), there.told()]).toEqual([0, 1]);
});

test('a session ends within a second of its expiry, unless it was refreshed meanwhile', async () => {
  const made = make();
  const expiring = attach(made, { sessionId: 'expiring', livesMs: 10_000 });
  const refreshed = attach(made, { sessionId: 'refreshed', livesMs: 10_000 });
  await made.clock.advance(9_000);
  made.sessions.extend('refreshed', made.clock.now() + 60_000);
  // An older promise takes nothing back.
  made.sessions.extend('refreshed', made.clock.now() + 1_000);
  expect(expiring.told()).toBe(0);
  await made.clock.advance(2_000);
  expect([expiring.told(), refreshed.told()]).toEqual([1, 0]);
  await made.clock.advance(60_000);
  expect(refreshed.told()).toBe(1);
});

test('of two sockets with tokens of different age the younger decides when the session ends', async () => {
  const made = make();
  attach(made, { livesMs: 60_000 });
  const older = attach(made, { livesMs: 5_000 });
  await made.clock.advance(10_000);
  expect(older.told()).toBe(0);
});

test('sessions of a user who is deactivated end within a second', async () => {
  const made = make();
  const theirs = attach(made, { userId: 1, sessionId: 'theirs' });
  const others = attach(made, { userId: 2, sessionId: 'others' });
  made.deactivated.add(1);
  await made.clock.advance(1_000);
  expect([theirs.told(), others.told()]).toEqual([1, 0]);
});

test('a session that has ended is known for as long as its access tokens hold', async () => {
  const { clock, sessions } = make();
  sessions.end('s');
  expect(sessions.hasEnded('s')).toBe(true);
  await clock.advance(ACCESS_MS - 1_000);
  expect(sessions.hasEnded('s')).toBe(true);
  await clock.advance(2_000);
  expect(sessions.hasEnded('s')).toBe(false);
});

test('a socket that was being opened while its session ended is told, too, once it is there', async () => {
  const made = make();
  made.sessions.end('s');
  const late = attach(made);
  expect(late.told()).toBe(0);
  await settle();
  expect(late.told()).toBe(1);

  const lateAndGone = attach(made);
  lateAndGone[Symbol.dispose]();
  await settle();
  expect(lateAndGone.told()).toBe(0);
});

test('who closes the sockets may close others of the same session', () => {
  const { clock, sessions } = make();
  const told: string[] = [];
  const session = { sessionId: 's', userId: 1, sessionExpiresAt: clock.now() + 1000 };
  const first = sessions.attach(session, () => {
    told.push('first');
    second[Symbol.dispose]();
  });
  const second = sessions.attach(session, () => told.push('second'));
  sessions.end('s');
  expect(told).toEqual(['first']);
  first[Symbol.dispose]();
});
