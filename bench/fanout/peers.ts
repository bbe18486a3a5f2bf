/** The servers that are measured: each can make changes, watched or not, and tells what CPU it has used. */
import { join } from 'node:path';
import type { AgentSocket } from '../../clients/sdk/agent-socket.ts';
import type { Usage } from '../answering.ts';
import type { Processes, Subprocess } from '../processes.ts';
import { agentNames, Rollcall } from '../rollcall.ts';
import { type Opening, SUBSCRIPTION_PATH, subscriptions } from './watchers.ts';

export interface Peer extends AsyncDisposable {
  readonly name: string;
  readonly watching: Omit<Opening, 'count'>;
  /** Tiles that each watcher gets at first, before any change. */
  readonly firstTiles: number;
  /** A delivery costs it ten times what the others pay. */
  readonly isSlow: boolean;
  /** So many changes at the same moment; resolves when the server has taken them. */
  change(changes: number): Promise<void>;
  usage(): Promise<Usage>;
}

/** So many that none of them sends more than an agent may. */
const AGENTS = 100;

/** Rollcall's whole server. Agents change their status on agent sockets; a viewer's screens watch. */
export async function startRollcall(processes: Processes, folder: string): Promise<Peer> {
  const rollcall = await Rollcall.start(processes, { folder: join(folder, 'fanout'), agents: AGENTS });
  const agents = await rollcall.connectAgents(agentNames(AGENTS));
  const viewer = await rollcall.logIn('viewer');
  let turn = 0;
  const changeNext = async () => {
    const agent = agents[turn++ % agents.length];
    if (agent !== undefined) await toggle(agent);
  };
  return {
    name: 'Rollcall (tRPC)',
    watching: {
      port: Number(new URL(rollcall.url).port),
      path: SUBSCRIPTION_PATH,
      framesOf: subscriptions(await viewer.token()),
    },
    firstTiles: AGENTS,
    isSlow: false,
    change: async (changes) => void (await Promise.all(Array.from({ length: changes }, changeNext))),
    usage: () => rollcall.process.ask('usage'),
    [Symbol.asyncDispose]: () => rollcall[Symbol.asyncDispose](),
  };
}

async function toggle(agent: AgentSocket): Promise<void> {
  await agent.setStatus(agent.state.tile?.status === 'busy' ? 'available' : 'busy');
}

/** tRPC's own WebSocket adapter. */
export async function startTrpcAdapter(processes: Processes): Promise<Peer> {
  const process = await processes.start(new URL('trpc-ws-process.ts', import.meta.url));
  const port = await process.ask<number>('port');
  const framesOf = subscriptions('a token, as every client has one');
  const watching = { port, path: SUBSCRIPTION_PATH, framesOf };
  return publisher({ name: "tRPC's ws adapter", watching, isSlow: true }, process);
}

/** Raw `ws`: each change written once, sent to each socket. */
export async function startWs(processes: Processes): Promise<Peer> {
  const process = await processes.start(new URL('ws-process.ts', import.meta.url));
  return publisher({ name: 'ws, written once', watching: await rawSocket(process) }, process);
}

/** Raw uWebSockets.js: each change written once, published natively. */
export async function startUws(processes: Processes): Promise<Peer> {
  const process = await processes.start(new URL('uws-process.ts', import.meta.url));
  return publisher({ name: 'uWS publish', watching: await rawSocket(process) }, process);
}

async function rawSocket(process: Subprocess): Promise<Peer['watching']> {
  return { port: await process.ask<number>('port'), path: '/', framesOf: [[]] };
}

type Publisher = Pick<Peer, 'name' | 'watching'> & { readonly isSlow?: boolean };

function publisher({ name, watching, isSlow = false }: Publisher, process: Subprocess): Peer {
  return {
    name,
    watching,
    firstTiles: 0,
    isSlow,
    change: (changes) => process.ask('publish', changes),
    usage: () => process.ask('usage'),
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}
