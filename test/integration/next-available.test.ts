import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEnvironment } from '../../api/config.ts';
import { openConfigured } from '../../api/configured-database.ts';
import { nextAvailableSchema, summarySchema } from '../../api/contract/summary.ts';
import { Opened } from '../../api/opened.ts';
import type { Services } from '../../api/trpc/context.ts';
import { seededFolder } from '../support/data-folders.ts';
import { Deeds } from '../support/deeds.ts';
import { type Caller, callerOf, openServices, tokenOf } from '../support/services.ts';

const opened = new Opened();
let services: Services;
let manager: Caller;
let supervisor: Caller;
let teamId: number;
/** Of the supervisor's team. */
let agents: readonly Deeds[];

beforeAll(async () => {
  const folder = opened.use(await seededFolder());
  const { database } = opened.use(await openConfigured(readEnvironment({ DATA_DIR: folder.path })));
  services = await openServices(database, opened);
  manager = await callerOf(services, await tokenOf(services, 'manager'));
  supervisor = await callerOf(services, await tokenOf(services, 'supervisor01'));
  teamId = (await manager.teams.list())[0]?.id ?? 0;
  const { agents: tiles } = await manager.presence.board({ scope: { teamId } });
  agents = tiles.map(({ id }) => new Deeds(services.engine, id));
});

afterAll(() => opened[Symbol.asyncDispose]());

test('A6: nobody is next where nobody is available', async () => {
  expect(await manager.presence.nextAvailable({ scope: { all: true } })).toBeNull();
});

test('A6: of many who ask at once no two are given the same agent, and the one too many is given nobody', async () => {
  for (const agent of agents) await agent.opens(`s${agent.agent}`);
  const asked = [...agents, null].map((_, at) =>
    at % 2 === 0
      ? supervisor.presence.nextAvailable({ scope: { teamId } })
      : manager.presence.nextAvailable({ scope: { all: true } }),
  );
  const given = (await Promise.all(asked)).map((next) => nextAvailableSchema.parse(next));
  const ids = given.flatMap((next) => (next === null ? [] : [next.tile.id]));
  expect(new Set(ids)).toEqual(new Set(agents.map(({ agent }) => agent)));
  expect(given).toHaveLength(agents.length + 1);
  expect(given.at(-1)).toBeNull();
});

test('A6: a claim is on no board and in no summary; the next change of the agent ends it', async () => {
  const [agent] = agents;
  if (agent === undefined) throw new RangeError('there are no agents');
  const scope = { agentId: agent.agent };
  expect(await manager.presence.nextAvailable({ scope })).toBeNull();
  const summary = summarySchema.parse(await manager.presence.summary({ scope: { teamId } }));
  expect(summary).toMatchObject({ total: agents.length, routable: agents.length });
  await agent.chooses('busy');
  await agent.chooses('available');
  const before = services.clock.now();
  const given = await supervisor.presence.nextAvailable({ scope });
  const { agents: tiles } = await supervisor.presence.board({ scope });
  expect(given?.tile).toEqual(tiles[0]);
  expect(given?.tile).toMatchObject({ id: agent.agent, routable: true, duty: 'available' });
  expect(given?.until).toBeGreaterThanOrEqual(before + 10_000);
});
