import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LiveSessions } from '../../api/auth/live-sessions.ts';
import { LoginPresence } from '../../api/login-presence.ts';
import { PARTITIONS, partitionOf } from '../../engine/population.ts';
import { Cluster, type Node } from '../support/cluster.ts';
import { Deeds, opening } from '../support/deeds.ts';
import { member } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';
import { eventsOf } from '../support/told-journal.ts';
import { ALL, Viewer } from '../support/viewer.ts';

const AGENTS = Array.from({ length: 40 }, (_, at) => at + 1);
const LOWER = Array.from({ length: PARTITIONS / 2 }, (_, id) => id);
const UPPER = LOWER.map((id) => id + PARTITIONS / 2);

/** Two nodes with eight partitions each, and forty agents: the even ones are connected to the first, the odd to the second. */
async function start(delayMs?: () => number) {
  const cluster = new Cluster(
    AGENTS.map((id) => member(id)),
    delayMs,
  );
  const one = await cluster.join(LOWER);
  const two = await cluster.join(UPPER);
  await settle();
  const sessions = new Map<number, string>();
  for (const id of AGENTS) {
    const session = `${gatewayOf(id, one, two).name}-${randomUUID()}`;
    sessions.set(id, session);
    await open(gatewayOf(id, one, two), id, session);
  }
  return { cluster, one, two, session: (id: number) => sessions.get(id) ?? '' };
}

/** What log-in sessions are to presence on that node. */
function presenceOf({ name, engine }: Node, { clock }: Cluster): LoginPresence {
  const liveSessions = new LiveSessions({ clock, accessMs: 900_000, isDeactivated: () => false });
  onTestFinished(() => liveSessions[Symbol.dispose]());
  return new LoginPresence({ engine, clock, liveSessions, node: name });
}

const gatewayOf = (id: number, one: Node, two: Node) => (id % 2 === 0 ? one : two);
const open = ({ engine }: Node, id: number, session: string) => new Deeds(engine, id).opens(session);
const on = ({ engine }: Node, id: number) => new Deeds(engine, id);
/** Who is given work there. */
const ask = async ({ engine }: Node) => (await engine.nextAvailable(ALL))?.record.member.id ?? null;
const agentIn = (partition: number, isEven: boolean) =>
  AGENTS.find((id) => partitionOf(id) === partition && (id % 2 === 0) === isEven);

/** Somebody of each: owned here and connected there. */
function crossing(owned: readonly number[], isEven: boolean): number {
  const id = owned.flatMap((partition) => agentIn(partition, isEven) ?? [])[0];
  if (id === undefined) throw new RangeError('more agents are needed');
  return id;
}

describe('B1: two nodes serve one board', () => {
  test('B1: what comes on one node for an agent of the other is decided there, and seen on both', async () => {
    const { cluster, one, two, session } = await start();
    const id = crossing(UPPER, true);
    expect(cluster.ownerOf(partitionOf(id))).toBe(two);
    expect(await on(one, id).chooses('lunch', { session: session(id) })).toMatchObject({ ok: true });
    expect(on(one, id).record).toEqual(on(two, id).record);
    expect(on(two, id).record.status).toBe('lunch');
    on(one, id).loses(session(id));
    await settle();
    expect(on(two, id).record.connectivity).toBe('reconnecting');
    expect(JSON.parse(one.engine.topics.board(ALL).tilesJson)).toHaveLength(AGENTS.length);
  });

  test('A6: asked at once, two nodes give everybody who is available, and nobody twice', async () => {
    const { cluster, one, two, session } = await start();
    const given = await Promise.all(AGENTS.flatMap(() => [ask(one), ask(two)]));
    const found = given.filter((id) => id !== null);
    expect(found.toSorted((a, b) => a - b)).toEqual(AGENTS);
    // Whoever took the work, and is free again, may be given on either node.
    const [first = 0] = found;
    await on(one, first).works(session(first), 1, 3);
    expect([await ask(two), await ask(one)]).toEqual([first, null]);
    // Whom the owner refuses is refused no longer than the owner does.
    await cluster.clock.advance(9_999);
    expect(await ask(one)).toBeNull();
    await cluster.clock.advance(1);
    expect(new Set(await Promise.all(AGENTS.map(() => ask(one)))).size).toBe(AGENTS.length);
  });

  test('A6: nobody is given whom nobody owns', async () => {
    const { cluster, one, two } = await start();
    await Promise.all(UPPER.map((partition) => two.engine.release(partition)));
    const owned = AGENTS.filter((id) => LOWER.includes(partitionOf(id)));
    const given = await Promise.all(AGENTS.map(() => ask(one)));
    expect(given.filter((id) => id !== null).toSorted((a, b) => a - b)).toEqual(owned);
    await cluster.takeOver(one);
    await settle();
    expect(LOWER).not.toContain(partitionOf((await ask(one)) ?? 0));
  });

  test('C2: activity that one node sees ends idleness on the other', async () => {
    const { cluster, one, two, session } = await start();
    const id = crossing(UPPER, true);
    await cluster.clock.advance(302_000);
    expect(on(two, id).record.status).toBe('away');
    on(one, id).stirs(session(id), cluster.clock.now());
    await cluster.clock.advance(10);
    expect(on(one, id).record.status).toBe('available');
  });

  test('G1: a watcher goes on with its cursor on the other node, and is told exactly what it missed', async () => {
    const { cluster, one, two } = await start();
    await cluster.clock.advance(20);
    const here = new Viewer(one.engine.topics);
    await on(one, 1).chooses('busy');
    await on(two, 2).chooses('busy');
    await cluster.clock.advance(20);
    expect(here.last).toMatchObject({ changes: [{ id: 1 }, { id: 2 }] });
    here[Symbol.dispose]();
    await on(one, 3).chooses('busy');
    await on(two, 3).chooses('away');
    using there = new Viewer(two.engine.topics, ALL, here.cursor);
    expect(there.heard).toMatchObject([
      { type: 'changes', after: here.cursor, changes: [{ id: 3, status: 'away' }], removed: [] },
    ]);
    using again = new Viewer(one.engine.topics, ALL, there.cursor);
    expect(again.heard).toMatchObject([{ type: 'changes', after: there.cursor, changes: [], removed: [] }]);
  });

  test('G1: also in a scope that nobody watched there before, which somebody left meanwhile', async () => {
    const { cluster, one, two } = await start();
    await cluster.clock.advance(20);
    const team = { ...ALL, scope: { teamId: 1 } } as const;
    const here = new Viewer(one.engine.topics, team);
    here[Symbol.dispose]();
    await two.engine.enrol(member(5, { teamId: 2 }));
    await on(two, 6).chooses('busy');
    using there = new Viewer(two.engine.topics, team, here.cursor);
    expect(there.heard).toMatchObject([{ type: 'changes', changes: [{ id: 6 }], removed: [5] }]);
  });

  test('G1: a cursor from before the node began is given a snapshot', async () => {
    const { cluster, one } = await start();
    const { cursor } = one.engine.topics.board(ALL);
    await on(one, 1).chooses('busy');
    const three = await cluster.join([]);
    using there = new Viewer(three.engine.topics, ALL, cursor);
    expect(there.last).toMatchObject({ type: 'snapshot' });
  });
});

