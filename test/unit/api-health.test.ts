import { expect, test } from 'vitest';
import { Health } from '../../api/health.ts';
import type { ProjectorStatus } from '../../engine/projector.ts';
import { Deferred } from '../support/deferred.ts';
import { FakeClock } from '../support/fake-clock.ts';

const RUNNING: ProjectorStatus = {
  state: 'running',
  position: 42,
  lag: { offsets: 0, ageMs: 0 },
  missing: 0,
  trouble: null,
};

test('F3: a database that hangs is told as failed, and asked no second time before it has answered', async () => {
  const clock = new FakeClock();
  const answer = new Deferred();
  let asked = 0;
  const query = async () => {
    asked += 1;
    await answer.promise;
  };
  const health = new Health({
    clock,
    pool: { query } as never,
    journal: { head: async () => 42 } as never,
    projections: { status: async () => ({ documents: RUNNING, audit: RUNNING }) },
  });
  for (let probe = 0; probe < 3; probe++) {
    const probed = health.ready();
    await clock.advance(2_000);
    const response = await probed;
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: 'not ready',
      database: 'failed',
      journal: { head: 42 },
    });
  }
  expect(asked).toBe(1);

  answer.resolve();
  await clock.advance(0);
  expect(await (await health.ready()).json()).toMatchObject({ status: 'ready', database: 'ok' });
  expect(asked).toBe(2);
});
