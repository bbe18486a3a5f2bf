import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DataFolder, seededFolder } from '../support/data-folders.ts';
import { logIn, sayHello } from '../support/people.ts';
import { RawSocket } from '../support/raw-socket.ts';
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

test('A10, C3, F1: hello, a choice, and bye, as the contract has them', async () => {
  using agent = await logIn(server.url, 'agent0001');
  using manager = await logIn(server.url, 'manager');
  const { socket, welcome } = await sayHello(server.url, agent.token);
  expect(welcome).toMatchObject({
    resumed: false,
    heartbeatMs: 30_000,
    tile: { status: 'available', connectivity: 'connected', cause: 'agent' },
  });
  expect(welcome['allowed']).toEqual(['busy', 'away', 'break', 'offline']);
  expect(await socket.ask({ op: 'status', id: 'a', status: 'busy', reason: 'a call' })).toEqual({
    op: 'ok',
    id: 'a',
    seq: (welcome['seq'] as number) + 1,
  });
  const { agents } = await manager.api.presence.board.query({ scope: { agentId: agent.id } });
  expect(agents).toMatchObject([{ status: 'busy', reason: 'a call', routable: false }]);

  const { socket: otherTab } = await sayHello(server.url, agent.token);
  expect(await socket.ask({ op: 'bye', id: 'b' })).toMatchObject({ op: 'ok' });
  expect(await socket.closed).toMatchObject({ code: 1000 });
  expect(await otherTab.closed).toMatchObject({ code: 4410 });
  const after = await manager.api.presence.board.query({ scope: { agentId: agent.id } });
  expect(after.agents).toMatchObject([{ status: 'offline', connectivity: 'disconnected' }]);
});

test('C4: a session that comes back inside its grace goes on; elsewhere it is closed', async () => {
  using agent = await logIn(server.url, 'agent0002');
  const { socket, welcome } = await sayHello(server.url, agent.token);
  const { session, seq } = welcome;
  await socket.ask({ op: 'status', id: 'a', status: 'break' });
  socket[Symbol.dispose]();
  const again = await sayHello(server.url, agent.token, { resume: { session, seq } });
  expect(again.welcome).toMatchObject({
    session,
    resumed: true,
    tile: { status: 'break', connectivity: 'connected' },
  });
  const elsewhere = await sayHello(server.url, agent.token, { resume: { session, seq } });
  expect(elsewhere.welcome).toMatchObject({ session, resumed: true });
  expect(await again.socket.closed).toMatchObject({ code: 4409 });
  using _ = elsewhere.socket;
});

test('B6: a command sent twice, also across a resume, is answered as the first time', async () => {
  using agent = await logIn(server.url, 'agent0003');
  const { socket, welcome } = await sayHello(server.url, agent.token);
  const first = await socket.ask({ op: 'status', id: 'once', status: 'away' });
  expect(await socket.ask({ op: 'status', id: 'once', status: 'away' })).toEqual(first);
  socket[Symbol.dispose]();
  const { socket: back } = await sayHello(server.url, agent.token, {
    resume: { session: welcome['session'], seq: first['seq'] },
  });
  expect(await back.ask({ op: 'status', id: 'once', status: 'away' })).toEqual(first);
  using _ = back;
});

test('A9: what may not be chosen is refused with what may', async () => {
  using agent = await logIn(server.url, 'agent0004');
  const { socket } = await sayHello(server.url, agent.token);
  using _ = socket;
  const allowed = ['busy', 'away', 'break', 'offline'];
  expect(await socket.ask({ op: 'status', id: '1', status: 'nonsense' })).toMatchObject({
    op: 'no',
    code: 'UNKNOWN_STATUS',
    allowed,
  });
  expect(await socket.ask({ op: 'status', id: '2', status: 'wrap_up' })).toMatchObject({
    op: 'no',
    code: 'TRANSITION_NOT_ALLOWED',
    allowed,
  });
  expect(await socket.ask({ op: 'status', id: '3', status: 'busy', expectSeq: 999 })).toMatchObject({
    op: 'no',
    code: 'CONFLICT',
  });
  expect(await socket.ask({ op: 'work', id: '4', current: 1, max: 0 })).toMatchObject({
    op: 'no',
    code: 'VALIDATION',
  });
  expect(await socket.ask({ op: 'status', id: '5' })).toMatchObject({ op: 'no', code: 'VALIDATION' });
  expect(await socket.ask({ op: 'status', id: '6', status: 'busy' })).toMatchObject({ op: 'ok' });
});

test('a socket that can not be understood is closed with the code that says why', async () => {
  using agent = await logIn(server.url, 'agent0005');
  using viewer = await logIn(server.url, 'viewer');
  const closes = async (frames: readonly (string | object)[]): Promise<number> => {
    const socket = await RawSocket.open(server.url, '/agent');
    for (const frame of frames) socket.send(frame);
    return (await socket.closed).code;
  };
  const hello = { op: 'hello', token: agent.token, device: 'test' };
  expect(await closes(['{not json'])).toBe(4400);
  expect(await closes(['42'])).toBe(4400);
  expect(await closes([{ op: 'dance' }])).toBe(4400);
  expect(await closes([{ op: 'status', id: 'x', status: 'busy' }])).toBe(4400);
  expect(await closes([{ op: 'hello' }])).toBe(4400);
  expect(await closes([{ ...hello, token: 'wrong' }])).toBe(4401);
  expect(await closes([{ ...hello, token: viewer.token }])).toBe(4403);
  expect(await closes([])).toBe(4408);
  expect(await closes([hello, hello])).toBe(4400);
  expect(await closes([{ ...hello, padding: 'x'.repeat(5000) }])).toBe(4413);
  expect(await closes([hello, ...Array.from({ length: 60 }, () => ({ op: 'active', at: 1 }))])).toBe(4429);
  const binary = await RawSocket.open(server.url, '/agent');
  binary.sendBinary(new Uint8Array([1, 2, 3]));
  expect((await binary.closed).code).toBe(4400);
});

test('a frame of a megabyte ends its socket and nothing else', async () => {
  using agent = await logIn(server.url, 'agent0006');
  const { socket: bystander } = await sayHello(server.url, agent.token);
  const huge = await RawSocket.open(server.url, '/agent');
  huge.send('x'.repeat(1 << 20));
  expect((await huge.closed).code).toBe(4413);
  expect(await bystander.ask({ op: 'status', id: 'a', status: 'busy' })).toMatchObject({ op: 'ok' });
  using _ = bystander;
});

test('C3: who logs out is gone with every socket, and that log-in session opens no other', async () => {
  using agent = await logIn(server.url, 'agent0007');
  const { socket } = await sayHello(server.url, agent.token);
  await agent.api.auth.logout.mutate();
  expect((await socket.closed).code).toBe(4410);
  const again = await RawSocket.open(server.url, '/agent');
  again.send({ op: 'hello', token: agent.token, device: 'test' });
  expect((await again.closed).code).toBe(4401);
});

test('C5: the pulse comes with each heartbeat, and SIGTERM asks clients to come back before it closes', async () => {
  const other = await seededFolder();
  const stopping = await startServerProcess({ DATA_DIR: other.path });
  using agent = await logIn(stopping.url, 'agent0001');
  const { socket } = await sayHello(stopping.url, agent.token);
  const ended = stopping.end('SIGTERM');
  expect(await socket.next(({ op }) => op === 'drain')).toMatchObject({ op: 'drain' });
  expect((await socket.closed).code).toBe(4503);
  expect(await ended).toBe(0);
  await other[Symbol.asyncDispose]();
});
