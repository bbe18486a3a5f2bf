import { deserialize, serialize } from 'superjson';
import { describe, expect, test } from 'vitest';
import { settle } from '../support/fake-clock.ts';
import { call, problem, trialConnection } from '../support/trial-connection.ts';

describe('calls', () => {
  test('are answered, with superjson both ways, and without any input as well', async () => {
    const { say } = trialConnection();
    const input = serialize({ at: new Date(5) });
    const [answer] = await say(call(1, 'query', { path: 'echo', input }));
    expect(answer).toMatchObject({ id: 1, result: { type: 'data' } });
    const { data } = (answer as { result: { data: never } }).result;
    expect(deserialize(data)).toEqual({ at: new Date(5) });
    expect(await say(call('two', 'query', 'echo'))).toMatchObject([
      { id: 'two', result: { data: { json: 'nothing' } } },
    ]);
    expect(await say(call(3, 'mutation', 'change'))).toMatchObject([
      { id: 3, result: { data: { json: { seq: 1 } } } },
    ]);
  });

  test('of a batch are answered one by one', async () => {
    const { say } = trialConnection();
    const answers = await say([
      call(1, 'query', 'echo'),
      call(2, 'mutation', 'change'),
      call(3, 'query', 'nothing'),
    ]);
    expect(answers).toHaveLength(3);
    expect(answers.find(({ id }) => id === 3)).toMatchObject(problem(3, 'NOT_FOUND', { code: 'NOT_FOUND' }));
  });

  test('of a batch that is too large are each refused, so that nobody waits for ever', async () => {
    const { say } = trialConnection();
    const batch = Array.from({ length: 101 }, (_, id) => call(id, 'mutation', 'change'));
    const answers = await say(batch);
    expect(answers.map(({ id }) => id)).toEqual(batch.map(({ id }) => id));
    expect(answers[0]).toMatchObject(problem(0, 'BAD_REQUEST', { code: 'VALIDATION' }));
    expect(await say(batch.slice(0, 100))).toHaveLength(100);
  });

  test('under way when the socket closes are aborted, and not answered', async () => {
    const { connection, socket, say, closed, log, gate } = trialConnection();
    await say(call(1, 'query', 'slow'));
    socket.drop();
    gate.resolve();
    await settle();
    expect(log).toEqual(['slow aborted']);
    expect(socket.frames).toEqual([]);
    expect(closed()).toBe(1);
    connection.hangUp();
    expect(closed()).toBe(1);
  });
});

describe('errors', () => {
  test('carry their place in the table, and neither stack nor cause', async () => {
    const { socket, say, errors } = trialConnection();
    expect(await say(call(1, 'mutation', 'refuse'))).toMatchObject([
      problem(1, 'UNPROCESSABLE_CONTENT', { code: 'TRANSITION_NOT_ALLOWED', allowed: ['busy'] }),
    ]);
    expect(await say(call(2, 'mutation', 'burst'))).toMatchObject([
      problem(2, 'INTERNAL_SERVER_ERROR', { code: 'INTERNAL' }),
    ]);
    expect(await say(call(3, 'query', { path: 'echo', input: { json: { at: 'today' } } }))).toMatchObject([
      problem(3, 'BAD_REQUEST', { code: 'VALIDATION', fields: { at: expect.any(String) as unknown } }),
    ]);
    expect(errors).toHaveLength(1);
    for (const text of socket.texts) expect(text).not.toMatch(/SELECT|stack|\.ts:/);
  });

  test.each([
    ['5', null],
    ['"PINGPONG"', null],
    ['null', null],
    ['{}', null],
    ['{"id":1}', 1],
    ['{"id":1,"method":"query"}', 1],
    ['{"id":1,"method":"query","params":{}}', 1],
    ['{"id":1,"method":"dance","params":{"path":"echo"}}', 1],
    ['{"id":{},"method":"query","params":{"path":"echo"}}', null],
    ['{"method":"query","params":{"path":"echo"}}', null],
    ['{"id":1,"method":"query","params":{"path":"echo","input":7,"lastEventId":7}}', 1],
    [
      '{"id":1,"method":"query","params":{"path":"echo","input":{"json":{},"meta":{"values":{"__proto__.x":["Date"]}}}}}',
      1,
    ],
    ['not json', null],
  ])('of what is no call: %s', async (text, id) => {
    const { say } = trialConnection();
    const [answer] = await say(text);
    expect(answer).toMatchObject({ id, error: { json: { data: { rollcall: { code: 'VALIDATION' } } } } });
  });

  test.each(['__proto__', 'constructor', 'toString', 'echo.constructor', ''])(
    'of a path that is none: "%s"',
    async (path) => {
      const { say } = trialConnection();
      expect(await say(call(1, 'query', path))).toMatchObject([
        problem(1, 'NOT_FOUND', { code: 'NOT_FOUND' }),
      ]);
    },
  );

  test('of a frame that is not text', async () => {
    const { connection, socket } = trialConnection();
    connection.message(null);
    expect(socket.take()).toMatchObject([problem(null, 'BAD_REQUEST', { code: 'VALIDATION' })]);
  });

  test('of a context that can not be made are told to each call', async () => {
    const { say } = trialConnection({ context: () => Promise.reject(new Error('the database is away')) });
    expect(await say(call(1, 'query', 'echo'))).toMatchObject([
      problem(1, 'INTERNAL_SERVER_ERROR', { code: 'INTERNAL' }),
    ]);
    expect(await say(call(2, 'query', 'echo'))).toHaveLength(1);
  });
});

describe('keeping alive', () => {
  test('a PING is answered, also before the parameters came, and a PONG is not', async () => {
    const { say, socket } = trialConnection({ query: 'connectionParams=1' });
    await say('PING');
    await say('PONG');
    expect(socket.texts).toEqual(['PONG']);
  });

  test('a drain asks the client to reconnect', () => {
    const { connection, socket } = trialConnection();
    connection.askToReconnect();
    expect(socket.take()).toEqual([{ id: null, method: 'reconnect' }]);
  });
});

describe('connection parameters', () => {
  test('come first where they are announced, and only then', async () => {
    const announced = trialConnection({ query: 'connectionParams=1' });
    expect(announced.contexts).toEqual([]);
    await announced.say({ method: 'connectionParams', data: { token: 'T' } });
    expect(announced.contexts).toEqual([{ token: 'T' }]);
    expect(await announced.say(call(1, 'query', 'echo'))).toMatchObject([{ id: 1, result: {} }]);
    expect(trialConnection().contexts).toEqual([null]);
  });

  test.each([
    { method: 'connectionParams' },
    { method: 'connectionParams', data: 7 },
    { method: 'connectionParams', data: { token: 7 } },
    { method: 'connectionParams', data: null },
    [],
    5,
  ])('that are none are taken for none: %j', async (frame) => {
    const { contexts, say } = trialConnection({ query: 'connectionParams=1' });
    await say(frame);
    expect(contexts).toEqual([null]);
    expect(await say(call(1, 'query', 'echo'))).toMatchObject([{ id: 1, result: {} }]);
  });

  test('that are not JSON are asked for again', async () => {
    const { contexts, say } = trialConnection({ query: 'connectionParams=1' });
    expect(await say('{')).toMatchObject([problem(null, 'BAD_REQUEST', { code: 'VALIDATION' })]);
    await say({ method: 'connectionParams', data: { token: 'T' } });
    expect(contexts).toEqual([{ token: 'T' }]);
  });
});
