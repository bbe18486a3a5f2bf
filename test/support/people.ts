import { WebSocket } from 'ws';
import { createRollcallClient, type RollcallClient } from '../../clients/sdk/client.ts';
import { ADMIN_PASSWORD, PASSWORD } from './data-folders.ts';
import { RawSocket, type Frame } from './raw-socket.ts';

export interface Person extends Disposable {
  readonly id: number;
  readonly token: string;
  readonly client: RollcallClient;
  readonly api: RollcallClient['api'];
}

/** Somebody of the seeded organisation, logged in. */
export async function logIn(url: string, username: string): Promise<Person> {
  let token: string | null = null;
  const client = createRollcallClient({ url, token: () => token, WebSocket });
  const password = username === 'admin' ? ADMIN_PASSWORD : PASSWORD;
  const session = await client.api.auth.login.mutate({ username, password, client: 'native' });
  token = session.token;
  return { id: session.user.id, token, client, api: client.api, [Symbol.dispose]: () => client.close() };
}

/** An agent's socket behind its welcome. */
export async function sayHello(
  url: string,
  token: string,
  more: object = {},
): Promise<{ socket: RawSocket; welcome: Frame }> {
  const socket = await RawSocket.open(url, '/agent');
  socket.send({ op: 'hello', token, device: 'test', ...more });
  return { socket, welcome: await socket.next(({ op }) => op === 'welcome') };
}
