/**
 * A process of its own that knows nothing of Rollcall but its contract: `@trpc/client` from npm with its own links and
 * superjson. It watches the whole board, checks each event against what it holds, and reports on its standard output.
 *
 * Arguments: transport (ws | sse), URL for calls, URL for the subscription, user name, password. A line on standard
 * input ends it: it compares what it holds with the board, and prints a report.
 */
import { createInterface } from 'node:readline';
import {
  createTRPCClient,
  createWSClient,
  httpBatchStreamLink,
  httpSubscriptionLink,
  splitLink,
  wsLink,
} from '@trpc/client';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { WebSocket } from 'ws';
import type { AppRouter } from '../../api/routers/app.ts';

interface Tile {
  readonly id: number;
  readonly seq: number;
}

const [transport, callUrl = '', watchUrl = '', username = '', password = ''] = process.argv.slice(2);
Object.assign(globalThis, { WebSocket });

let token = '';
const calls = httpBatchStreamLink({
  url: `${callUrl}/trpc`,
  transformer: superjson,
  headers: () => (token === '' ? {} : { authorization: `Bearer ${token}` }),
});
({ token } = await createTRPCClient<AppRouter>({ links: [calls] }).auth.login.mutate({
  username,
  password,
  client: 'native',
}));

const connectionParams = { token };
const subscriptions =
  transport === 'ws'
    ? wsLink({
        client: createWSClient({
          url: `${watchUrl.replace('http', 'ws')}/trpc`,
          connectionParams,
          retryDelayMs: () => 20,
        }),
        transformer: superjson,
      })
    : httpSubscriptionLink({
        url: `${watchUrl}/trpc`,
        transformer: superjson,
        EventSource,
        connectionParams,
      });
const api = createTRPCClient<AppRouter>({
  links: [splitLink({ condition: ({ type }) => type === 'subscription', true: subscriptions, false: calls })],
});

const held = new Map<number, Tile>();
let cursor: string | null = null;
const report = {
  events: 0,
  snapshots: 0,
  changes: 0,
  pulses: 0,
  gaps: 0,
  repeats: 0,
  reorders: 0,
  errors: 0,
};

api.presence.watch.subscribe(
  { scope: { all: true } },
  {
    onData: ({ id, data }) => {
      report.events += 1;
      if (data.type === 'snapshot') {
        report.snapshots += 1;
        held.clear();
        for (const tile of data.agents) held.set(tile.id, tile);
      } else if (data.type === 'changes') {
        report.changes += 1;
        if (data.after !== cursor) report.gaps += 1;
        for (const tile of data.changes) {
          const before = held.get(tile.id)?.seq ?? -1;
          if (tile.seq === before) report.repeats += 1;
          if (tile.seq < before) report.reorders += 1;
          held.set(tile.id, tile);
        }
        for (const agent of data.removed) held.delete(agent);
      } else report.pulses += 1;
      if (cursor === null) process.stdout.write('watching\n');
      cursor = id;
    },
    onError: () => (report.errors += 1),
  },
);

createInterface({ input: process.stdin }).once('line', () => void end());

async function end(): Promise<void> {
  const board = await api.presence.board.query({ scope: { all: true } });
  const isSame = (tile: Tile) => JSON.stringify(tile) === JSON.stringify(held.get(tile.id));
  const equal = board.agents.length === held.size && board.agents.every(isSame);
  process.stdout.write(`${JSON.stringify({ ...report, agents: held.size, equal })}\n`, () => process.exit(0));
}
