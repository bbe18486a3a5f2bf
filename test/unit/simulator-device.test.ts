import { afterEach, beforeEach, expect, test } from 'vitest';
import { Device } from '../../clients/simulator/device.ts';
import { ScriptedServer } from '../support/scripted-server.ts';

let server: ScriptedServer;
let device: Device;
const said: string[] = [];

beforeEach(async () => {
  said.length = 0;
  server = await ScriptedServer.start();
  device = new Device({
    url: server.url,
    name: 'desk',
    login: { token: () => Promise.resolve('token') },
    random: () => 0,
    onLive: (isFresh) => said.push(isFresh ? 'live, fresh' : 'live'),
    onDismissed: () => said.push('dismissed'),
    onTimeEnding: () => said.push('time is ending'),
    onTrouble: (text) => said.push(text),
  });
});
afterEach(async () => {
  device.stop();
  await server[Symbol.asyncDispose]();
});

test('A5, C4: a line that is cut and mended is no trouble, and goes on with the session', async () => {
  await (await server.next()).welcome();
  await device.tried;
  device.cut();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect([device.isLive, server.count]).toEqual([false, 1]);
  device.line.mend();
  const hello = await (await server.next()).welcome();
  expect(hello).toMatchObject({ op: 'hello', resume: { session: 's1' } });
  await expect.poll(() => said).toEqual(['live, fresh', 'live']);
  expect(device.connections).toBe(2);
});

test('a connection that breaks by itself is trouble', async () => {
  const connection = await server.next();
  await connection.welcome();
  await device.tried;
  connection.drop();
  await expect.poll(() => said).toEqual(['live, fresh', 'desk lost its connection']);
});

test('C3: a log-out elsewhere is told as one; any other close for good is trouble', async () => {
  const connection = await server.next();
  await connection.welcome();
  await device.tried;
  connection.close(4410, 'logged out');
  await expect.poll(() => device.isOver).toBe(true);
  expect(said).toEqual(['live, fresh', 'dismissed']);
});

test('a close for good that says the client is wrong is trouble', async () => {
  const connection = await server.next();
  await connection.welcome();
  connection.close(4400, 'bad frame');
  await expect.poll(() => device.isOver).toBe(true);
  expect(said).toEqual(['live, fresh', 'desk was closed with 4400 bad frame']);
});

test('D2: that the time is nearly over is told; an extension is asked for, and answered', async () => {
  const connection = await server.next();
  await connection.welcome();
  await device.tried;
  connection.send({ op: 'notice', kind: 'break_over', at: 1 });
  connection.send({ op: 'notice', kind: 'break_ending', at: 1, until: 2 });
  await expect.poll(() => said).toEqual(['live, fresh', 'time is ending']);
  const extended = device.extend('a long queue');
  const { id, ...asked } = await connection.next();
  expect(asked).toEqual({ op: 'extend', reason: 'a long queue' });
  connection.send({ op: 'ok', id, seq: 7 });
  expect(await extended).toBe(7);
});
