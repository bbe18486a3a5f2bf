import { describe, expect, test } from 'vitest';
import { member } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';
import { type Arena, startArena } from '../support/gateways.ts';

const resume = (welcome: Readonly<Record<string, unknown>> | null) => ({
  resume: { session: welcome?.['session'], seq: welcome?.['seq'] },
});
const sessionsOf = ({ engine }: Arena, agentId: number) =>
  (engine.record(agentId)?.sessions ?? []).map(({ id, lostAt }) => ({ id, isLost: lostAt !== null }));
const connectivityOf = ({ engine }: Arena, agentId: number) => engine.record(agentId)?.connectivity;
const LOGIN = { userId: 1, sessionId: 'login of 1' };

/** Somebody whose socket is gone, and awaited. */
async function reconnecting(arena: Arena) {
  const { socket, welcome } = await arena.hello(1);
  socket.drop();
  await settle();
  expect(connectivityOf(arena, 1)).toBe('reconnecting');
  return welcome;
}

describe('C3: the end of a log-in session', () => {
  test('C3: by a log-out is the end of presence, at once, also while the agent is awaited', async () => {
    using arena = await startArena();
    await reconnecting(arena);
    await arena.presence.logOut({ ...LOGIN, sessionId: 'another' });
    expect(connectivityOf(arena, 1)).toBe('reconnecting');
    await arena.presence.logOut(LOGIN);
    expect(arena.engine.record(1)).toMatchObject({ status: 'offline', cause: 'agent', sessions: [] });
  });

  test('C3: so it is for one that is lost beside a socket of another log-in session, which closes', async () => {
    using arena = await startArena();
    const first = await arena.hello(1);
    const other = await arena.hello(1, { token: 'agent:1 by another' });
    first.socket.drop();
    await settle();
    await arena.presence.logOut(LOGIN);
    expect(connectivityOf(arena, 1)).toBe('disconnected');
    expect(other.socket.closedWith).toMatchObject({ code: 4410 });
  });

  test.each([
    ['taken for stolen', async (arena: Arena) => arena.liveSessions.end(LOGIN.sessionId)],
    ['past its time', (arena: Arena) => arena.clock.advance(10_000)],
    ['of somebody deactivated', (arena: Arena) => arena.engine.enrol(member(1, { active: false }))],
  ])('C3: %s, is the end of presence, too: within a second, without a grace', async (_how, ends) => {
    using arena = await startArena();
    const { socket } = await arena.hello(1);
    // Its time is an hour.
    await arena.clock.sleep(3_590_000);
    socket.drop();
    await settle();
    expect(connectivityOf(arena, 1)).toBe('reconnecting');
    await ends(arena);
    await arena.clock.advance(1_000);
    expect(arena.engine.record(1)).toMatchObject({ status: 'offline', cause: 'disconnect', sessions: [] });
  });

  test('C3: ends no session that another one has resumed, nor one that another one opened', async () => {
    using arena = await startArena();
    const welcome = await reconnecting(arena);
    const own = await arena.hello(1, { token: 'agent:1 by another', ...resume(welcome) });
    const third = await arena.hello(1, { token: 'agent:1 by a third' });
    arena.liveSessions.end('login of 1');
    // So it may be told by a node that has yet to hear of it.
    const session = String(own.welcome?.['session']);
    arena.engine.lapse({ agentId: 1, session, login: 'login of 1' });
    await settle();
    expect(sessionsOf(arena, 1)).toHaveLength(2);
    arena.liveSessions.end('another');
    await settle();
    expect(own.socket.closedWith).toMatchObject({ code: 4401 });
    expect(third.socket.closedWith).toBeNull();
    expect(sessionsOf(arena, 1)).toEqual([{ id: third.welcome?.['session'], isLost: false }]);
  });

  test('C3: that is heard of elsewhere closes the socket here', async () => {
    using arena = await startArena();
    const { socket, welcome } = await arena.hello(1);
    const session = String(welcome?.['session']);
    arena.engine.lapse({ agentId: 1, session, login: LOGIN.sessionId });
    await settle();
    expect(socket.closedWith).toMatchObject({ code: 4401 });
    expect(connectivityOf(arena, 1)).toBe('disconnected');
  });
});
