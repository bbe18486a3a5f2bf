import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

/** A TCP proxy before a server: the network, where it can be made to fail. */
export interface Proxy extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
  /** How many connections go through it. */
  readonly connections: number;
  /** Breaks every connection. New ones are taken. */
  cut(): void;
  /** Lets nothing through in either direction, while connections stay open and new ones are taken. */
  hold(): void;
  /** Lets through what was held, and what comes. */
  release(): void;
}

interface Connection {
  readonly near: Socket;
  readonly far: Socket;
}

/** `target` is the URL of what it stands before. */
export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port: targetPort } = new URL(target);
  const open = new Set<Connection>();
  let isHeld = false;
  const server = createServer((near) => {
    const connection = { near, far: createConnection({ host: hostname, port: Number(targetPort) }) };
    open.add(connection);
    for (const [one, other] of [
      [near, connection.far],
      [connection.far, near],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => {
        open.delete(connection);
        other.destroy();
      });
    }
    if (!isHeld) join(connection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new TypeError('the proxy has no address');
  const cut = () => {
    for (const { near, far } of open) {
      near.destroy();
      far.destroy();
    }
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    get connections() {
      return open.size;
    },
    cut,
    hold() {
      isHeld = true;
      for (const connection of open) part(connection);
    },
    release() {
      isHeld = false;
      for (const connection of open) join(connection);
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

function join({ near, far }: Connection): void {
  near.pipe(far);
  far.pipe(near);
}

function part({ near, far }: Connection): void {
  near.unpipe(far).pause();
  far.unpipe(near).pause();
}