describe('B1: a partition changes its owner', () => {
  test('F1, B4: under load nothing is lost, done twice or out of order, and nobody leaves', async () => {
    const append = { ms: 0 };
    const { cluster, one, two, session } = await start(() => append.ms);
    append.ms = 7;
    const ids = AGENTS.filter((id) => partitionOf(id) === 3);
    const acknowledged = new Map<string, number>();
    const moved = { times: 0 };
    const work = ids.map(async (id) => {
      for (let n = 0; moved.times < 4 || n < 5; n++) {
        const command = `${id}-${n}`;
        const status = n % 2 === 0 ? 'busy' : 'available';
        // As a client does: the same command again until it is answered for good.
        for (;;) {
          const node = n % 3 === 0 ? one : two;
          const answer = await on(node, id).chooses(status, { session: session(id), id: command });
          if (answer.ok) {
            acknowledged.set(command, answer.seq);
            break;
          }
          expect(answer.code).toBe('UNAVAILABLE');
          await new Promise<void>((resolve) => void cluster.clock.after(5, resolve));
        }
      }
    });
    using viewer = new Viewer(one.engine.topics);
    const moving = (async () => {
      for (const to of [two, one, two, one]) {
        await new Promise<void>((resolve) => void cluster.clock.after(100, resolve));
        await cluster.handOver(3, to);
        moved.times += 1;
      }
    })();
    await cluster.clock.advance(5_000);
    await Promise.all([moving, ...work]);
    const events = (await eventsOf(cluster.journal)).filter(({ agent }) => ids.includes(agent));
    for (const id of ids) {
      const own = events.filter(({ agent }) => agent === id);
      expect(own.map(({ seq }) => seq)).toEqual(own.map((_, at) => at + 1));
      expect(own.some(({ set }) => set.connectivity === 'reconnecting')).toBe(false);
      expect(on(one, id).record).toEqual(on(two, id).record);
    }
    for (const [command, seq] of acknowledged)
      expect(events.filter((event) => event.command?.id === command)).toMatchObject([{ seq }]);
    expect(acknowledged.size).toBeGreaterThan(20);
    expect(viewer.heard.length).toBeGreaterThan(2);
  });

  test('B1: the new owner keeps time: a grace that began with the former one is over when it is', async () => {
    const { cluster, one, two, session } = await start();
    const id = crossing(LOWER, false);
    on(two, id).loses(session(id));
    await settle();
    await cluster.clock.advance(20_000);
    await cluster.handOver(partitionOf(id), two);
    await cluster.clock.advance(9_000);
    expect(on(one, id).record.connectivity).toBe('reconnecting');
    await cluster.clock.advance(2_000);
    expect(on(one, id).record.connectivity).toBe('disconnected');
  });

  test('C6: after a sudden stop those who were connected there are reconnecting, and those here go on', async () => {
    const { cluster, one, two, session } = await start();
    const [there, here] = [crossing(LOWER, true), crossing(LOWER, false)];
    cluster.lose(one);
    await cluster.takeOver(two);
    await settle();
    expect(on(two, there).record.connectivity).toBe('reconnecting');
    expect(on(two, here).record.connectivity).toBe('connected');
    expect(await on(two, here).chooses('busy', { session: session(here) })).toMatchObject({ ok: true });
    // Of the agents whom the living node owned, those whose connection is gone are found as well.
    const owned = crossing(UPPER, true);
    two.engine.lose(owned, session(owned));
    await settle();
    expect(on(two, owned).record.connectivity).toBe('reconnecting');
  });

  test('F5: the one who was fenced acknowledges nothing more, shows what is committed, and may come again', async () => {
    const { cluster, one, two } = await start();
    const id = crossing(LOWER, false);
    cluster.lose(one);
    await cluster.takeOver(two);
    await settle();
    const { seq } = on(two, id).record;
    const answer = await on(one, id).chooses('away');
    expect(answer).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
    expect(await on(two, id).chooses('busy')).toMatchObject({ ok: true, seq: seq + 1 });
    expect(on(one, id).record).toEqual(on(two, id).record);
    const back = await cluster.join([]);
    await cluster.handOver(partitionOf(id), back);
    expect(await on(two, id).chooses('available')).toMatchObject({ ok: true, seq: seq + 2 });
    expect(cluster.ownerOf(partitionOf(id))).toBe(back);
  });

  test('B6: a command that the former owner carried out is answered by the next as it was', async () => {
    const { cluster, one, two, session } = await start();
    const id = crossing(LOWER, true);
    const first = await on(one, id).chooses('busy', { session: session(id), id: 'c1' });
    await cluster.handOver(partitionOf(id), two);
    await on(two, id).chooses('away', { session: session(id), id: 'c2' });
    expect(await on(two, id).chooses('busy', { session: session(id), id: 'c1' })).toEqual(first);
  });

  test('C10: a session on requests outlasts its node, and ends by whoever owns the agent then', async () => {
    const { cluster, one, two, session } = await start();
    const id = crossing(LOWER, true);
    await on(one, id).saysBye(session(id));
    const requests = `${one.name}-${randomUUID()}`;
    const begins = opening(requests, { lives: 'on_requests', login: 'a log-in session' });
    await on(two, id).chooses('busy', { opening: begins });
    cluster.lose(one);
    await cluster.takeOver(two);
    await cluster.clock.advance(1_000);
    expect(on(two, id).record).toMatchObject({ connectivity: 'connected', sessions: [{ id: requests }] });
    await two.engine.release(partitionOf(id));
    two.engine.lapse({ agentId: id, session: requests, login: 'a log-in session' });
    await cluster.clock.advance(1_000);
    await two.engine.claim(partitionOf(id));
    await cluster.clock.advance(200);
    expect(on(two, id).record).toMatchObject({ status: 'offline', cause: 'disconnect', sessions: [] });
  });

  test('C3: a log-out ends presence at once that another node holds, also while it waits for somebody’s return', async () => {
    const { cluster, one, two, session } = await start();
    using presence = presenceOf(two, cluster);
    const logOut = (id: number) => presence.logOut({ userId: id, sessionId: opening(session(id)).login });
    // Owned and connected there; and owned here, but for the connection that was lost there.
    const [live, lost] = [crossing(LOWER, true), crossing(UPPER, true)];
    on(one, lost).loses(session(lost));
    await settle();
    expect(on(two, lost).record.connectivity).toBe('reconnecting');
    await Promise.all([logOut(live), logOut(lost)]);
    for (const node of [one, two])
      for (const id of [live, lost])
        expect(on(node, id).record).toMatchObject({ status: 'offline', cause: 'agent', sessions: [] });
  });

  test('C3, C6: so it does after the node is gone that held it, by whoever has taken over', async () => {
    const { cluster, one, two, session } = await start();
    const id = crossing(LOWER, true);
    cluster.lose(one);
    await cluster.takeOver(two);
    await cluster.clock.advance(1_000);
    expect(on(two, id).record.connectivity).toBe('reconnecting');
    using presence = presenceOf(two, cluster);
    await presence.logOut({ userId: id, sessionId: opening(session(id)).login });
    expect(on(two, id).record).toMatchObject({ status: 'offline', cause: 'agent', sessions: [] });
  });

  test('B1: while nobody owns it commands are refused for now, and the news of connections are kept', async () => {
    const { cluster, one, two, session } = await start();
    const id = crossing(LOWER, true);
    await one.engine.release(partitionOf(id));
    expect(await on(two, id).chooses('busy')).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
    on(one, id).loses(session(id));
    await cluster.clock.advance(1_000);
    await two.engine.claim(partitionOf(id));
    await cluster.clock.advance(200);
    expect(on(one, id).record.connectivity).toBe('reconnecting');
  });
});
