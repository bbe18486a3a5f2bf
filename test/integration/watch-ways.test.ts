import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type SummaryEvent, summaryEventSchema } from '../../api/contract/summary.ts';
import type { Scope, Tile } from '../../api/contract/tile.ts';
import { seededRandom } from '../../clients/simulator/random.ts';
import { BoardFollower } from '../support/board-follower.ts';
import { Deeds } from '../support/deeds.ts';
import { type Asked, startWatchServer, type WatchServer, type Way, WAYS } from '../support/watch-server.ts';

const ALL: Asked = { scope: { all: true } };
const PATIENCE = { timeout: 20_000, interval: 5 };

let server: WatchServer;
let tokens: Readonly<Record<'manager' | 'viewer', string>>;
let agents: readonly Deeds[];

beforeAll(async () => {
  server = await startWatchServer();
  tokens = { manager: await server.token('manager'), viewer: await server.token('viewer') };
  const ids = boardOf(ALL.scope).map(({ id }) => id);
  agents = ids.slice(0, 60).map((id) => new Deeds(server.engine, id));
  for (const agent of agents) await agent.opens(`s${agent.agent}`);
});

afterAll(() => server[Symbol.asyncDispose]());

function boardOf(scope: Scope, view: 'basic' | 'full' = 'full'): readonly Tile[] {
  const { tilesJson } = server.engine.topics.board({ organisationId: 1, scope, view });
  return (JSON.parse(tilesJson) as Tile[]).toSorted((a, b) => a.id - b.id);
}

function deedsOf(index: number): Deeds {
  const agent = agents[index % agents.length];
  if (agent === undefined) throw new RangeError('there are no agents');
  return agent;
}

/** Somebody turns from available to busy, or back. */
async function change(agent: Deeds): Promise<void> {
  const status = agent.record.status === 'busy' ? 'available' : 'busy';
  expect(await agent.chooses(status)).toMatchObject({ ok: true });
}

/** Watches with a follower that has got its first event. */
async function follow(
  way: Way,
  asked = ALL,
  token = tokens.manager,
): Promise<{ follower: BoardFollower; watching: Disposable }> {
  const follower = new BoardFollower(asked.lastEventId);
  const watching = server.watch(way, token, { asked, hear: follower.hear });
  await vi.waitUntil(() => follower.events.length > 0, PATIENCE);
  return { follower, watching };
}

