import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Catalogue } from '../../engine/catalogue.ts';
import type { Law } from '../../engine/law.ts';
import { member } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';
import { type Arena, startArena } from '../support/gateways.ts';
import { CONFIG, LAW, status, STATUSES, TRANSITIONS } from '../support/laws.ts';

const withHeartbeat = (seconds: number): Law => ({
  ...LAW,
  config: { ...CONFIG, WEBSOCKET_HEARTBEAT_INTERVAL: seconds },
});

let arena: Arena;

beforeEach(async () => {
  arena = await startArena([member(1), member(2, { organisationId: 2 })]);
});
afterEach(() => arena[Symbol.dispose]());

describe('A8: a law that changes is told to the agents who are here', () => {
  test('A8: with the catalogue, what is allowed and the heartbeat, as at the welcome', async () => {
    const { socket } = await arena.hello(1);
    const statuses = [...STATUSES, status({ code: 'nap', category: 'break' })];
    await arena.enact({ ...LAW, catalogue: new Catalogue(statuses, TRANSITIONS) });
    expect(socket.take()).toMatchObject([
      {
        op: 'state',
        tile: { id: 1, status: 'available' },
        allowed: expect.arrayContaining(['nap']) as unknown,
        statuses: statuses.map(({ code }) => ({ code })),
        heartbeatMs: 30_000,
      },
    ]);
  });

  test('J1: and to no others', async () => {
    const { socket } = await arena.hello(2);
    await arena.enact(withHeartbeat(5));
    expect(socket.take()).toEqual([]);
  });

  test('C5: another heartbeat beats from now on', async () => {
    const { socket, listener } = await arena.hello(1);
    const pulses = async (ms: number) => {
      let count = 0;
      for (let waited = 0; waited < ms; waited += 1_000) {
        await arena.clock.advance(1_000);
        count += socket.take().filter(({ op }) => op === 'pulse').length;
        listener.pong('');
      }
      return count;
    };
    await pulses(10_000);
    await arena.enact(withHeartbeat(5));
    expect(await pulses(21_000)).toBe(4);
    await arena.enact(withHeartbeat(60));
    expect(await pulses(59_000)).toBe(0);
    expect(await pulses(2_000)).toBe(1);
  });

  test('C5: a law that changes ever so often leaves the heartbeat alone', async () => {
    const { socket, listener } = await arena.hello(1);
    let pulses = 0;
    for (let waited = 0; waited < 62_000; waited += 2_000) {
      await arena.clock.advance(2_000);
      await arena.enact({ ...LAW, config: { ...CONFIG, MAX_AGENT_IDLE_TIME: 600 + waited } });
      pulses += socket.take().filter(({ op }) => op === 'pulse').length;
      listener.pong('');
    }
    expect(pulses).toBe(2);
  });

  test('G4: who becomes a viewer has no presence any more', async () => {
    const { socket } = await arena.hello(1);
    await arena.engine.enrol(member(1, { role: 'viewer' }));
    await settle();
    expect(socket.closedWith).toMatchObject({ code: 4403 });
  });
});
