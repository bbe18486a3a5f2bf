/**
 * What it costs a server to show one change to one watcher: the CPU of its whole process while watchers watch, less
 * what the same changes cost it without any, per change delivered.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Contender, inTurns, ratios, valuesOf } from '../runs.ts';
import type { Bench, Section } from '../section.ts';
import { type Peer, startRollcall, startTrpcAdapter, startUws, startWs } from './peers.ts';
import { Watchers } from './watchers.ts';

/** So many changes at the same moment, so often. */
interface Shape {
  readonly name: string;
  readonly changes: number;
  readonly ticks: number;
}

/** Time from one tick to the next, at least: longer than Rollcall's own, so that it never merges two. */
const INTERVAL_MS = 30;
/** The part of the ticks that goes before, uncounted, so that the compiler has seen it all. */
const WARM_UP = 1 / 3;

export async function fanout(bench: Bench): Promise<Section> {
  const { processes, isQuick } = bench;
  const watcherCount = isQuick ? 500 : 1_000;
  bench.tell('starting the servers');
  await using watchers = await Watchers.start(processes);
  await using rollcall = await startRollcall(processes, bench.folder);
  await using trpc = await startTrpcAdapter(processes);
  await using ws = await startWs(processes);
  await using uws = await startUws(processes);
  const shapes: readonly Shape[] = [
    { name: 'one change a tick', changes: 1, ticks: 80 },
    { name: '16 changes a tick', changes: 16, ticks: 60 },
  ];
  const peers = [rollcall, trpc, ws, uws];
  const runs = await inTurns(
    peers.map((peer) => contender(peer, { shapes, watchers, watcherCount })),
    bench,
  );
  const cost = ({ name }: Peer, shape: Shape) => valuesOf(runs, name, shape.name);
  return {
    subject: 'fanout',
    title: `Fan-out: server CPU to show one change to one of ${watcherCount} watchers`,
    figures: [
      ...shapes.flatMap((shape) =>
        peers.map((peer) => ({
          name: `${shape.name}: ${peer.name}`,
          unit: 'µs' as const,
          values: cost(peer, shape),
        })),
      ),
      ...peers.map(({ name }) => ({
        name: `bytes a change: ${name}`,
        unit: 'B' as const,
        values: valuesOf(runs, name, 'bytes'),
      })),
    ],
    ratios: shapes.flatMap((shape) => [
      {
        name: `${shape.name}: Rollcall / uWS publish`,
        values: ratios(cost(rollcall, shape), cost(uws, shape)),
        target: { atMost: 1.3 },
      },
      {
        name: `${shape.name}: Rollcall / ws, written once`,
        values: ratios(cost(rollcall, shape), cost(ws, shape)),
      },
      {
        name: `${shape.name}: Rollcall / tRPC's ws adapter`,
        values: ratios(cost(rollcall, shape), cost(trpc, shape)),
        target: { atMost: 1 / 8 },
      },
    ]),
  };
}

interface Load {
  readonly shapes: readonly Shape[];
  readonly watchers: Watchers;
  readonly watcherCount: number;
}

function contender(peer: Peer, { shapes: all, watchers, watcherCount }: Load): Contender {
  const phase = (shape: Shape, watching: number) => cpuOf(peer, shape, { watchers, watching });
  // A peer that takes a second for a tick of many changes needs fewer of them to be told from noise.
  const shapes = all.map((shape) =>
    peer.isSlow ? { ...shape, ticks: Math.ceil(shape.ticks / (shape.changes > 1 ? 20 : 4)) } : shape,
  );
  return {
    name: peer.name,
    run: async () => {
      const unwatched = new Map<Shape, number>();
      for (const shape of shapes) unwatched.set(shape, await phase(shape, 0));
      await watchers.reset();
      await watchers.open({ ...peer.watching, count: watcherCount });
      await watchers.heard(peer.firstTiles * watcherCount);
      const figures: Record<string, number> = {};
      for (const shape of shapes) {
        await phase({ ...shape, ticks: Math.ceil(shape.ticks * WARM_UP) }, watcherCount);
        const cpuMicros = (await phase(shape, watcherCount)) - (unwatched.get(shape) ?? 0);
        figures[shape.name] = cpuMicros / (shape.changes * shape.ticks * watcherCount);
        const { bytes, tiles } = await watchers.reset();
        figures['bytes'] ??= bytes / tiles;
      }
      await watchers.close();
      return figures;
    },
  };
}

/** What CPU a server uses for so many ticks, microseconds. The next one waits until each watcher has got its tiles. */
async function cpuOf(
  peer: Peer,
  { changes, ticks }: Shape,
  { watchers, watching }: { watchers: Watchers; watching: number },
): Promise<number> {
  await watchers.reset();
  // What a subscription still has to set up.
  await delay(INTERVAL_MS);
  const before = await peer.usage();
  for (let tick = 1; tick <= ticks; tick++) {
    const pause = delay(INTERVAL_MS);
    await peer.change(changes);
    await watchers.heard(tick * changes * watching);
    await pause;
  }
  const after = await peer.usage();
  return after.cpuMicros - before.cpuMicros;
}