describe.each(WAYS)('G1: watched by way of %s', (way) => {
  test('G1: comes a snapshot, then every change in order', async () => {
    const { follower, watching } = await follow(way);
    using _ = watching;
    expect(follower.events[0]?.type).toBe('snapshot');
    for (let n = 0; n < 200; n++) await change(deedsOf(n * 7));
    await vi.waitFor(() => expect(follower.board).toEqual(boardOf(ALL.scope)), PATIENCE);
    expect(follower.faults).toEqual([]);
    expect(follower.events.filter(({ type }) => type === 'snapshot')).toHaveLength(1);
  });

  test('G1: whoever comes back gets exactly what was missed, and goes on', async () => {
    const left = await follow(way);
    left.watching[Symbol.dispose]();
    const lastEventId = left.follower.cursor;
    await change(deedsOf(0));
    await change(deedsOf(1));
    const { follower, watching } = await follow(way, { ...ALL, lastEventId });
    using _ = watching;
    const missed = [deedsOf(0), deedsOf(1)].map(({ agent, record }) => ({ id: agent, seq: record.seq }));
    expect(follower.events[0]).toMatchObject({ type: 'changes', after: lastEventId });
    expect(follower.board.map(({ id, seq }) => ({ id, seq }))).toEqual(missed);
    await change(deedsOf(0));
    await vi.waitUntil(() => follower.events.length === 2, PATIENCE);
    expect(follower.faults).toEqual([]);
  });

  test('G1: whoever missed nothing is told so at once; a cursor of elsewhere gets a snapshot', async () => {
    const { follower, watching } = await follow(way);
    watching[Symbol.dispose]();
    const same = await follow(way, { ...ALL, lastEventId: follower.cursor });
    same.watching[Symbol.dispose]();
    expect(same.follower.events).toMatchObject([{ type: 'changes', changes: [], removed: [] }]);
    const elsewhere = await follow(way, { ...ALL, lastEventId: 'x.elsewhere' });
    elsewhere.watching[Symbol.dispose]();
    expect(elsewhere.follower.events).toMatchObject([{ type: 'snapshot' }]);
  });

  test('G4: each sees their own view of their own scope, whoever else watches under the same request id', async () => {
    const one: Asked = { scope: { agentId: deedsOf(0).agent } };
    const boss = await follow(way);
    const colleague = await follow(way, ALL, tokens.viewer);
    const narrow = await follow(way, one);
    await change(deedsOf(0));
    await change(deedsOf(1));
    await vi.waitFor(() => {
      expect(boss.follower.board).toEqual(boardOf(ALL.scope, 'full'));
      expect(colleague.follower.board).toEqual(boardOf(ALL.scope, 'basic'));
      expect(narrow.follower.board).toEqual(boardOf(one.scope, 'full'));
    }, PATIENCE);
    for (const { follower, watching } of [boss, colleague, narrow]) {
      watching[Symbol.dispose]();
      expect(follower.faults).toEqual([]);
    }
    expect(JSON.stringify(colleague.follower.events)).not.toContain('"duty"');
    expect(narrow.follower.board).toHaveLength(1);
  });

  test('G1: whoever comes at any moment misses nothing from then on', { timeout: 60_000 }, async () => {
    const changing = keepChanging();
    const present: Awaited<ReturnType<typeof follow>>[] = [];
    for (let n = 0; n < 20; n++) present.push(await follow(way));
    await changing[Symbol.asyncDispose]();
    for (const { follower, watching } of present) {
      await vi.waitFor(() => expect(follower.board).toEqual(boardOf(ALL.scope)), PATIENCE);
      expect(follower.faults).toEqual([]);
      watching[Symbol.dispose]();
    }
  });

  test('G1: whoever goes at any moment, and comes back, misses nothing', { timeout: 60_000 }, async () => {
    await using _ = keepChanging();
    let { follower, watching } = await follow(way);
    for (let n = 0; n < 20; n++) {
      await new Promise((resolve) => setTimeout(resolve, n));
      watching[Symbol.dispose]();
      const before = follower;
      ({ follower, watching } = await follow(way, { ...ALL, lastEventId: before.cursor }));
      expect(follower.events[0]).toMatchObject({ type: 'changes', after: before.cursor });
      expect([...before.faults, ...follower.faults]).toEqual([]);
    }
    watching[Symbol.dispose]();
  });
});

/** Watches a summary; every event is as the contract says. */
async function followSummary(
  way: Way,
  asked = ALL,
  token = tokens.manager,
): Promise<{ heard: SummaryHeard[]; watching: Disposable }> {
  const heard: SummaryHeard[] = [];
  const watching = server.watchSummary(way, token, {
    asked,
    hear: (cursor, event) => heard.push({ cursor, event: summaryEventSchema.parse(event) }),
  });
  await vi.waitUntil(() => heard.length > 0, PATIENCE);
  return { heard, watching };
}

interface SummaryHeard {
  readonly cursor: string;
  readonly event: SummaryEvent;
}

function summaryOf(scope: Scope, view: 'basic' | 'full' = 'full') {
  return server.engine.summaries.read({ organisationId: 1, scope, view });
}

