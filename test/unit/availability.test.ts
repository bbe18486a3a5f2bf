import { describe, expect, test } from 'vitest';
import type { Scope } from '../../engine/scope.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';

const EVERYBODY = { organisationId: 1, scope: { all: true } } as const;

/** Agents 1, 2 and 3, who logged in one after another, a second apart. */
async function start() {
  const { engine, clock } = await startEngine({
    members: [member(1), member(2), member(3, { teamId: 2 }), member(4, { organisationId: 2 })],
  });
  const agents = [1, 2, 3].map((id) => new Deeds(engine, id));
  for (const agent of agents) {
    await agent.opens(`s${agent.agent}`);
    await clock.advance(1_000);
  }
  const [one, two, three] = agents;
  if (one === undefined || two === undefined || three === undefined) throw new RangeError('three are needed');
  const next = () => engine.availability.claim(EVERYBODY)?.record.member.id ?? null;
  return { engine, clock, one, two, three, next };
}

describe('who is next', () => {
  test('A6: whoever has waited longest since the last change of status, of those who are routable', async () => {
    const { one, two, next } = await start();
    await one.chooses('busy');
    await one.chooses('available');
    await two.chooses('backoffice');
    expect([next(), next(), next()]).toEqual([3, 1, null]);
  });

  test('A6: a lost connection that comes back costs nobody their turn', async () => {
    const { engine, clock, one, next } = await start();
    one.loses('s1');
    await clock.advance(10);
    const other = engine.availability.claim({ organisationId: 1, scope: { agentId: 1 } });
    expect(other).toBeNull();
    await one.opens('s9', { session: 's1', seq: one.record.seq });
    expect(next()).toBe(1);
  });

  test('A6: whoever was given is given to nobody else, whatever scope is asked in, until the claim ends', async () => {
    const { engine, clock, two, three, next } = await start();
    await two.chooses('busy');
    await three.chooses('busy');
    const claimIn = (scope: Scope) =>
      engine.availability.claim({ organisationId: 1, scope })?.record.member.id ?? null;
    expect(next()).toBe(1);
    const scopes = [{ agentId: 1 }, { teamId: 1 }, { department: 'Support' }, { all: true }] as const;
    expect(scopes.map(claimIn)).toEqual([null, null, null, null]);
    await clock.advance(9_999);
    expect(scopes.map(claimIn)).toEqual([null, null, null, null]);
    await clock.advance(1);
    expect(claimIn({ agentId: 1 })).toBe(1);
    expect(next()).toBeNull();
  });

  test('A3: whoever has fewer tasks at hand comes first', async () => {
    const { one, two, three, next } = await start();
    await one.works('s1', 2, 3);
    await two.works('s2', 1, 3);
    await three.works('s3', 1, 3);
    expect([next(), next(), next()]).toEqual([2, 3, 1]);
  });

  test('A6: of those who have waited equally long whoever was asked for least recently, then the lowest id', async () => {
    const { engine, clock } = await startEngine();
    for (const id of [3, 1, 2]) await new Deeds(engine, id).opens(`s${id}`);
    const next = () => engine.availability.claim(EVERYBODY)?.record.member.id;
    expect([next(), next()]).toEqual([1, 2]);
    await clock.advance(10_000);
    expect([next(), next(), next(), next()]).toEqual([3, 1, 2, undefined]);
  });

  test('G4, J1: of the scope that was named, and of nobody else’s organisation', async () => {
    const { engine } = await start();
    const { availability } = engine;
    expect(availability.claim({ organisationId: 2, scope: { all: true } })).toBeNull();
    expect(availability.claim({ organisationId: 2, scope: { agentId: 1 } })).toBeNull();
    expect(availability.claim({ organisationId: 1, scope: { agentId: 4 } })).toBeNull();
    expect(availability.claim({ organisationId: 1, scope: { teamId: 2 } })?.record.member.id).toBe(3);
    expect(availability.claim({ organisationId: 1, scope: { department: 'Sales' } })).toBeNull();
    expect(availability.claim({ organisationId: 1, scope: { admin: true } })?.record.member.id).toBe(1);
  });
});

