import { describe, expect, test, vi } from 'vitest';
import { partitionOf } from '../../engine/population.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';

const HOUR_MS = 3_600_000;
const JUMPS = [
  ['forward', HOUR_MS],
  ['back', -HOUR_MS],
] as const;

async function start() {
  const { engine, clock } = await startEngine();
  const agent = new Deeds(engine, 1);
  await agent.opens('s1');
  return { engine, clock, agent };
}

/** Each look at it takes a quarter of a millisecond. */
class SlowClock extends FakeClock {
  looks = 0;

  override monotonic(): number {
    return super.monotonic() + this.looks++ / 4;
  }
}

describe('D5: many of one partition at once', () => {
  test('D5: leave others their turn, and nobody is forgotten', async () => {
    const clock = new SlowClock();
    const ids = Array.from({ length: 4_000 }, (_, index) => index + 1).filter((id) => partitionOf(id) === 0);
    const { engine } = await startEngine({ clock, members: ids.map((id) => member(id)) });
    await Promise.all(ids.map((id) => new Deeds(engine, id).opens(`s${id}`)));
    await clock.advance(290_000);

    let mostLooks = 0;
    let before = clock.looks;
    const turn = () => {
      mostLooks = Math.max(mostLooks, clock.looks - before);
      before = clock.looks;
      if (ids.some((id) => engine.record(id)?.activity !== 'idle')) setImmediate(turn);
    };
    setImmediate(turn);
    await clock.advance(20_000);
    await vi.waitFor(() => expect(ids.filter((id) => engine.record(id)?.activity !== 'idle')).toEqual([]));
    expect(mostLooks).toBeLessThan(ids.length);
  });
});

describe('D1: idle', () => {
  test('D1: no activity for the limit makes an agent away since then; activity ends it at once', async () => {
    const { clock, agent } = await start();
    const seenAt = clock.now();
    await clock.advance(299_000);
    expect(agent.record.status).toBe('available');
    await clock.advance(1_000);
    expect(agent.record).toMatchObject({
      status: 'away',
      cause: 'idle',
      activity: 'idle',
      idleSince: seenAt,
      since: seenAt + 300_000,
    });
    agent.stirs('s1', clock.now());
    await settle();
    expect(agent.record).toMatchObject({ status: 'available', activity: 'active', idleSince: null });
  });

  test('D1: idle never comes before its limit, not even by half a second', async () => {
    const { clock, agent } = await start();
    await clock.advance(400);
    agent.stirs('s1', clock.now());
    const idleAt = clock.now() + 300_000;
    while (agent.record.activity === 'active') await clock.advance(100);
    expect(agent.record.lastAt).toBeGreaterThanOrEqual(idleAt);
    expect(clock.now()).toBeGreaterThanOrEqual(idleAt);
  });

  test('D1: each code has its own limit, and some have none', async () => {
    const { clock, agent } = await start();
    await agent.chooses('chat');
    await clock.advance(60_000);
    expect(agent.record.status).toBe('away');
    await agent.chooses('busy');
    await clock.advance(24 * HOUR_MS);
    expect(agent.record).toMatchObject({ status: 'busy', activity: 'active' });
  });

  test('A5: nobody becomes idle while reconnecting; who comes back late enough does', async () => {
    const { clock, agent } = await start();
    await clock.advance(290_000);
    agent.loses('s1');
    await clock.advance(20_000);
    expect(agent.record).toMatchObject({ status: 'available', connectivity: 'reconnecting' });
    await agent.opens('s2', { session: 's1', seq: 2 });
    await clock.advance(1_000);
    expect(agent.record).toMatchObject({ status: 'away', cause: 'idle', connectivity: 'connected' });
  });
});

