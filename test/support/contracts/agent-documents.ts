import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BadCursor, type Documents } from '../../../engine/documents/port.ts';
import { type Projection, TargetRefused } from '../../../engine/projection.ts';
import type { DrivenDocuments } from '../document-drivers.ts';
import { ALL_TIME, allTold, type Cast, History, toldOf } from '../histories.ts';

const ORGANISATION = 7;
const [ANN, BOB] = [11, 12];

/** A day in small: log-ins, choices, a call, a lost connection, a forced status, a log-out. */
async function aDay({ clock, agents: [ann, bob] }: Cast): Promise<void> {
  await ann?.opens('s1');
  await bob?.opens('t1');
  await clock.advance(60_000);
  await ann?.chooses('busy', { reason: 'a call', session: 's1' });
  await ann?.works('s1', 1, 4);
  await clock.advance(60_000);
  await ann?.opens('s2');
  ann?.loses('s1');
  await clock.advance(61_000);
  await bob?.isForced('break', { hold: true });
  await bob?.isReleased();
  await bob?.chooses('away');
  await clock.advance(5_000);
  await bob?.saysBye('t1');
  await ann?.chooses('available', { session: 's2' });
}

/** What every adapter does with agents. */
export function keepsAgents(open: () => Promise<DrivenDocuments>): void {
  describe('of agents', () => {
    let driven: DrivenDocuments;
    let documents: Documents;
    beforeAll(async () => {
      driven = await open();
      ({ documents } = driven);
    });
    afterAll(() => driven[Symbol.asyncDispose]());
    beforeEach(() => driven.clear());

    /** A journal of its own for each test, followed by the documents from its beginning. */
    async function begin(live = aDay): Promise<History> {
      const history = await History.lived([ANN, BOB], { organisationId: ORGANISATION, live });
      expect(await documents.position(history.epoch)).toBe(0);
      return history;
    }
    const told = () => allTold(documents, ORGANISATION, [ANN, BOB]);

    test('F3: status, events and sessions are there, and how far the journal was followed', async () => {
      const history = await begin();
      const applied = await documents.apply(history.projection());
      expect(applied).toEqual({ position: history.head, missing: 0 });
      expect(await documents.position(history.epoch)).toBe(history.head);

      const [ann, bob] = await told();
      const events = history.eventsOf(ANN);
      const last = events.at(-1);
      expect(ann?.status).toEqual({
        agentId: ANN,
        organisationId: ORGANISATION,
        teamId: 1,
        status: 'available',
        category: 'available',
        previousStatus: 'busy',
        statusTimestamp: last?.at,
        cause: 'agent',
        changedBy: ANN,
        reason: null,
        connectivity: 'connected',
        duty: 'available',
        activity: 'active',
        routable: true,
        sessionId: 's2',
        location: { ipAddress: '127.0.0.1', deviceInfo: 'a device' },
        workload: { currentTasks: 1, maxTasks: 4, utilizationPercent: 25 },
        version: events.length,
        createdAt: events[0]?.at,
        updatedAt: last?.at,
      });
      expect(ann?.version).toBe(events.length);
      expect(ann?.timeline.map(({ event }) => event)).toEqual(events);
      expect(ann?.sessions).toMatchObject([
        { id: 's2', endedAt: null, endedBy: null, lostAt: null },
        { id: 's1', device: 'a device', endedBy: 'session_expired', startedAt: events[0]?.at },
      ]);
      expect(bob?.status).toMatchObject({
        status: 'offline',
        previousStatus: 'away',
        connectivity: 'disconnected',
        sessionId: null,
        location: null,
        workload: { currentTasks: 0, maxTasks: null, utilizationPercent: null },
      });
      expect(bob?.sessions[0]).toMatchObject({
        id: 't1',
        endedBy: 'logged_out',
        endedAt: expect.any(Number) as number,
      });
      const both = await documents.statuses(ORGANISATION, [BOB, ANN, 99]);
      expect(both).toEqual([ann?.status, bob?.status]);
    });

    test('F3: however the journal is cut into projections, the documents are the same', async () => {
      const history = await begin();
      await documents.apply(history.projection());
      const whole = await told();
      await driven.clear();
      const again = new History(randomUUID(), history.batches);
      expect(await documents.position(again.epoch)).toBe(0);
      for (let at = 0; at < again.batches.length; at++) await documents.apply(again.projection(at, at + 1));
      expect(await told()).toEqual(whole);
    });

    test('F3: a projection that comes again, or overlaps another, changes nothing', async () => {
      const history = await begin();
      const half = Math.floor(history.batches.length / 2);
      await documents.apply(history.projection(0, half));
      const before = await told();
      expect((await documents.apply(history.projection(0, half))).position).toBe(
        history.projection(0, half).upTo,
      );
      expect((await documents.apply(history.projection(1, half - 1))).position).toBe(
        history.projection(0, half).upTo,
      );
      expect(await told()).toEqual(before);

      await documents.apply(history.projection(half - 2));
      const after = await told();
      expect(after[0]?.timeline.map(({ event }) => event)).toEqual(history.eventsOf(ANN));
      await documents.apply(history.projection());
      expect(await told()).toEqual(after);
    });

    test('F3: nothing is taken in behind a gap', async () => {
      const history = await begin();
      await documents.apply(history.projection(0, 3));
      const before = await told();
      expect(await documents.apply(history.projection(4))).toEqual({
        position: history.projection(0, 3).upTo,
        missing: 0,
      });
      expect(await told()).toEqual(before);
    });

    test('F3: two projectors at once leave what one would', async () => {
      const history = await begin();
      const follow = async (target: Documents, step: number) => {
        for (let at = 0; at < history.batches.length;) {
          const { position } = await target.apply(history.projection(at, at + step));
          at = history.batches.findIndex(({ offset }) => offset > position);
          if (at === -1) return;
        }
      };
      await Promise.all([follow(documents, 2), follow(driven.another(), 3), follow(driven.another(), 1)]);
      expect(await documents.position(history.epoch)).toBe(history.head);
      for (const agent of [ANN, BOB]) {
        const { timeline } = await toldOf(documents, ORGANISATION, agent);
        expect(timeline.map(({ event }) => event)).toEqual(history.eventsOf(agent));
      }
    });

    test('F3: a new journal that several begin to follow at once is begun once', async () => {
      const history = await begin();
      const positions = [documents, driven.another(), driven.another()].map((each) =>
        each.position(history.epoch),
      );
      expect(await Promise.all(positions)).toEqual([0, 0, 0]);
    });

    test('F3: what can never be taken is refused, and changes nothing', async () => {
      const history = await begin();
      await documents.apply(history.projection(0, 2));
      const before = await told();
      const next = history.projection(2);
      const bad: Projection = { ...next, entries: [...next.entries, ...next.entries.slice(0, 1)] };
      await expect(documents.apply(bad)).rejects.toThrow(TargetRefused);
      expect(await told()).toEqual(before);
      expect(await documents.position(history.epoch)).toBe(next.after);
      expect((await documents.apply(next)).position).toBe(history.head);
    });

    test('F3: events that the journal had given up are counted as missing', async () => {
      const history = await begin();
      const all = history.projection();
      const kept = all.entries.filter((entry) => entry.kind !== 'event' || entry.event.seq > 2);
      expect(await documents.apply({ ...all, entries: kept })).toEqual({
        position: history.head,
        missing: 4,
      });
      expect((await toldOf(documents, ORGANISATION, ANN)).status).toMatchObject({ status: 'available' });
    });

    test('F3: in another journal nothing has happened yet; the history of the one before stays', async () => {
      const history = await begin();
      await documents.apply(history.projection());
      const [before] = await told();
      const next = new History(randomUUID(), []);
      await documents.position(next.epoch);
      const [after] = await told();
      expect(after).toMatchObject({ status: null, version: 0, timeline: before?.timeline });
      expect(after?.sessions[0]).toEqual({
        ...before?.sessions[0],
        endedAt: before?.status?.updatedAt,
        endedBy: 'journal_replaced',
      });
      await expect(documents.position(history.epoch)).rejects.toThrow(TargetRefused);
      await expect(documents.apply(history.projection())).rejects.toThrow(TargetRefused);
    });

    test('B9: the state at each version is what the events up to it fold to', async () => {
      const history = await begin();
      await documents.apply(history.projection());
      const agent = { organisationId: ORGANISATION, agentId: ANN };
      const latest = await documents.latestVersion(agent);
      for (let version = 1; version <= latest; version++)
        expect(await documents.stateAt(agent, version)).toEqual(history.recordAt(ANN, version));
      for (const version of [0, -1, latest + 1]) expect(await documents.stateAt(agent, version)).toBeNull();
    });

    test('a timeline comes in pages, within its time, and knows its own cursors', async () => {
      const history = await begin();
      await documents.apply(history.projection());
      const agent = { organisationId: ORGANISATION, agentId: ANN };
      const { timeline } = await toldOf(documents, ORGANISATION, ANN);
      const paged = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await documents.timeline(agent, { ...ALL_TIME, limit: 2, ...(cursor && { cursor }) });
        expect(page.rows.length).toBeLessThanOrEqual(2);
        paged.push(...page.rows);
        cursor = page.next;
      }
      expect(paged).toEqual(timeline);

      const [first, second] = [...new Set(timeline.map(({ event }) => event.at))];
      if (first === undefined || second === undefined) throw new RangeError('time stood still');
      const { rows } = await documents.timeline(agent, { from: first, to: second, limit: 1000 });
      expect(rows).toEqual(timeline.filter(({ event }) => event.at === first));
      for (const cursor of ['', 'x', 'e30', Buffer.from('[1,2]').toString('base64url')])
        await expect(documents.timeline(agent, { ...ALL_TIME, cursor })).rejects.toThrow(BadCursor);
    });

    test('sessions come in pages, newest first, if they lived in that time', async () => {
      const history = await begin(async ({ clock, agents: [ann] }) => {
        for (const session of ['a', 'b', 'c', 'd']) {
          await ann?.opens(session);
          await clock.advance(1000);
          await ann?.saysBye(session, session);
          await clock.advance(1000);
        }
        await ann?.opens('e');
      });
      await documents.apply(history.projection());
      const agent = { organisationId: ORGANISATION, agentId: ANN };
      const [opened = 0] = history.eventsOf(ANN).map(({ at }) => at);
      const since = { from: opened, to: ALL_TIME.to };
      const first = await documents.sessions(agent, { ...since, limit: 3 });
      expect(first.rows.map(({ id }) => id)).toEqual(['e', 'd', 'c']);
      const rest = await documents.sessions(agent, { ...since, limit: 9, cursor: first.next ?? '' });
      expect(rest.rows.map(({ id }) => id)).toEqual(['b', 'a']);
      const within = await documents.sessions(agent, { from: opened + 2500, to: opened + 4000, limit: 9 });
      expect(within.rows.map(({ id }) => id)).toEqual(['b']);
    });

    test('J1: nothing is told of another organisation', async () => {
      const history = await begin();
      await documents.apply(history.projection());
      expect(await toldOf(documents, ORGANISATION + 1, ANN)).toEqual({
        status: null,
        version: 0,
        timeline: [],
        sessions: [],
      });
      expect(await documents.statuses(ORGANISATION + 1, [ANN])).toEqual([]);
      expect(await documents.stateAt({ organisationId: ORGANISATION + 1, agentId: ANN }, 1)).toBeNull();
    });
  });
}
