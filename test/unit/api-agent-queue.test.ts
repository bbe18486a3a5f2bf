import { describe, expect, test } from 'vitest';
import { settle } from '../support/fake-clock.ts';
import { startArena } from '../support/gateways.ts';

describe('commands', () => {
  test('D4: queue a status behind a task, which shows on the tile until it comes', async () => {
    using arena = await startArena();
    const { say } = await arena.hello(1);
    await say({ op: 'work', id: 'b', current: 1, max: 3 });
    expect(await say({ op: 'status', id: 'c', status: 'break', next: true })).toMatchObject([
      { op: 'state', tile: { status: 'available', queued: 'break' } },
      { op: 'ok', id: 'c', seq: 3 },
    ]);
    expect(await say({ op: 'work', id: 'd', current: 0, max: 3 })).toMatchObject([
      { op: 'state', tile: { status: 'break', current: 0 } },
      { op: 'ok', id: 'd', seq: 4 },
    ]);
  });

  test.each([
    ['their own, queued', 1000, 'logged out'],
    ['a supervisor’s', 4410, 'logged out by a supervisor'],
  ])('D4, C3: whose end is a log-out, %s, are answered, and then close', async (whose, code, reason) => {
    using arena = await startArena();
    const { say, socket } = await arena.hello(1);
    const tab = await arena.hello(1);
    await say({ op: 'work', id: 'a', current: 1, max: 1 });
    if (code === 1000) await say({ op: 'status', id: 'b', status: 'offline', next: true });
    else
      await arena.engine.dispatch(1, {
        input: { type: 'queue_force', status: 'offline', reason: whose, hold: false, by: 9 },
      });
    socket.take();
    expect(await say({ op: 'work', id: 'c', current: 0, max: 1 })).toMatchObject([
      { op: 'state', tile: { status: 'offline' } },
      { op: 'ok', id: 'c' },
    ]);
    expect(socket.closedWith).toEqual({ code, reason });
    expect(tab.socket.closedWith).toEqual({ code: 4410, reason });
  });

  test('E1: a forced status that waited is told with its reason when it stands', async () => {
    using arena = await startArena();
    const { say, socket } = await arena.hello(1);
    await say({ op: 'work', id: 'a', current: 1, max: 2 });
    await arena.engine.dispatch(1, {
      input: { type: 'queue_force', status: 'meeting', reason: 'all hands', hold: false, by: 9 },
    });
    await settle();
    expect(socket.take()).toMatchObject([{ op: 'state', tile: { status: 'available', queued: 'meeting' } }]);
    const [, notice] = await say({ op: 'work', id: 'b', current: 0, max: 1 });
    expect(notice).toMatchObject({ op: 'notice', kind: 'forced', text: 'all hands' });
  });
});