describe('whoever is given', () => {
  test('C6: is there: nobody is before it is known after a start who has come back', async () => {
    const { engine, journal, clock } = await startEngine();
    for (const id of [1, 2, 3]) await new Deeds(engine, id).opens(`s${id}`);
    await engine[Symbol.asyncDispose]();
    const { engine: again } = await startEngine({ journal, clock });
    const ask = async () => (await again.nextAvailable(EVERYBODY))?.record.member.id ?? null;
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([null, null, null]);
    await settle();
    expect(await ask()).toBeNull();
    const two = new Deeds(again, 2);
    await two.opens('t2', { session: 's2', seq: two.record.seq });
    expect(await ask()).toBe(2);
  });

  test('A6: has nothing under way: what it comes to is not known yet', async () => {
    const { engine, one } = await start();
    const choosing = one.chooses('busy');
    expect(await engine.nextAvailable({ organisationId: 1, scope: { agentId: 1 } })).toBeNull();
    await choosing;
    await one.chooses('available');
    expect(await engine.nextAvailable({ organisationId: 1, scope: { agentId: 1 } })).not.toBeNull();
  });
});

describe('a claim', () => {
  test('lasts ten seconds, in every scope, and is seen on no board and in no event', async () => {
    const { engine, clock, one, two, three, next } = await start();
    await two.chooses('busy');
    await three.chooses('busy');
    const { seq } = one.record;
    const claimed = engine.availability.claim(EVERYBODY);
    expect(claimed).toEqual({ record: one.record, until: clock.now() + 10_000 });
    expect(engine.availability.claim({ organisationId: 1, scope: { agentId: 1 } })).toBeNull();
    expect(engine.record(1)).toMatchObject({ seq, routable: true });
    expect(engine.summaries.read({ ...EVERYBODY, view: 'full' }).routable).toBe(1);
    await clock.advance(9_999);
    expect(next()).toBeNull();
    await clock.advance(1);
    expect(next()).toBe(1);
  });

  test('that nothing came of costs the agent no turn', async () => {
    const { clock, next } = await start();
    expect([next(), next()]).toEqual([1, 2]);
    await clock.advance(10_000);
    expect(next()).toBe(1);
  });

  test('ends with the work that it was made for: whoever has room for more can be claimed', async () => {
    const { one, two, three, next } = await start();
    await two.chooses('busy');
    await three.chooses('busy');
    expect(next()).toBe(1);
    await one.works('s1', 1, 2);
    expect(next()).toBe(1);
  });

  test('ends when the agent turns elsewhere: back again, the agent waits like all others', async () => {
    const { one, next } = await start();
    expect(next()).toBe(1);
    await one.chooses('busy');
    await one.chooses('available');
    expect([next(), next(), next(), next()]).toEqual([2, 3, 1, null]);
  });

  test('outlasts a connection that is lost and found, and a second device', async () => {
    const { clock, one, two, three, next } = await start();
    await two.chooses('busy');
    await three.chooses('busy');
    expect(next()).toBe(1);
    one.loses('s1');
    await clock.advance(10);
    await one.opens('s9', { session: 's1', seq: one.record.seq });
    await one.opens('s8');
    expect(one.record.routable).toBe(true);
    expect(next()).toBeNull();
    await clock.advance(10_000);
    expect(next()).toBe(1);
  });

  test('of somebody who is gone by its end comes to nothing', async () => {
    const { engine, clock, one, next } = await start();
    expect(next()).toBe(1);
    one.loses('s1');
    await clock.advance(10_000);
    expect([next(), next(), next()]).toEqual([2, 3, null]);
    await engine.enrol(member(2, { active: false }));
    await clock.advance(10_000);
    expect([next(), next()]).toEqual([3, null]);
  });

  test('moves with the agent to another team', async () => {
    const { engine, clock, next } = await start();
    expect(next()).toBe(1);
    await engine.enrol(member(1, { teamId: 9 }));
    const team = { organisationId: 1, scope: { teamId: 9 } } as const;
    expect(engine.availability.claim(team)).toBeNull();
    await clock.advance(10_000);
    expect(engine.availability.claim(team)?.record.member.id).toBe(1);
  });

  test('runs by the time that passes, not by the clock on the wall', async () => {
    const { clock, two, three, next } = await start();
    await two.chooses('busy');
    await three.chooses('busy');
    expect(next()).toBe(1);
    clock.jump(3_600_000);
    expect(next()).toBeNull();
    clock.jump(-7_200_000);
    await clock.advance(10_000);
    expect(next()).toBe(1);
  });
});
