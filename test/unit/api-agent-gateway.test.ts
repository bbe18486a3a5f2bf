import { describe, expect, test } from 'vitest';
import { member } from '../support/engines.ts';
import { Deferred } from '../support/deferred.ts';
import { settle } from '../support/fake-clock.ts';
import { type Arena, startArena } from '../support/gateways.ts';

const hello = (agentId: number, more: object = {}) => ({
  op: 'hello',
  token: `agent:${agentId}`,
  device: 'test',
  ...more,
});
const resume = (welcome: Readonly<Record<string, unknown>> | null) => ({
  resume: { session: welcome?.['session'], seq: welcome?.['seq'] },
});
const sessionsOf = ({ engine }: Arena, agentId: number) =>
  (engine.record(agentId)?.sessions ?? []).map(({ id, lostAt }) => ({ id, isLost: lostAt !== null }));
const connectivityOf = ({ engine }: Arena, agentId: number) => engine.record(agentId)?.connectivity;

describe('hello', () => {
  test('is late after five seconds, and not before', async () => {
    using arena = await startArena();
    const { socket } = arena.open();
    await arena.clock.advance(4_999);
    expect(socket.closedWith).toBeNull();
    await arena.clock.advance(1);
    expect(socket.closedWith).toMatchObject({ code: 4408 });
    expect(arena.gateway.size).toBe(0);
  });

  test('comes first: any other frame closes, be it good, bad or unknown', async () => {
    using arena = await startArena();
    for (const frame of [
      { op: 'bye', id: 'I' },
      { op: 'status', id: 'I' },
      { op: 'work', id: 'I', current: 'many' },
      { op: 'hello', id: 'I' },
      'PING',
    ]) {
      const { say, socket } = arena.open();
      expect(await say(frame)).toEqual([]);
      expect(socket.closedWith).toMatchObject({ code: 4400 });
    }
  });

  test('comes once', async () => {
    using arena = await startArena();
    const { say, socket } = await arena.hello(1);
    await say(hello(1));
    expect(socket.closedWith).toMatchObject({ code: 4400 });
  });

  test('of a bad token, a viewer, somebody deactivated and somebody unknown is refused, each with its code', async () => {
    using arena = await startArena([member(1), member(2, { role: 'viewer' }), member(3, { active: false })]);
    const codeOf = async (agentId: number) => (await arena.hello(agentId)).socket.closedWith?.code;
    expect(await codeOf(Number.NaN)).toBe(4401);
    expect(await codeOf(2)).toBe(4403);
    expect(await codeOf(3)).toBe(4401);
    // Made a moment ago, perhaps: to be tried again.
    expect(await codeOf(4)).toBe(4500);
    expect(arena.gateway.size).toBe(0);
  });

  test('is answered before the frames that came with it', async () => {
    using arena = await startArena();
    const { say } = arena.open();
    const frames = await say(hello(1), { op: 'status', id: 'a', status: 'busy' }, { op: 'bye', id: 'b' });
    expect(frames.map(({ op }) => op)).toEqual(['welcome', 'state', 'ok', 'state', 'ok']);
    expect(frames.filter(({ op }) => op === 'ok').map(({ id }) => id)).toEqual(['a', 'b']);
  });

  test('F5: that can not be written down is to be tried again', async () => {
    using arena = await startArena();
    arena.waits.diskFails = true;
    const { socket, welcome } = await arena.hello(1);
    expect(welcome).toBeNull();
    expect(socket.closedWith).toMatchObject({ code: 4500 });
    arena.waits.diskFails = false;
    expect((await arena.hello(1)).welcome).toMatchObject({ resumed: false });
  });

  test('whose token can not be looked up is to be tried again, and the error is told', async () => {
    using arena = await startArena();
    arena.waits.token = Promise.reject(new Error('the database is away'));
    const { socket } = await arena.hello(1);
    expect(socket.closedWith).toMatchObject({ code: 4500 });
    expect(arena.errors).toMatchObject([{ message: 'the database is away' }]);
  });
});

describe('C3: a socket that goes', () => {
  test('before its hello leaves nothing', async () => {
    using arena = await startArena();
    arena.open().socket.drop();
    expect(arena.gateway.size).toBe(0);
    expect(sessionsOf(arena, 1)).toEqual([]);
  });

  test('while its token is looked up leaves no session that lives', async () => {
    using arena = await startArena();
    const looking = new Deferred();
    arena.waits.token = looking.promise;
    const { socket } = await arena.hello(1);
    socket.drop();
    looking.resolve();
    await settle();
    expect(arena.gateway.size).toBe(0);
    expect(sessionsOf(arena, 1).filter(({ isLost }) => !isLost)).toEqual([]);
  });

  test('while its session is written down leaves a session that is lost, and is resumed by the next', async () => {
    using arena = await startArena();
    const writing = new Deferred();
    arena.waits.disk = writing.promise;
    const { socket } = await arena.hello(1);
    socket.drop();
    writing.resolve();
    arena.waits.disk = null;
    await settle();
    expect(connectivityOf(arena, 1)).toBe('reconnecting');
    expect((await arena.hello(1)).welcome).toMatchObject({ resumed: false });
    expect(connectivityOf(arena, 1)).toBe('connected');
  });

  test('with its session, is waited for, and then the agent is offline', async () => {
    using arena = await startArena();
    const { socket } = await arena.hello(1);
    socket.drop();
    await settle();
    expect(connectivityOf(arena, 1)).toBe('reconnecting');
    await arena.clock.advance(32_000);
    expect(arena.engine.record(1)).toMatchObject({
      connectivity: 'disconnected',
      status: 'offline',
      cause: 'disconnect',
    });
  });

  test('because the server drains is not the agent’s doing', async () => {
    using arena = await startArena();
    const { socket } = await arena.hello(1);
    arena.gateway.drain(1_000);
    expect(socket.take()).toMatchObject([{ op: 'drain', afterMs: 0 }]);
    arena.gateway.closeAll();
    expect(socket.closedWith).toMatchObject({ code: 4503 });
    await settle();
    expect(connectivityOf(arena, 1)).toBe('connected');
  });
});

