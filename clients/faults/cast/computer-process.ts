/** What runs on a computer (computer.ts): one tab of an agent, which tells whatever it learns. */
import { WebSocket } from 'ws';
import { AgentSocket } from '../../sdk/agent-socket.ts';
import { createRollcallClient } from '../../sdk/client.ts';
import { Login } from '../../sdk/login.ts';
import type { ComputerOptions, Told, Wish } from './computer.ts';

const { url, username, password, timersEveryMs } = JSON.parse(process.argv[2] ?? '') as ComputerOptions;

const client = createRollcallClient({ url, token: () => null, WebSocket });
const login = await Login.open(client, username, password);
if (timersEveryMs !== undefined) throttleTimers(timersEveryMs);

let connections = 0;
let before = 'connecting';
const socket = new AgentSocket({
  url: `${url.replace(/^http/, 'ws')}/agent`,
  device: 'computer',
  token: (wanted) => login.token(wanted),
  WebSocket,
  onChange: ({ connection, session, seq, tile }) => {
    if (connection === 'live' && before !== 'live') connections += 1;
    before = connection;
    process.send?.({ connection, session, seq, tile, connections } satisfies Told);
  },
});

process.on('message', (wish: Wish) => {
  socket.setStatus(wish.status, { reason: wish.reason }).catch((error: unknown) => {
    throw error;
  });
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit());

/** From here on a timer that is due waits for the next whole multiple, as browsers let it in the background. */
function throttleTimers(everyMs: number): void {
  const { setTimeout: real } = globalThis;
  const late = (delayMs = 0) =>
    Math.ceil((performance.now() + delayMs) / everyMs) * everyMs - performance.now();
  const throttled = (run: (...args: unknown[]) => void, delayMs?: number, ...args: unknown[]) =>
    real(run, late(delayMs), ...args);
  Object.assign(globalThis, { setTimeout: throttled });
}