describe('D6: a clock that jumps', () => {
  test.each(JUMPS)(
    'D6: a grace lasts as long as it should while the wall clock jumps %s',
    async (_, jump) => {
      const { clock, agent } = await start();
      agent.loses('s1');
      await clock.advance(10_000);
      clock.jump(jump);
      await clock.advance(19_000);
      expect(agent.record.connectivity).toBe('reconnecting');
      await clock.advance(2_000);
      expect(agent.record).toMatchObject({ connectivity: 'disconnected', cause: 'disconnect' });
    },
  );

  test.each(JUMPS)(
    'D6: a grace that begins after the wall clock jumped %s lasts as long as any',
    async (_, jump) => {
      const { clock, agent } = await start();
      clock.jump(jump);
      agent.loses('s1');
      await clock.advance(29_000);
      expect(agent.record.connectivity).toBe('reconnecting');
      await clock.advance(2_000);
      expect(agent.record.connectivity).toBe('disconnected');
    },
  );

  test.each(JUMPS)(
    'D6: an idle limit lasts as long as it should while the wall clock jumps %s',
    async (_, jump) => {
      const { clock, agent } = await start();
      await clock.advance(200_000);
      clock.jump(jump);
      await clock.advance(98_000);
      expect(agent.record.activity).toBe('active');
      await clock.advance(3_000);
      expect(agent.record.activity).toBe('idle');
    },
  );

  test.each(JUMPS)(
    'D6: after the wall clock jumped %s activity still ends idleness at once',
    async (_, jump) => {
      const { clock, agent } = await start();
      await clock.advance(301_000);
      clock.jump(jump);
      agent.stirs('s1', clock.now());
      await settle();
      expect(agent.record).toMatchObject({ status: 'available', activity: 'active' });
    },
  );

  test.each(JUMPS)('D6: a jump %s alone wakes nobody', async (_, jump) => {
    const { clock, agent } = await start();
    await clock.advance(301_000);
    const { seq } = agent.record;
    clock.jump(jump);
    await clock.advance(60_000);
    expect(agent.record.seq).toBe(seq);
  });

  test('D6: after a sleep what came due meanwhile comes once, and no more', async () => {
    const { clock, agent } = await start();
    await agent.opens('s2');
    agent.loses('s1');
    await settle();
    const { seq } = agent.record;
    await clock.sleep(8 * HOUR_MS);
    await clock.advance(10_000);
    expect(agent.record).toMatchObject({ seq: seq + 2, activity: 'idle', connectivity: 'connected' });
    expect(agent.record.sessions).toMatchObject([{ id: 's2' }]);
  });
});

describe('C3, C4: grace', () => {
  test('C3: a lost session that nobody resumes ends after its grace, though others live', async () => {
    const { clock, agent } = await start();
    await agent.opens('s2');
    agent.loses('s1');
    await clock.advance(29_000);
    expect(agent.record.sessions).toHaveLength(2);
    await clock.advance(2_000);
    expect(agent.record.sessions).toMatchObject([{ id: 's2', lostAt: null }]);
  });

  test('C4: resumed on the last instant of the grace, the session goes on', async () => {
    const { clock, agent } = await start();
    await agent.chooses('break');
    agent.loses('s1');
    await clock.advance(29_999);
    await agent.opens('s2', { session: 's1', seq: 3 });
    await clock.advance(60_000);
    expect(agent.record).toMatchObject({ status: 'break', connectivity: 'connected', graceUntil: null });
    expect(agent.record.sessions).toMatchObject([{ id: 's1', lostAt: null }]);
  });

  test('C4: a new session in the grace keeps the duty, and the old one still may come back', async () => {
    const { clock, agent } = await start();
    await agent.chooses('lunch');
    agent.loses('s1');
    await clock.advance(10_000);
    await agent.opens('s2');
    await agent.opens('s3', { session: 's1', seq: 1 });
    expect(agent.record).toMatchObject({ status: 'lunch', connectivity: 'connected' });
    expect(agent.record.sessions.map(({ id, lostAt }) => [id, lostAt])).toEqual([
      ['s1', null],
      ['s2', null],
    ]);
  });
});