describe('C4: a session that is resumed elsewhere', () => {
  test('closes the socket that had it, and lives on', async () => {
    using arena = await startArena();
    const first = await arena.hello(1);
    const second = await arena.hello(1, resume(first.welcome));
    expect(second.welcome).toMatchObject({ resumed: true, session: first.welcome?.['session'] });
    expect(first.socket.closedWith).toMatchObject({ code: 4409 });
    await settle();
    expect(sessionsOf(arena, 1)).toEqual([{ id: first.welcome?.['session'], isLost: false }]);
    expect(arena.gateway.size).toBe(1);
  });

  test('by a socket that goes before it is welcomed stays with the socket that had it', async () => {
    using arena = await startArena();
    const first = await arena.hello(1);
    // The disk is busy with the agent, so that the hello waits, and its socket goes meanwhile.
    const writing = new Deferred();
    arena.waits.disk = writing.promise;
    await first.say({ op: 'status', id: 'a', status: 'busy' });
    const second = await arena.hello(1, resume(first.welcome));
    second.socket.drop();
    writing.resolve();
    arena.waits.disk = null;
    await arena.clock.advance(60_000);
    // The agent's log-in and the change: nobody saw the agent leave, not even for a moment.
    expect(arena.engine.record(1)).toMatchObject({ connectivity: 'connected', seq: 2 });
    expect(await first.say({ op: 'status', id: 'b', status: 'away' })).toContainEqual(
      expect.objectContaining({ op: 'ok', id: 'b' }),
    );
  });

  test('stays with the new socket, though the end of the former one is heard of late', async () => {
    using arena = await startArena();
    const first = await arena.hello(1);
    const writing = new Deferred();
    arena.waits.disk = writing.promise;
    await first.say({ op: 'status', id: 'a', status: 'busy' });
    // Both wait behind the change that is being written down: first the hello, then the loss of the former socket.
    const second = await arena.hello(1, resume(first.welcome));
    first.socket.drop();
    writing.resolve();
    arena.waits.disk = null;
    await settle();
    await settle();
    expect(second.socket.frames.find(({ op }) => op === 'welcome')).toMatchObject({ resumed: true });
    expect(connectivityOf(arena, 1)).toBe('connected');
    await arena.clock.advance(60_000);
    expect(connectivityOf(arena, 1)).toBe('connected');
    expect(await second.say({ op: 'status', id: 'b', status: 'away' })).toContainEqual(
      expect.objectContaining({ op: 'ok', id: 'b' }),
    );
  });

  test('is only ever the agent’s own', async () => {
    using arena = await startArena();
    const first = await arena.hello(1);
    const other = await arena.hello(2, resume(first.welcome));
    expect(other.welcome).toMatchObject({ resumed: false });
    expect(first.socket.closedWith).toBeNull();
  });
});

describe('sockets of one user', () => {
  test('are at most twenty: one more is refused and leaves no trace, and one that goes makes room', async () => {
    using arena = await startArena();
    const opened = [];
    for (let number = 0; number < 20; number++) opened.push(await arena.hello(1));
    const seq = arena.engine.record(1)?.seq;
    const { socket, welcome } = await arena.hello(1);
    expect(welcome).toBeNull();
    expect(socket.closedWith).toMatchObject({ code: 4429 });
    expect(arena.engine.record(1)?.seq).toBe(seq);
    // Taking over one of the twenty is no twenty-first; naming a session that isn't the agent's own is.
    expect((await arena.hello(1, resume(opened[3]?.welcome ?? null))).welcome).toMatchObject({
      resumed: true,
    });
    expect((await arena.hello(1, { resume: { session: 'invented', seq: 0 } })).welcome).toBeNull();
    expect((await arena.hello(2)).welcome).not.toBeNull();
    opened[7]?.socket.drop();
    expect((await arena.hello(1)).welcome).not.toBeNull();
  });

  test('are at most twenty also when they come all at once', async () => {
    using arena = await startArena();
    const writing = new Deferred();
    arena.waits.disk = writing.promise;
    const all = await Promise.all(Array.from({ length: 40 }, () => arena.hello(1)));
    writing.resolve();
    arena.waits.disk = null;
    for (let turn = 0; turn < 100; turn++) await settle();
    expect(all.filter(({ socket }) => socket.closedWith === null)).toHaveLength(20);
    expect(sessionsOf(arena, 1).filter(({ isLost }) => !isLost)).toHaveLength(20);
  });
});

