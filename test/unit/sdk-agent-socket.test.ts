import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { AgentSocket } from '../../clients/sdk/agent-socket.ts';
import { AgentClients, isLive } from '../support/agent-clients.ts';
import { ScriptedServer } from '../support/scripted-server.ts';

let server: ScriptedServer;
let clients: AgentClients;

beforeEach(async () => {
  server = await ScriptedServer.start();
  clients = new AgentClients(server);
});

afterEach(async () => {
  vi.useRealTimers();
  clients[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

describe('A8: a changed law', () => {
  test('A8: brings the catalogue; C5: and the heartbeat that the connection lives by', async () => {
    const { socket, until } = clients.connect();
    const first = await server.next();
    await first.welcome();
    await until(isLive);
    const state = { op: 'state', tile: { id: 1, seq: 1, status: 'available' }, allowed: ['nap'] };
    first.send({ ...state, statuses: [{ code: 'nap' }], heartbeatMs: 30_000 });
    await until(({ statuses }) => statuses.length === 1);
    first.send({ ...state, allowed: [] });
    await until(({ allowed }) => allowed.length === 0);
    expect(socket.state.statuses).toEqual([{ code: 'nap' }]);
    first.send({ ...state, heartbeatMs: 20 });
    // The server is silent for more than two of these.
    await (await server.next()).welcome();
    await until(isLive);
  });
});

describe('C4: a connection', () => {
  test('says hello, knows what the server tells, and resumes with the last seq when it breaks', async () => {
    const notices: object[] = [];
    const { socket, until } = clients.connect({ onNotice: (notice) => notices.push(notice) });
    const first = await server.next();
    expect(await first.welcome({ now: Date.now() + 60_000 })).toEqual({
      op: 'hello',
      token: 'T',
      device: 'test',
    });
    await until(isLive);
    expect(socket.state.clockOffsetMs).toBeGreaterThan(59_000);
    first.send({ op: 'state', tile: { id: 1, seq: 5, status: 'busy' }, allowed: ['available'] });
    first.send({ op: 'pulse', now: Date.now() });
    first.send({ op: 'notice', kind: 'forced', at: 1 });
    first.send({ op: 'an op of a later version' });
    await until(({ seq, clockOffsetMs }) => seq === 5 && clockOffsetMs < 1_000);
    expect(socket.state).toMatchObject({ session: 's1', allowed: ['available'], tile: { status: 'busy' } });
    first.drop();
    const second = await server.next();
    expect(await second.welcome()).toMatchObject({ resume: { session: 's1', seq: 5 } });
    await until(isLive);
    expect(socket.state.tile).toMatchObject({ seq: 5 });
    expect(notices).toMatchObject([{ kind: 'forced' }]);
  });

  test('whose server speaks nonsense is made anew', async () => {
    clients.connect();
    const one = await server.next();
    one.send('{');
    const two = await server.next();
    two.send('null');
    const three = await server.next();
    three.sendBinary(new Uint8Array([1, 2, 3]));
    expect(await server.next()).toBeDefined();
  });

  test('C5: on which the server is silent for long is made anew, and a pulse is enough to keep it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { until } = clients.connect();
    const first = await server.next();
    await first.welcome({ heartbeatMs: 30_000 });
    await until(isLive);
    for (let beat = 1; beat <= 5; beat++) {
      await vi.advanceTimersByTimeAsync(60_000);
      first.send({ op: 'pulse', now: Date.now() + beat * 10_000 });
      await until(({ clockOffsetMs }) => clockOffsetMs > beat * 10_000 - 5_000);
    }
    expect(server.count).toBe(1);
    await vi.advanceTimersByTimeAsync(75_001);
    const second = await server.next();
    expect(await second.welcome()).toMatchObject({ resume: { session: 's1' } });
  });

  test('is made anew when the server drains or has moved the agent', async () => {
    const { until } = clients.connect();
    const first = await server.next();
    await first.welcome();
    await until(isLive);
    first.send({ op: 'drain', afterMs: 20 });
    first.send({ op: 'drain', afterMs: 20 });
    expect((await first.closed).code).toBe(1000);
    const second = await server.next();
    expect(await second.welcome()).toMatchObject({ resume: {} });
    await until(isLive);
    second.send({ op: 'moved' });
    const third = await server.next();
    await third.welcome();
    expect(server.count).toBe(3);
  });

  test('that the server closes while it drains is made anew once', async () => {
    clients.connect();
    const first = await server.next();
    await first.welcome();
    first.send({ op: 'drain', afterMs: 10 });
    first.close(4503);
    await (await server.next()).welcome();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.count).toBe(2);
  });

  test('waits longer with each failure, up to a bound, and by chance', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const triedAt: number[] = [];
    class Refused {
      constructor() {
        triedAt.push(Date.now());
      }
      addEventListener(type: string, listener: (event: never) => void): void {
        if (type === 'close') queueMicrotask(() => listener({ code: 1006, reason: '' } as never));
      }
      send(): void {}
      close(): void {}
    }
    clients.connect({ random: () => 0.5, WebSocket: Refused });
    await vi.advanceTimersByTimeAsync(60_000);
    const waits = triedAt.slice(1).map((at, index) => at - (triedAt[index] ?? 0));
    expect(waits.slice(0, 7)).toEqual([250, 500, 1000, 2000, 4000, 7500, 7500]);
  });
});

