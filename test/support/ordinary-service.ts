import { expect } from 'vitest';
import { logIn, sayHello } from './people.ts';
import type { ServerProcess } from './server-process.ts';

/** An agent logs in, takes up work, changes status and logs out, as on any other day. */
export async function expectOrdinaryService({ url }: ServerProcess, username = 'agent0200'): Promise<void> {
  using agent = await logIn(url, username);
  const { socket, welcome } = await sayHello(url, agent.token);
  using _ = socket;
  expect(welcome).toMatchObject({ tile: { id: agent.id, status: 'available' } });
  expect(await socket.ask({ op: 'status', id: 'a', status: 'busy' })).toMatchObject({ op: 'ok' });
  const { agents } = await agent.api.presence.board.query({ scope: { agentId: agent.id } });
  expect(agents).toMatchObject([{ status: 'busy' }]);
  expect(await socket.ask({ op: 'bye', id: 'b' })).toMatchObject({ op: 'ok' });
}

/** What the server's log says at all: what a client does wrong is no fault of the server's, and not in it. */
export function faultsLogged(server: ServerProcess): readonly string[] {
  return server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{') || /internal|error/i.test(line));
}
