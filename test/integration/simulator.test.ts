import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Acknowledged } from '../../clients/simulator/world.ts';
import { Audience } from '../../clients/simulator/audience/audience.ts';
import { shifts } from '../../clients/simulator/plan/shifts.ts';
import { readRoster } from '../../clients/simulator/roster.ts';
import { Simulator } from '../../clients/simulator/simulator.ts';
import { judge } from '../../clients/simulator/verdict.ts';
import { type DataFolder, PASSWORD, seededFolder } from '../support/data-folders.ts';
import { logIn, type Person } from '../support/people.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { storedEvents } from '../support/stored-events.ts';

const AGENTS = 50;
/** A shift in less than a minute. */
const SPEED = 600;
const RUN_MS = 10_000;

let folder: DataFolder;
let server: ServerProcess;
let manager: Person;

beforeAll(async () => {
  folder = await seededFolder();
  server = await startServerProcess({ DATA_DIR: folder.path });
  manager = await logIn(server.url, 'manager');
});

afterAll(async () => {
  manager[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

function nameOf(agent: number, seq: number, status: string | null | undefined): string {
  return `agent ${agent} at ${seq}: ${status ?? 'offline'}`;
}

test('F1, G1: after a day at work the board shows, and the journal holds, what each agent was promised', async () => {
  const promised: Acknowledged[] = [];
  const { client, token } = manager;
  {
    await using simulator = new Simulator({
      url: server.url,
      agents: AGENTS,
      password: PASSWORD,
      script: shifts({ seed: 21, speed: SPEED }),
      roster: await readRoster(client),
      onAcknowledged: (acknowledged) => promised.push(acknowledged),
    });
    using audience = new Audience({ url: server.url, token: () => Promise.resolve(token), watchers: 5 });
    await Promise.all([simulator.start(), audience.start()]);
    await new Promise((resolve) => setTimeout(resolve, RUN_MS));
    const board = () => client.api.presence.board.query({ scope: { all: true } });
    expect(await judge({ simulator, audience, board })).toEqual([]);
    expect(simulator.tally).toMatchObject({ refused: 0, skipped: 0, dismissed: 0, troubles: [] });
    expect(simulator.tally.changes).toBe(promised.length);
    expect(audience.reception).toMatchObject({ gaps: 0, closes: 0, errors: 0, snapshots: 5 });
  }
  await server.end('SIGTERM');

  expect(promised.length).toBeGreaterThan(AGENTS * 10);
  const chosen = (await storedEvents(folder.path)).filter(
    ({ type }) => type === 'status_chosen' || type === 'logged_out',
  );
  const held = chosen.map(({ agent, seq, set }) => nameOf(agent, seq, set.dutyCode));
  const answered = promised.map(({ agentId, seq, status }) => nameOf(agentId, seq, status));
  expect(answered.toSorted()).toEqual(held.toSorted());
  const statuses = new Set(promised.map(({ status }) => status));
  expect([...statuses].sort()).toEqual(['available', 'away', 'break', 'busy', 'offline', 'wrap_up']);
});