describe('B6: commands', () => {
  test('without an answer are sent again under the same id when the session is resumed', async () => {
    const { socket } = clients.connect();
    const first = await server.next();
    await first.welcome();
    const done = socket.setStatus('busy', { reason: 'a call', expectSeq: 1 });
    const sent = await first.next();
    expect(sent).toMatchObject({ op: 'status', status: 'busy', reason: 'a call', expectSeq: 1 });
    first.drop();
    const second = await server.next();
    await second.welcome();
    expect(await second.next()).toEqual(sent);
    second.send({ op: 'ok', id: sent['id'], seq: 2 });
    expect(await done).toBe(2);
    expect(socket.state.seq).toBe(2);
  });

  test('without an answer are given up when the session is lost; later ones go into the new one', async () => {
    const { socket } = clients.connect();
    const first = await server.next();
    await first.welcome();
    const lost = socket.setStatus('busy');
    const waiting = socket.work(1, 3);
    const { id } = await first.next();
    first.drop();
    await (await server.next()).welcome({ session: 's2', resumed: false });
    await expect(lost).rejects.toMatchObject({ name: 'CommandRefused', code: 'SESSION_LOST' });
    await expect(waiting).rejects.toMatchObject({ code: 'SESSION_LOST' });
    expect(socket.state.session).toBe('s2');
    void socket.setStatus('away').catch(() => undefined);
    expect(id).not.toBe(undefined);
  });

  test('given before the first welcome are sent after it', async () => {
    const { socket } = clients.connect();
    const done = socket.setStatus('busy');
    const first = await server.next();
    await first.welcome();
    const { id } = await first.next();
    first.send({ op: 'no', id, code: 'TRANSITION_NOT_ALLOWED', message: 'no', allowed: ['away'] });
    await expect(done).rejects.toMatchObject({ code: 'TRANSITION_NOT_ALLOWED', allowed: ['away'] });
  });
});

describe('C2: activity', () => {
  test('is told at most once a second, in the server’s time, and again after a reconnect', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { socket, until } = clients.connect();
    const first = await server.next();
    await first.welcome({ now: Date.now() + 60_000 });
    await until(isLive);
    for (let press = 0; press < 50; press++) socket.active();
    const told = await first.next();
    expect(told).toMatchObject({ op: 'active' });
    expect(Number(told['at']) - Date.now()).toBeGreaterThan(55_000);
    first.drop();
    await until(({ connection }) => connection !== 'live');
    const second = await server.next();
    await second.welcome();
    expect(await second.next()).toEqual(told);
    expect([...first.waiting, ...second.waiting]).toEqual([]);
  });

  test('while the connection is away is told when it is back', async () => {
    const { socket } = clients.connect();
    socket.active();
    const first = await server.next();
    await first.welcome();
    expect(await first.next()).toMatchObject({ op: 'active' });
  });

  test('that never was is never told', async () => {
    const { until } = clients.connect();
    const first = await server.next();
    await first.welcome();
    await until(isLive);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(first.waiting).toEqual([]);
  });
});