describe.each(WAYS)('G1: a summary watched by way of %s', (way) => {
  test('G1: comes first, and again when it is another, until it is what the board comes to', async () => {
    const { heard, watching } = await followSummary(way);
    using _ = watching;
    expect(heard[0]?.event).toEqual({
      type: 'summary',
      asOf: expect.any(Number) as unknown,
      ...summaryOf(ALL.scope),
    });
    const late: Awaited<ReturnType<typeof followSummary>>[] = [];
    for (let n = 0; n < 300; n++) {
      await change(deedsOf(n * 7));
      if (n % 100 === 50) late.push(await followSummary(way));
    }
    for (const watcher of [{ heard, watching }, ...late]) {
      await vi.waitFor(
        () => expect(watcher.heard.at(-1)?.event).toMatchObject(summaryOf(ALL.scope)),
        PATIENCE,
      );
      const cursors = watcher.heard.map(({ cursor, event }) => (event.type === 'summary' ? cursor : 'pulse'));
      expect(cursors.some((cursor, at) => cursor === cursors[at - 1])).toBe(false);
    }
    expect(new Set([{ heard }, ...late].map((watcher) => watcher.heard.at(-1)?.cursor)).size).toBe(1);
    for (const watcher of late) watcher.watching[Symbol.dispose]();
    const told = heard.flatMap(({ event }) => (event.type === 'summary' ? [event.asOf] : []));
    const gaps = told.slice(2).map((asOf, at) => asOf - (told[at + 1] ?? 0));
    expect(gaps.every((gap) => gap >= 990)).toBe(true);
  });

  test('G1: whoever comes back is told that nothing changed, or what it is now, and goes on', async () => {
    const left = await followSummary(way);
    left.watching[Symbol.dispose]();
    const lastEventId = left.heard.at(-1)?.cursor ?? '';
    const same = await followSummary(way, { ...ALL, lastEventId });
    using _ = same.watching;
    expect(same.heard).toMatchObject([{ cursor: lastEventId, event: { type: 'pulse' } }]);
    await change(deedsOf(3));
    await vi.waitFor(() => expect(same.heard.at(-1)?.event).toMatchObject(summaryOf(ALL.scope)), PATIENCE);
    const changed = await followSummary(way, { ...ALL, lastEventId });
    changed.watching[Symbol.dispose]();
    expect(changed.heard[0]?.event).toMatchObject(summaryOf(ALL.scope));
  });

  test('G4: each sees their own view of their own scope, whoever else watches under the same request id', async () => {
    const one: Asked = { scope: { agentId: deedsOf(0).agent } };
    const boss = await followSummary(way);
    const colleague = await followSummary(way, ALL, tokens.viewer);
    const narrow = await followSummary(way, one);
    await change(deedsOf(0));
    await vi.waitFor(() => {
      expect(boss.heard.at(-1)?.event).toMatchObject(summaryOf(ALL.scope));
      expect(colleague.heard.at(-1)?.event).toMatchObject(summaryOf(ALL.scope, 'basic'));
      expect(narrow.heard.at(-1)?.event).toMatchObject(summaryOf(one.scope));
    }, PATIENCE);
    for (const { watching } of [boss, colleague, narrow]) watching[Symbol.dispose]();
    expect(JSON.stringify(boss.heard)).toContain('"overruns":{"count":0,"agents":[]}');
    expect(JSON.stringify(colleague.heard)).not.toContain('"agents"');
  });

  test('G5: is told every five seconds that it is still so', async () => {
    const { heard, watching } = await followSummary(way);
    using _ = watching;
    await vi.waitUntil(() => heard.length > 1, PATIENCE);
    expect(heard[1]).toMatchObject({ cursor: heard[0]?.cursor, event: { type: 'pulse' } });
  });
});

/** Somebody changes all the time. Disposing ends it. */
function keepChanging(): AsyncDisposable {
  const random = seededRandom(7);
  const over = new AbortController();
  const changing = (async () => {
    while (!over.signal.aborted) {
      await change(deedsOf(Math.floor(random() * agents.length)));
      if (random() < 0.2) await new Promise((resolve) => setTimeout(resolve, random() * 10));
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await changing;
    },
  };
}
