import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { SummaryEvent } from '../../api/contract/summary.ts';
import type { Scope } from '../../api/contract/tile.ts';
import { BoardFollower } from '../support/board-follower.ts';
import { Deeds } from '../support/deeds.ts';
import { type Caller, callerOf } from '../support/services.ts';
import { startWatchServer, type WatchServer, type Way, WAYS } from '../support/watch-server.ts';

const PATIENCE = { timeout: 10_000, interval: 5 };
/** Within a second, says the contract; what is here for longer stays. */
const SOON = { timeout: 1_000, interval: 5 };

let server: WatchServer;
let admin: Caller;
let teamIds: readonly number[];
let made = 0;

beforeAll(async () => {
  server = await startWatchServer();
  admin = await callerOf(server.services, await server.token('admin'));
  teamIds = (await admin.teams.list()).map(({ id }) => id);
});

afterAll(() => server[Symbol.asyncDispose]());

interface Somebody {
  readonly id: number;
  readonly token: string;
}

/** Somebody new, whom no other test knows. */
async function somebody(
  role: 'agent' | 'supervisor' | 'manager' | 'viewer',
  teamId?: number,
): Promise<Somebody> {
  made += 1;
  const username = `watcher_${made}`;
  const { id } = await admin.agents.create({
    username,
    email: `${username}@example.com`,
    name: 'A Watcher',
    password: 'Rollcall1',
    role,
    ...(teamId !== undefined && { teamId }),
  });
  return { id, token: await server.token(username) };
}

async function newTeam(supervisorId: number | null = null): Promise<number> {
  made += 1;
  return (await admin.teams.create({ name: `Watched ${made}`, supervisorId })).id;
}

interface Watched {
  readonly follower: BoardFollower;
  readonly errors: unknown[];
}

/** Watches until the test is over, from the first event on. */
async function watch(way: Way, token: string, scope: Scope): Promise<Watched> {
  const watched = { follower: new BoardFollower(), errors: [] as unknown[] };
  const watching = server.watch(way, token, {
    asked: { scope },
    hear: watched.follower.hear,
    onError: (error) => watched.errors.push(error),
  });
  onTestFinished(() => watching[Symbol.dispose]());
  await vi.waitUntil(() => watched.follower.events.length > 0, PATIENCE);
  // So that those who are published to natively are.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return watched;
}

/** As a client reads it, or as it is thrown in this process. */
const forbidden = (way: Way) =>
  way === 'caller' ? { code: 'FORBIDDEN' } : { data: { rollcall: { code: 'FORBIDDEN' } } };

/** The error that ends a subscription, once it has come. */
async function endOf({ errors }: Watched): Promise<unknown> {
  await vi.waitUntil(() => errors.length > 0, SOON);
  return errors[0];
}

/** An agent of a team does something that its watchers see. */
async function stir(teamId: number): Promise<number> {
  const { id } = await somebody('agent', teamId);
  await new Deeds(server.engine, id).opens(`stir ${id}`);
  return id;
}

