import { expect, test } from 'vitest';
import { CursorWatcher } from '../../clients/simulator/audience/cursor-watcher.ts';
import { Reception } from '../../clients/simulator/audience/reception.ts';
import { type ScriptedConnection, ScriptedServer } from '../support/scripted-server.ts';

/** An event as the server writes it. */
function event(cursor: string, data: object): string {
  return JSON.stringify({
    id: 1,
    result: { type: 'data', id: cursor, data: { json: { id: cursor, data } } },
  });
}
const snapshot = (cursor: string) => event(cursor, { type: 'snapshot', asOf: 1, agents: [] });
const changes = (after: string, cursor: string) =>
  event(cursor, { type: 'changes', after, asOf: 1, changes: [{ id: 1, name: '"after":"x"' }], removed: [] });
const pulse = (cursor: string) => event(cursor, { type: 'pulse', asOf: 1 });

async function watched(play: (connection: ScriptedConnection) => void | Promise<void>): Promise<Reception> {
  await using server = await ScriptedServer.start();
  const reception = new Reception();
  const url = server.url.replace(/^ws(.*)\/agent$/, 'http$1');
  using watcher = new CursorWatcher({ url, token: () => Promise.resolve('t'), reception });
  const connection = await server.next();
  expect(await connection.next()).toEqual({ method: 'connectionParams', data: { token: 't' } });
  expect(await connection.next()).toMatchObject({ method: 'subscription' });
  await play(connection);
  await expect.poll(() => watcher.cursor).toBe('end');
  return reception;
}

test('G1: a chain without a gap is counted, and nothing else', async () => {
  const got = await watched((connection) => {
    connection.send({ id: 1, result: { type: 'started' } });
    for (const frame of [snapshot('a'), changes('a', 'b'), pulse('b'), changes('b', 'end')])
      connection.send(frame);
  });
  expect(got).toMatchObject({ events: 4, snapshots: 1, gaps: 0, closes: 0, errors: 0 });
});

test.each([
  ['a batch that was left out', [snapshot('a'), changes('b', 'end')]],
  ['a batch that came twice', [snapshot('a'), changes('a', 'b'), changes('a', 'b'), changes('b', 'end')]],
  ['a pulse of elsewhere', [snapshot('a'), pulse('end')]],
  ['changes without a beginning', [changes('a', 'end')]],
])('G1: %s is a gap', async (_what, frames) => {
  const got = await watched((connection) => frames.forEach((frame) => connection.send(frame)));
  expect(got.gaps).toBe(1);
});

test('an error is counted', async () => {
  const got = await watched((connection) => {
    connection.send({ id: 1, error: { json: { message: 'no', code: -32603 } } });
    connection.send(snapshot('end'));
  });
  expect(got.errors).toBe(1);
});

test('G1, G3: after a close it comes back with the cursor that it holds', async () => {
  await using server = await ScriptedServer.start();
  const reception = new Reception();
  const url = server.url.replace(/^ws(.*)\/agent$/, 'http$1');
  using watcher = new CursorWatcher({ url, token: () => Promise.resolve('t'), reception });
  const first = await server.next();
  first.send(snapshot('a'));
  await watcher.begun;
  first.close(1013);
  const second = await server.next();
  await second.next();
  expect(await second.next()).toMatchObject({ params: { lastEventId: 'a' } });
  second.send(changes('a', 'b'));
  await expect.poll(() => watcher.cursor).toBe('b');
  expect(reception).toMatchObject({ closes: 1, gaps: 0, snapshots: 1 });
});
