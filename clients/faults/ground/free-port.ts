import { createServer } from 'node:net';

/** Below the range from which the system gives ports to outgoing connections, so that none is taken in between. */
const FIRST = 15_000;
const LAST = 30_000;

/** A port that is free now, and that a server can have again after it was killed. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