describe('C5: heartbeats', () => {
  test('two without an answer and the socket is lost', async () => {
    using arena = await startArena();
    const { socket } = await arena.hello(1);
    await arena.clock.advance(75_000);
    expect(socket.closedWith).toBeNull();
    expect(socket.frames.filter(({ op }) => op === 'pulse')).toHaveLength(2);
    expect(socket.pings).toBe(2);
    await arena.clock.advance(20_000);
    expect(socket.closedWith).toMatchObject({ code: 1001 });
    await settle();
    expect(connectivityOf(arena, 1)).toBe('reconnecting');
  });

  test('C2, C5: a tab that only answers pings never flaps, and its answers are no activity', async () => {
    using arena = await startArena();
    const { socket, listener } = await arena.hello(1);
    for (let minute = 0; minute < 10; minute++) {
      await arena.clock.advance(60_000);
      listener.pong('');
    }
    expect(socket.closedWith).toBeNull();
    expect(arena.engine.record(1)).toMatchObject({
      connectivity: 'connected',
      status: 'away',
      cause: 'idle',
    });
  });

  test('any frame is an answer', async () => {
    using arena = await startArena();
    const { socket, say } = await arena.hello(1);
    for (let minute = 0; minute < 5; minute++) {
      await arena.clock.advance(60_000);
      await say({ op: 'active', at: arena.clock.now() });
    }
    expect(socket.closedWith).toBeNull();
  });
});

describe('the end of a log-in session', () => {
  test('closes its sockets, also one that is just being opened', async () => {
    using arena = await startArena();
    const live = await arena.hello(1);
    const writing = new Deferred();
    arena.waits.disk = writing.promise;
    const opening = await arena.hello(1);
    arena.liveSessions.end('login of 1');
    expect(live.socket.closedWith).toMatchObject({ code: 4401 });
    writing.resolve();
    await settle();
    await settle();
    expect(opening.socket.closedWith).toMatchObject({ code: 4401 });
    expect(arena.gateway.size).toBe(0);
  });

  test('comes within a second when its user is deactivated', async () => {
    using arena = await startArena();
    const { socket } = await arena.hello(1);
    await arena.engine.enrol(member(1, { active: false }));
    await arena.clock.advance(1_000);
    expect(socket.closedWith).toMatchObject({ code: 4401 });
    expect(connectivityOf(arena, 1)).toBe('disconnected');
  });
});

describe('commands', () => {
  test('E1: of a supervisor are told to the agent; a forced log-out closes every tab', async () => {
    using arena = await startArena();
    const one = await arena.hello(1);
    const two = await arena.hello(1);
    one.socket.take();
    const force = { type: 'force', status: 'meeting', reason: 'all hands', hold: false, by: 9 } as const;
    await arena.engine.dispatch(1, { input: force });
    await arena.engine.dispatch(1, { input: { type: 'release', by: 9 } });
    await settle();
    expect(one.socket.take()).toMatchObject([
      { op: 'state', tile: { status: 'meeting', cause: 'override', by: 9 } },
      { op: 'notice', kind: 'forced', text: 'all hands' },
      { op: 'state', tile: { status: 'available' } },
      { op: 'notice', kind: 'released' },
    ]);
    await arena.engine.dispatch(1, { input: { ...force, status: 'offline' } });
    await settle();
    for (const { socket } of [one, two])
      expect(socket.closedWith).toMatchObject({ code: 4410, reason: 'logged out by a supervisor' });
  });

  test('F5: that can not be written down are refused, and may be sent again under the same id', async () => {
    using arena = await startArena();
    const { say } = await arena.hello(1);
    arena.waits.diskFails = true;
    expect(await say({ op: 'status', id: 'a', status: 'busy' })).toMatchObject([
      { op: 'no', id: 'a', code: 'JOURNAL_FAILED' },
    ]);
    arena.waits.diskFails = false;
    expect(await say({ op: 'status', id: 'a', status: 'busy' })).toMatchObject([
      { op: 'state' },
      { op: 'ok', id: 'a', seq: 2 },
    ]);
  });

  test('faster than twenty a second end the socket, and nothing that was acknowledged', async () => {
    using arena = await startArena();
    const { say, socket } = await arena.hello(1);
    for (let second = 0; second < 5; second++) {
      await say(...Array.from({ length: 20 }, () => ({ op: 'active', at: 0 })));
      await arena.clock.advance(1_000);
    }
    expect(socket.closedWith).toBeNull();
    await say(
      ...Array.from({ length: 60 }, (_, number) => ({ op: 'work', id: `w${number}`, current: 0, max: 1 })),
    );
    expect(socket.closedWith).toMatchObject({ code: 4429 });
  });
});