describe('C3: a log-out', () => {
  test('is over once it is durable', async () => {
    const { socket } = clients.connect();
    const first = await server.next();
    await first.welcome();
    const gone = socket.bye();
    const { id, op } = await first.next();
    expect(op).toBe('bye');
    first.send({ op: 'ok', id, seq: 2 });
    first.close(1000);
    await gone;
    expect(socket.state.connection).toBe('stopped');
  });

  test('whose answer was lost does not become a new log-in', async () => {
    const { socket } = clients.connect();
    const first = await server.next();
    await first.welcome();
    const gone = socket.bye();
    const asked = await first.next();
    // It was done, but the answer got lost: the session is no more, and the reconnect begins a new one.
    first.drop();
    const second = await server.next();
    await second.welcome({ session: 's2', resumed: false });
    expect(await second.next()).toEqual(asked);
    second.send({ op: 'ok', id: asked['id'], seq: 4 });
    await gone;
    expect(socket.state.connection).toBe('stopped');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.count).toBe(2);
  });

  test('that another tab was faster with is what was asked for', async () => {
    const { socket } = clients.connect();
    const first = await server.next();
    await first.welcome();
    const gone = socket.bye();
    await first.next();
    first.close(4410, 'logged out');
    await gone;
    expect(socket.state.stoppedBy).toMatchObject({ code: 4410 });
  });

  test('that could not be asked for is told', async () => {
    const { socket } = clients.connect();
    const first = await server.next();
    await first.welcome();
    const gone = socket.bye();
    await first.next();
    first.close(4409, 'resumed elsewhere');
    await expect(gone).rejects.toMatchObject({ code: 'SESSION_LOST' });
  });
});

describe('a stop', () => {
  test('is for good, whenever it comes, and refuses what is asked afterwards', async () => {
    const early = clients.connect();
    early.socket.stop();
    const asking = clients.connect({
      token: () => new Promise((resolve) => setTimeout(() => resolve('T'), 20)),
    });
    asking.socket.stop();
    const live = clients.connect();
    const connection = await server.next();
    await connection.welcome();
    await live.until(isLive);
    const underWay = live.socket.setStatus('busy');
    live.socket.stop();
    live.socket.stop();
    await expect(underWay).rejects.toMatchObject({ code: 'SESSION_LOST' });
    await expect(live.socket.setStatus('busy')).rejects.toMatchObject({ code: 'SESSION_LOST' });
    await expect(live.socket.bye()).rejects.toMatchObject({ code: 'SESSION_LOST' });
    expect((await connection.closed).code).toBe(1000);
    live.socket.active();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(live.socket.state).toMatchObject({ connection: 'stopped', stoppedBy: { code: 1000 } });
    expect(early.socket.state.connection).toBe('stopped');
    expect(asking.socket.state.connection).toBe('stopped');
  });

  test('of somebody who waits to reconnect', async () => {
    const { socket, until } = clients.connect({ random: () => 0.1 });
    const first = await server.next();
    await first.welcome();
    await until(isLive);
    first.drop();
    await until(({ connection }) => connection === 'waiting');
    socket.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.count).toBe(1);
  });
});

test.each(['nonsense', 'http://localhost/agent', ''])(
  'a URL that is none is refused at once: "%s"',
  (url) => {
    expect(() => new AgentSocket({ url, token: () => 'T', device: 'test', WebSocket })).toThrow(TypeError);
  },
);
