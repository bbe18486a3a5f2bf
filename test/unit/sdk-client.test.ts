import { once } from 'node:events';
import { initTRPC } from '@trpc/server';
import { createHTTPServer, type CreateHTTPContextOptions } from '@trpc/server/adapters/standalone';
import superjson from 'superjson';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createRollcallClient } from '../../clients/sdk/client.ts';

/** A server with a few calls, which notes with which token each of them came. */
async function startNotingServer(): Promise<{ url: string; calls: string[] } & AsyncDisposable> {
  const calls: string[] = [];
  const { procedure, router } = initTRPC.context<{ token: string }>().create({ transformer: superjson });
  const noting = procedure.use(({ path, ctx, next }) => {
    calls.push(`${path} ${ctx.token}`);
    return next();
  });
  const server = createHTTPServer({
    basePath: '/trpc/',
    router: router({
      auth: router({ me: noting.query(() => 'me'), refresh: noting.mutation(() => ({ token: 'fresh' })) }),
      config: router({ list: noting.query(() => []) }),
    }),
    createContext: ({ req }: CreateHTTPContextOptions) => ({ token: req.headers.authorization ?? 'without' }),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a client may get its token by itself: a renewal waits for no call that waits for it', async () => {
  await using server = await startNotingServer();
  let renewing: Promise<{ token: string }> | null = null;
  const { api, close } = createRollcallClient({
    url: server.url,
    token: async () => (await (renewing ??= api.auth.refresh.mutate({}))).token,
    WebSocket,
  });
  await Promise.all([api.auth.me.query(), api.config.list.query()]);
  close();
  expect(server.calls).toEqual(['auth.refresh without', 'auth.me Bearer fresh', 'config.list Bearer fresh']);
});
