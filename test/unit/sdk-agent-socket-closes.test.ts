import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CLOSE_CODES } from '../../api/contract/agent-frames.ts';
import { AgentClients, isLive, isStopped } from '../support/agent-clients.ts';
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

describe('close codes', () => {
  const codes = Object.entries(CLOSE_CODES).map(([code, { name, reconnect }]) => ({
    code: Number(code),
    name,
    reconnect,
  }));

  test.each(codes.filter(({ reconnect }) => reconnect))('$code $name: it comes back', async ({ code }) => {
    const { until } = clients.connect();
    const first = await server.next();
    await first.welcome();
    await until(isLive);
    first.close(code);
    expect(await (await server.next()).welcome()).toMatchObject({ resume: { session: 's1' } });
  });

  test.each(codes.filter(({ code, reconnect }) => !reconnect && code !== 4401))(
    '$code $name: it stays away, and says why',
    async ({ code }) => {
      const { until, socket } = clients.connect();
      const first = await server.next();
      await first.welcome();
      await until(isLive);
      const underWay = socket.setStatus('busy');
      first.close(code, 'because');
      await expect(underWay).rejects.toMatchObject({ code: 'SESSION_LOST' });
      expect(await until(isStopped)).toMatchObject({ stoppedBy: { code, reason: 'because' } });
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(server.count).toBe(1);
    },
  );

  test.each([1001, 1006, 1011, 1012, 1013])('%i, of a proxy or a network: it comes back', async (code) => {
    clients.connect();
    const first = await server.next();
    await first.welcome();
    if (code === 1006) first.drop();
    else first.close(code);
    expect(await server.next()).toBeDefined();
  });

  test('4401: it comes back once, with a fresh token, and after a welcome once more', async () => {
    const wanted: boolean[] = [];
    const { until } = clients.connect({
      token: async ({ fresh }) => {
        wanted.push(fresh);
        return `T${wanted.length}`;
      },
    });
    (await server.next()).close(4401, 'expired');
    const second = await server.next();
    expect(await second.welcome()).toMatchObject({ token: 'T2' });
    await until(isLive);
    second.close(4401, 'revoked');
    const third = await server.next();
    third.close(4401, 'revoked');
    expect(await until(isStopped)).toMatchObject({ stoppedBy: { code: 4401, reason: 'revoked' } });
    expect(wanted).toEqual([false, true, true]);
  });

  test('a token that can not be had now is asked for again', async () => {
    let asked = 0;
    clients.connect({
      token: () => {
        asked += 1;
        if (asked < 3) throw new Error('the network is down');
        return 'T';
      },
    });
    expect(await (await server.next()).welcome()).toMatchObject({ token: 'T' });
    expect(asked).toBe(3);
  });
});
