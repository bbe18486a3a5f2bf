/**
 * `npm run torture -- --rounds N [--agents A] [--rate R] [--seed S]`: kill -9 at random moments under load.
 *
 * The judge is this process; the server is another. Agents change status over real sockets; every acknowledgement is
 * noted; the server is killed; a new one must show, through its public API alone, every acknowledged change with its
 * seq, none half, none that nobody asked for. Prints a line a round; ends with 1 on any complaint.
 */
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { createRollcallClient } from '../../clients/sdk/client.ts';
import { seededRandom } from '../../clients/simulator/random.ts';
import { PASSWORD, seededFolder } from '../support/data-folders.ts';
import { freePort } from '../support/ports.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { JudgedAgent } from './agent.ts';
import { judge } from './verdict.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    agents: { type: 'string', default: '200' },
    rate: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const rounds = Number(values.rounds);
const agentCount = Number(values.agents);
const rate = Number(values.rate);
const random = seededRandom(Number(values.seed));
/** Each answer must still be remembered when it is asked for again (the last 64 of a session). */
const LONGEST_MS = Math.min(3_000, (60 * 1000 * agentCount) / rate);
const SHORTEST_MS = 50;

await using folder = await seededFolder();
process.stdout.write(
  `torture: ${rounds} rounds, ${agentCount} agents, ${rate} changes/s, seed ${values.seed}\n`,
);
const port = String(await freePort());
let server = await start();
const { agents, token } = await logIn(server);
for (const agent of agents) {
  const { seq = 0 } = await agent.connect(server.url);
  agent.certain = { ...agent.certain, seq };
}

let failures = 0;
for (let round = 1; round <= rounds; round++) {
  const aliveMs = SHORTEST_MS + random() * (LONGEST_MS - SHORTEST_MS);
  const working = agents.map((agent) => agent.change((agentCount / rate) * 1000));
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, aliveMs));
  await server.end('SIGKILL');
  const tookMs = performance.now() - begun;
  await Promise.all(working);
  const killed = performance.now();
  server = await start();
  const restartMs = performance.now() - killed;
  const { acknowledged, unanswered, happened, complaints } = await judge(server.url, agents, token);
  failures += complaints.length;
  process.stdout.write(
    `round ${round}: killed after ${Math.round(tookMs)} ms, ${acknowledged} acknowledged (${Math.round((acknowledged / tookMs) * 1000)}/s), ` +
      `${unanswered} unanswered of which ${happened} had happened, restart ${Math.round(restartMs)} ms: ` +
      `${complaints.length === 0 ? '0 lost, 0 half, 0 invented' : `${complaints.length} COMPLAINTS`}\n`,
  );
  for (const complaint of complaints.slice(0, 20)) process.stdout.write(`  ${complaint}\n`);
}
for (const agent of agents) agent.close();
await server.end('SIGKILL');
process.exitCode = failures === 0 ? 0 : 1;

function start(): Promise<ServerProcess> {
  return startServerProcess({ DATA_DIR: folder.path, PORT: port, JWT_EXPIRY: '12h' });
}

async function logIn({ url }: ServerProcess): Promise<{ agents: JudgedAgent[]; token: string }> {
  const client = createRollcallClient({ url, token: () => null, WebSocket });
  const login = async (username: string) =>
    (await client.api.auth.login.mutate({ username, password: PASSWORD, client: 'native' })).token;
  const names = Array.from(
    { length: agentCount },
    (_, index) => `agent${String(index + 1).padStart(4, '0')}`,
  );
  const judged = await Promise.all(names.map(async (name) => new JudgedAgent(name, await login(name))));
  const manager = await login('manager');
  client.close();
  return { agents: judged, token: manager };
}
