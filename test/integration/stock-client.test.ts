import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { steadyRate } from '../../clients/simulator/plan/steady-rate.ts';
import { Simulator } from '../../clients/simulator/simulator.ts';
import { type Proxy, startProxy } from '../../clients/faults/ground/proxy.ts';
import { type DataFolder, PASSWORD, seededFolder } from '../support/data-folders.ts';
import { logIn } from '../support/people.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const CUTS = 20;
const AGENTS = 200;
const RATE = 500;

let folder: DataFolder;
let server: ServerProcess;
let proxy: Proxy;
let simulator: Simulator;

beforeAll(async () => {
  folder = await seededFolder();
  server = await startServerProcess({ DATA_DIR: folder.path });
  proxy = await startProxy(server.url);
  const script = steadyRate({ seed: 1, agents: AGENTS, rate: RATE });
  simulator = new Simulator({ url: server.url, agents: AGENTS, password: PASSWORD, script });
  await simulator.start();
});

afterAll(async () => {
  await simulator[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));

test.each(['ws', 'sse'])(
  'G1: an unmodified client on %s sees no gap, no repeat and no reorder while its connection breaks again and again',
  async (transport) => {
    const watcher = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        'test/support/stock-watcher.ts',
        transport,
        server.url,
        proxy.url,
        'manager',
        PASSWORD,
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const exited = once(watcher, 'exit');
    const lines = createInterface({ input: watcher.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('watching');
    const before = simulator.tally.changes;
    for (let cut = 0; cut < CUTS; cut++) {
      await seconds(0.3 + (cut % 4) * 0.1);
      proxy.cut();
    }
    await seconds(3);
    const changed = simulator.tally.changes - before;
    await simulator.pause();
    await seconds(1.5);
    watcher.stdin.write('end\n');
    const report = JSON.parse(String((await lines.next()).value)) as Record<string, number | boolean>;
    expect(report).toMatchObject({ gaps: 0, repeats: 0, reorders: 0, agents: 200, equal: true });
    expect(report['snapshots']).toBe(1);
    expect(changed).toBeGreaterThan(1000);
    await exited;
    simulator.resume();
  },
);

test(
  'G3: a watcher that does not read is cut off at a bound, resumes where it was, and slows nobody',
  { timeout: 120_000 },
  async () => {
    using manager = await logIn(server.url, 'manager');
    using slow = await watching(manager.token, { subscriptions: 60 });
    const { cursor: held } = eventOf(await slow.next((frame) => eventOf(frame).type === 'snapshot'));
    slow.pause();
    using quick = await watching(manager.token, { subscriptions: 1 });
    // Long enough to fill what the network holds, and then the bound of what may wait.
    for (let batches = 0; batches < 500; batches++)
      await quick.next((frame) => eventOf(frame).type === 'changes');
    slow.resume();
    expect(await slow.closed).toMatchObject({ code: 1006 });

    using back = await watching(manager.token, { subscriptions: 1, lastEventId: held });
    const first = eventOf(await back.next((frame) => eventOf(frame).type !== undefined));
    expect(first).toMatchObject({ type: 'changes', after: held });
  },
);

interface WatchEvent {
  readonly cursor?: string;
  readonly type?: string;
  readonly after?: string;
}

/** The event of a subscription's frame, as it is on the wire. */
function eventOf(frame: object): WatchEvent {
  const { result } = frame as { result?: { id?: string; data?: { json?: { data?: WatchEvent } } } };
  return { ...result?.data?.json?.data, ...(result?.id !== undefined && { cursor: result.id }) };
}

async function watching(
  token: string,
  { subscriptions, lastEventId }: { subscriptions: number; lastEventId?: string | undefined },
): Promise<RawSocket> {
  const socket = await RawSocket.open(server.url, '/trpc?connectionParams=1');
  socket.send({ method: 'connectionParams', data: { token } });
  for (let id = 1; id <= subscriptions; id++) {
    const params = {
      path: 'presence.watch',
      input: { json: { scope: { all: true } } },
      ...(lastEventId !== undefined && { lastEventId }),
    };
    socket.send({ id, method: 'subscription', params });
  }
  return socket;
}
