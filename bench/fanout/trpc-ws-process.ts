/** A peer: tRPC's own WebSocket adapter at its defaults, with a subscription as tRPC's documentation writes it. */
import { EventEmitter, on, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { initTRPC, tracked } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import superjson from 'superjson';
import { WebSocketServer } from 'ws';
import { watchInput } from '../../api/contract/presence.ts';
import { answer } from '../answering.ts';
import { type Change, change } from './payload.ts';

/** For callers who never stop. */
const NEVER = new AbortController().signal;

const changes = new EventEmitter();
changes.setMaxListeners(0);
const t = initTRPC.create({ transformer: superjson });
const router = t.router({
  presence: t.router({
    watch: t.procedure.input(watchInput).subscription(async function* ({ signal }) {
      for await (const [each] of on(changes, 'change', { signal: signal ?? NEVER }) as AsyncIterable<
        [Change]
      >)
        yield tracked(each.id, each.event);
    }),
  }),
});
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
applyWSSHandler({ wss: server, router });
await once(server, 'listening');
let seq = 0;

answer({
  port: () => (server.address() as AddressInfo).port,
  publish: (many: number) => {
    for (let sent = 0; sent < many; sent++) changes.emit('change', change(seq++));
  },
});