describe.each(WAYS)('G4: watched by way of %s', (way) => {
  test('G4: a supervisor who loses the team loses its full view, and sees nothing that comes after', async () => {
    const boss = await somebody('supervisor');
    const teamId = await newTeam(boss.id);
    const watched = await watch(way, boss.token, { teamId });
    const other = await watch(way, boss.token, { all: true });
    await admin.teams.update({ id: teamId, supervisorId: null });
    expect(await endOf(watched)).toMatchObject(forbidden(way));
    const seen = watched.follower.events.length;
    const newcomer = await stir(teamId);
    // The basic view of everybody is a supervisor's as before.
    await vi.waitFor(() => expect(other.follower.tiles.has(newcomer)).toBe(true), PATIENCE);
    expect(watched.follower.events).toHaveLength(seen);
    expect(other.errors).toEqual([]);
    const again = await watch(way, boss.token, { teamId });
    expect(again.follower.board[0]).not.toHaveProperty('duty');
  });

  test('G4: a supervisor who is given the team is asked to look again, in full', async () => {
    const boss = await somebody('supervisor');
    const teamId = await newTeam();
    const watched = await watch(way, boss.token, { teamId });
    await admin.teams.update({ id: teamId, supervisorId: boss.id });
    expect(await endOf(watched)).toMatchObject(forbidden(way));
    await stir(teamId);
    const again = await watch(way, boss.token, { teamId });
    expect(again.follower.board).toMatchObject([{ duty: 'available' }]);
  });

  test('G4: another role ends what it may not see, and keeps what it may', async () => {
    const boss = await somebody('manager');
    const [all, own] = [
      await watch(way, boss.token, { all: true }),
      await watch(way, boss.token, { agentId: boss.id }),
    ];
    await admin.agents.update({ id: boss.id, role: 'agent' });
    expect(await endOf(all)).toMatchObject(forbidden(way));
    expect(own.errors).toEqual([]);
  });

  test('G4: an agent who is moved to another team leaves the board of the old one', async () => {
    const [from, to] = [await newTeam(), await newTeam()];
    const agent = await somebody('agent', from);
    const watched = await watch(way, agent.token, { teamId: from });
    await admin.agents.update({ id: agent.id, teamId: to });
    expect(await endOf(watched)).toMatchObject(forbidden(way));
    await watch(way, agent.token, { teamId: to });
  });

  test('G4: who watches one agent loses sight when that one is moved out of the team', async () => {
    const boss = await somebody('supervisor');
    const teamId = await newTeam(boss.id);
    const agent = await somebody('agent', teamId);
    const watched = await watch(way, boss.token, { agentId: agent.id });
    await admin.agents.update({ id: agent.id, name: 'Another Name' });
    await vi.waitFor(
      () => expect(watched.follower.board).toMatchObject([{ name: 'Another Name' }]),
      PATIENCE,
    );
    expect(watched.errors).toEqual([]);
    await admin.agents.update({ id: agent.id, teamId: null });
    expect(await endOf(watched)).toMatchObject(forbidden(way));
  });

  test('G4: who is deactivated watches no longer', async () => {
    const boss = await somebody('manager');
    const watched = await watch(way, boss.token, { all: true });
    await admin.agents.deactivate({ id: boss.id });
    expect(await endOf(watched)).toMatchObject(forbidden(way));
  });

  test('G4: a summary goes with the right to it', async () => {
    const boss = await somebody('supervisor');
    const teamId = await newTeam(boss.id);
    const errors: unknown[] = [];
    const heard: SummaryEvent[] = [];
    const watching = server.watchSummary(way, boss.token, {
      asked: { scope: { teamId } },
      hear: (_, event) => heard.push(event),
      onError: (error) => errors.push(error),
    });
    onTestFinished(() => watching[Symbol.dispose]());
    await vi.waitUntil(() => heard.length > 0, PATIENCE);
    await admin.teams.update({ id: teamId, supervisorId: null });
    await vi.waitUntil(() => errors.length > 0, SOON);
    expect(errors[0]).toMatchObject(forbidden(way));
    const seen = heard.length;
    await stir(teamId);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard).toHaveLength(seen);
  });

  test('G4: changes of others end nothing', async () => {
    const boss = await somebody('supervisor');
    const teamId = await newTeam(boss.id);
    const watched = await watch(way, boss.token, { teamId });
    await admin.teams.update({ id: teamIds[0] ?? 0, description: `changed by ${way}` });
    await admin.teams.update({ id: teamId, description: 'changed' });
    await admin.agents.update({ id: boss.id, name: 'Another Name' });
    await new Deeds(server.engine, boss.id).opens(`boss ${boss.id}`);
    const newcomer = await stir(teamId);
    await vi.waitFor(() => expect(watched.follower.tiles.has(newcomer)).toBe(true), PATIENCE);
    expect(watched.errors).toEqual([]);
    expect(watched.follower.faults).toEqual([]);
  });
});

test('G4: of many who watch one board natively those alone go whose right goes', async () => {
  const bosses = await Promise.all(Array.from({ length: 6 }, () => somebody('manager')));
  const watched = await Promise.all(bosses.map(({ token }) => watch('broadcast', token, { all: true })));
  const [first, ...others] = watched;
  if (first === undefined) throw new RangeError('nobody watches');
  await admin.agents.update({ id: bosses[0]?.id ?? 0, role: 'viewer' });
  expect(await endOf(first)).toMatchObject(forbidden('broadcast'));
  const newcomer = await stir(await newTeam());
  for (const { follower, errors } of others) {
    await vi.waitFor(() => expect(follower.tiles.has(newcomer)).toBe(true), PATIENCE);
    expect(errors).toEqual([]);
  }
  expect(first.follower.tiles.has(newcomer)).toBe(false);
});
