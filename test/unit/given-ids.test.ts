import { expect, test } from 'vitest';
import { type Told, toldBy } from '../../engine/given-ids.ts';
import { History } from '../support/histories.ts';

async function told(history: History | null): Promise<Told> {
  return toldBy(
    (async function* () {
      yield* history?.batches ?? [];
    })(),
  );
}

test('F3: a journal without entries tells of nobody', async () => {
  expect(await told(null)).toEqual({ ids: { organisations: 0, users: 0, teams: 0 }, lastAt: null });
});

test('F3: the highest ids are found wherever the journal names somebody', async () => {
  const history = await History.lived([7, 42], {
    organisationId: 9,
    live: async ({ agents, clock }) => {
      for (const agent of agents) await agent.opens('s1');
      await clock.advance(5000);
      await agents[0]?.isForced('break', { by: 4000 });
    },
  });
  const { ids, lastAt } = await told(history);
  expect(ids).toMatchObject({ organisations: 9, users: 4000 });
  expect(lastAt).toBe(history.events.at(-1)?.at);
});
