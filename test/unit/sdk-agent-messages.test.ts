import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../../api/contract/messages.ts';
import { RecentIds } from '../../clients/sdk/recent-ids.ts';
import { AgentClients, isLive } from '../support/agent-clients.ts';
import { ScriptedServer } from '../support/scripted-server.ts';

let server: ScriptedServer;
let clients: AgentClients;

beforeEach(async () => {
  server = await ScriptedServer.start();
  clients = new AgentClients(server);
});

afterEach(async () => {
  clients[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

const message = (id: string) => ({ op: 'message', id, content: 'a word', priority: 'urgent' });

describe('H2: an AgentSocket', () => {
  test('H2: hands each message over once, also one that comes again after a reconnect', async () => {
    const got: Message[] = [];
    const { until } = clients.connect({ onMessage: (each) => got.push(each) });
    const first = await server.next();
    await first.welcome();
    await until(isLive);
    first.send(message('m1'));
    first.send({ op: 'pulse', now: Date.now() + 60_000 });
    await until(({ clockOffsetMs }) => clockOffsetMs > 50_000);
    first.drop();
    const second = await server.next();
    await second.welcome();
    second.send(message('m1'));
    second.send(message('m2'));
    second.send({ op: 'pulse', now: Date.now() + 120_000 });
    await until(({ clockOffsetMs }) => clockOffsetMs > 110_000);
    expect(got.map(({ id }) => id)).toEqual(['m1', 'm2']);
    expect(got[0]).toEqual({ id: 'm1', content: 'a word', priority: 'urgent' });
  });

  test('H2: tells what was read, as many at a time as fit into a frame, and resolves when all is durable', async () => {
    const { socket, until } = clients.connect();
    const first = await server.next();
    await first.welcome();
    await until(isLive);
    const ids = Array.from({ length: 65 }, (_, at) => `m${at}`);
    const reading = socket.read(...ids);
    const read: unknown[] = [];
    for (let part = 0; part < 3; part++) {
      const frame = await first.next();
      expect(frame).toMatchObject({ op: 'read' });
      read.push(...(frame['messages'] as unknown[]));
      first.send({ op: 'ok', id: frame['id'], seq: 1 });
    }
    await reading;
    expect(read).toEqual(ids);
    await socket.read();
  });

  test('H2: sends again after a reconnect what was not answered, also in another session', async () => {
    const { socket, until } = clients.connect();
    const first = await server.next();
    await first.welcome();
    await until(isLive);
    const done = Promise.all([
      socket.acknowledge('m1'),
      socket.recordActivity({ type: 'csat', metadata: { rating: 5 } }),
      socket.recordActivity({ type: 'ticket_resolved', id: 'T1', timestamp: 7 }),
    ]);
    const frame = await first.next();
    expect(frame).toMatchObject({ op: 'acknowledge', message: 'm1' });
    first.drop();
    const second = await server.next();
    await second.welcome({ session: 's2', resumed: false });
    expect(await second.next()).toEqual(frame);
    second.send({ op: 'ok', id: frame['id'], seq: 1 });
    const activity = await second.next();
    expect(activity).toMatchObject({ op: 'activity', type: 'csat', metadata: { rating: 5 } });
    expect(activity['id']).toMatch(/^[0-9a-f]{32}$/);
    expect(Math.abs(Number(activity['timestamp']) - Date.now())).toBeLessThan(60_000);
    second.send({ op: 'ok', id: activity['id'], seq: 1 });
    expect(await second.next()).toEqual({ op: 'activity', id: 'T1', type: 'ticket_resolved', timestamp: 7 });
    second.send({ op: 'ok', id: 'T1', seq: 1 });
    await done;
  });

  test('says why the server refused', async () => {
    const { socket, until } = clients.connect();
    const first = await server.next();
    await first.welcome();
    await until(isLive);
    const refused = socket.acknowledge('m1').catch((error: unknown) => error);
    const { id } = await first.next();
    first.send({ op: 'no', id, code: 'VALIDATION', message: 'only what is urgent' });
    expect(await refused).toMatchObject({ name: 'CommandRefused', code: 'VALIDATION' });
  });
});

test('ids that came are remembered up to a bound', () => {
  const ids = new RecentIds();
  expect([ids.add('first'), ids.add('first')]).toEqual([true, false]);
  for (let n = 0; n < 500; n++) expect(ids.add(`${n}`)).toBe(true);
  expect([ids.add('499'), ids.add('first')]).toEqual([false, true]);
});
