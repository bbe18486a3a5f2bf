/** What an agent, an agent's connection and a watcher take of the server's memory. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Usage } from '../answering.ts';
import { SUBSCRIPTION_PATH, subscriptions, Watchers } from '../fanout/watchers.ts';
import { agentNames, Rollcall } from '../rollcall.ts';
import { inTurns, ratios, valuesOf } from '../runs.ts';
import type { Bench, Figure, Section } from '../section.ts';
import type { AgentBytes } from './agents-process.ts';

/** What an agent may cost, without the JSON of its tile and without its sessions. */
const TARGET_BYTES = 256;

export async function memory(bench: Bench): Promise<Section> {
  const agents = bench.isQuick ? 20_000 : 100_000;
  const runs = await inTurns(
    [
      { name: 'engine', run: async () => ({ ...(await engineOf(bench, agents)) }) },
      { name: 'actors', run: async () => ({ bytes: await actorsOf(bench, agents) }) },
    ],
    bench,
  );
  const engine = (figure: keyof AgentBytes) => valuesOf(runs, 'engine', figure);
  const actor = valuesOf(runs, 'actors', 'bytes');
  return {
    subject: 'memory',
    title: `Memory: heap of ${agents.toLocaleString('en-GB')} agents, and of connections`,
    figures: [
      { name: 'agent, nothing has happened yet', unit: 'B', values: engine('known') },
      { name: 'agent at work, with a session', unit: 'B', values: engine('atWork') },
      { name: 'its further session, with an answer', unit: 'B', values: engine('session') },
      {
        name: 'agent without sessions',
        unit: 'B',
        values: engine('gone'),
        target: { atMost: TARGET_BYTES },
      },
      { name: 'live XState actor', unit: 'B', values: actor },
      ...(await connections(bench)),
    ],
    ratios: [{ name: 'agent at work / live XState actor', values: ratios(engine('atWork'), actor) }],
  };
}

async function engineOf({ processes, folder }: Bench, agents: number): Promise<AgentBytes> {
  const path = join(folder, 'memory');
  await mkdir(path);
  await using process = await processes.start(SCRIPT, { node: ['--expose-gc'] });
  const bytes = await process.ask<AgentBytes>('agents', { folder: path, agents });
  await rm(path, { recursive: true });
  return bytes;
}

async function actorsOf({ processes }: Bench, count: number): Promise<number> {
  await using process = await processes.start(SCRIPT, { node: ['--expose-gc'] });
  return await process.ask<number>('actors', count);
}

const SCRIPT = new URL('agents-process.ts', import.meta.url);

/** So many sockets of one agent are within the server's limit. */
const SOCKETS_AN_AGENT = 10;

/** Grows one server step by step: each step is a round. */
async function connections(bench: Bench): Promise<readonly Figure[]> {
  const steps = bench.rounds + 1;
  const perStep = bench.isQuick ? 100 : 200;
  const names = agentNames((steps * perStep) / SOCKETS_AN_AGENT);
  await using rollcall = await Rollcall.start(bench.processes, {
    folder: join(bench.folder, 'connections'),
    agents: names.length,
    node: ['--expose-gc'],
  });
  await using watchers = await Watchers.start(bench.processes);
  const token = await (await rollcall.logIn('viewer')).token();
  const port = Number(new URL(rollcall.url).port);
  const watching = { port, path: SUBSCRIPTION_PATH, framesOf: subscriptions(token), count: perStep };
  const next = names.values();
  const grown = async (what: string, grow: () => Promise<unknown>) => {
    const used: Usage[] = [];
    for (let step = 0; step < steps; step++) {
      bench.tell(`${what}, ${step * perStep}`);
      await grow();
      used.push(await settled(rollcall));
    }
    return figuresOf(what, used, perStep);
  };
  const agents = await grown('agent connection', () => {
    const few = Array.from({ length: perStep / SOCKETS_AN_AGENT }, () => next.next().value ?? '');
    return rollcall.connectAgents(few, SOCKETS_AN_AGENT);
  });
  return [...(await grown('watcher', () => watchers.open(watching))), ...agents];
}

const SETTLE_MS = 500;

async function settled(rollcall: Rollcall): Promise<Usage> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return rollcall.process.ask<Usage>('usage');
}

/** What each step added; the first one has made what all share. */
function figuresOf(what: string, used: readonly Usage[], perStep: number): readonly Figure[] {
  const added = (of: (usage: Usage) => number) =>
    used.slice(1).map((usage, step) => (of(usage) - of(used[step] ?? usage)) / perStep);
  return [
    { name: `${what}, heap`, unit: 'B', values: added(({ heapBytes }) => heapBytes) },
    { name: `${what}, resident`, unit: 'B', values: added(({ residentBytes }) => residentBytes) },
  ];
}
