import { deserialize } from 'superjson';
import { describe, expect, test } from 'vitest';
import { Deferred } from '../support/deferred.ts';
import { settle } from '../support/fake-clock.ts';
import { call, problem, trialConnection } from '../support/trial-connection.ts';

describe('subscriptions', () => {
  test('start, send tracked events as they are, and stop when asked', async () => {
    const { say, log } = trialConnection();
    expect(await say(call(1, 'subscription', 'count'))).toEqual([
      { id: 1, result: { type: 'started' } },
      ...[1, 2, 3].map((number) => ({
        id: 1,
        result: {
          type: 'data',
          id: String(number),
          data: { json: { id: String(number), data: { number } } },
        },
      })),
    ]);
    expect(await say({ id: 1, method: 'subscription.stop' })).toEqual([
      { id: 1, result: { type: 'stopped' } },
    ]);
    expect(log).toEqual(['count from the start', 'count ended']);
    expect(await say({ id: 1, method: 'subscription.stop' })).toEqual([]);
    expect(await say({ id: 'never seen', method: 'subscription.stop' })).toEqual([]);
  });

  test('without ids are sent as superjson', async () => {
    const { say } = trialConnection();
    const [, event] = await say(call(1, 'subscription', 'plain'));
    const { data } = (event as { result: { data: never } }).result;
    expect(deserialize(data)).toEqual({ at: new Date(0) });
  });

  test('go on behind the event that the client has', async () => {
    const { say, log } = trialConnection();
    await say(call(1, 'subscription', { path: 'count', lastEventId: '41' }));
    await say(call(2, 'subscription', { path: 'count', input: { json: {} }, lastEventId: '42' }));
    expect(log).toEqual(['count from 41', 'count from 42']);
  });

  test('G4: are refused as every other call is', async () => {
    const { say, errors } = trialConnection();
    expect(await say(call(1, 'subscription', 'refused'))).toMatchObject([
      problem(1, 'NOT_FOUND', { code: 'NOT_FOUND' }),
    ]);
    expect(errors).toEqual([]);
  });

  test('that break are told so, without the reason', async () => {
    const { say, errors, socket } = trialConnection();
    const frames = await say(call(1, 'subscription', 'breaks'));
    expect(frames.at(-1)).toMatchObject(problem(1, 'INTERNAL_SERVER_ERROR', { code: 'INTERNAL' }));
    expect(errors).toHaveLength(1);
    expect(socket.texts.join('')).not.toContain('a secret');
  });

  test('stopped before they have begun never send anything but that', async () => {
    const opening = new Deferred();
    const { say, socket } = trialConnection({
      context: async () => {
        await opening.promise;
        return {};
      },
    });
    await say([call(1, 'subscription', 'count'), { id: 1, method: 'subscription.stop' }]);
    opening.resolve();
    await settle();
    const types = socket.take().map((frame) => (frame as { result: { type: string } }).result.type);
    expect(types).not.toContain('data');
    expect(types.at(-1)).toBe('stopped');
  });

  test('end when the socket closes, also while they begin', async () => {
    const opening = new Deferred();
    const { say, socket, log } = trialConnection({
      context: async () => {
        await opening.promise;
        return {};
      },
    });
    await say(call(1, 'subscription', 'count'));
    socket.drop();
    opening.resolve();
    await settle();
    expect(socket.frames).toEqual([]);
    expect(log.filter((line) => line === 'count ended')).toHaveLength(
      log.filter((line) => line.startsWith('count from')).length,
    );
  });

  test('have ids of their own: one that is in use is refused, and the first goes on', async () => {
    const { say, log } = trialConnection();
    await say(call(1, 'subscription', 'count'));
    expect(await say(call(1, 'subscription', 'count'))).toMatchObject([
      problem(1, 'BAD_REQUEST', { code: 'VALIDATION' }),
    ]);
    expect(log).toEqual(['count from the start']);
    expect(await say({ id: 1, method: 'subscription.stop' })).toEqual([
      { id: 1, result: { type: 'stopped' } },
    ]);
    expect((await say(call(1, 'subscription', 'count')))[0]).toEqual({ id: 1, result: { type: 'started' } });
  });

  test('are at most sixty-four; one that ends makes room', async () => {
    const { say } = trialConnection();
    for (let id = 1; id <= 64; id++) await say(call(id, 'subscription', 'count'));
    expect(await say(call(65, 'subscription', 'count'))).toMatchObject([
      problem(65, 'BAD_REQUEST', { code: 'VALIDATION' }),
    ]);
    await say({ id: 7, method: 'subscription.stop' });
    expect((await say(call(65, 'subscription', 'count')))[0]).toEqual({
      id: 65,
      result: { type: 'started' },
    });
  });

  test('G3: send at the pace of the network, and end when it is hung up on', async () => {
    const { connection, socket, say, closed, log } = trialConnection();
    socket.isStuck = true;
    const first = await say(call(1, 'subscription', 'count'));
    expect(first).toHaveLength(2);
    socket.unstick();
    await settle();
    expect(socket.take()).toHaveLength(2);
    socket.isStuck = true;
    connection.hangUp();
    await settle();
    expect(socket.closedWith).toMatchObject({ code: 1013 });
    expect(log.at(-1)).toBe('count ended');
    expect(closed()).toBe(1);
  });
});
