import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Documents, Purge } from '../../../engine/documents/port.ts';
import type { Entry } from '../../../engine/projection.ts';
import type { DrivenDocuments } from '../document-drivers.ts';
import { ALL_TIME, allTold, type Cast, History } from '../histories.ts';

const ORGANISATION = 8;
const AGENTS = Array.from({ length: 25 }, (_, index) => index + 1);
const HOUR_MS = 3_600_000;
const EVERYTHING = { log: 1_000, offset: 0 };

/** Some log out, some stay, one is only ever there once; an hour lies between the two halves. */
async function twoHalves({ clock, agents }: Cast): Promise<void> {
  for (const agent of agents) await agent.opens(`a${agent.agent}`);
  await clock.advance(1000);
  for (const agent of agents.slice(0, 10)) await agent.saysBye(`a${agent.agent}`);
  for (const agent of agents.slice(10)) await agent.chooses('busy');
  await clock.advance(HOUR_MS);
  for (const agent of agents.slice(1, 15)) await agent.opens(`b${agent.agent}`);
  await clock.advance(1000);
  for (const agent of agents.slice(5, 15)) await agent.chooses('away', { reason: 'gone' });
}

/** What every adapter does to keep the history in shape. */
export function keepsHistory(open: () => Promise<DrivenDocuments>): void {
  describe('of long ago', () => {
    let driven: DrivenDocuments;
    let documents: Documents;
    let history: History;
    /** Between the two halves. */
    let middle = 0;
    beforeAll(async () => {
      driven = await open();
      ({ documents } = driven);
    });
    afterAll(() => driven[Symbol.asyncDispose]());
    beforeEach(async () => {
      await driven.clear();
      history = await History.lived(AGENTS, { organisationId: ORGANISATION, live: twoHalves });
      middle = (history.events[0]?.at ?? 0) + HOUR_MS / 2;
      await documents.position(history.epoch);
      await documents.apply(history.projection());
    });

    const told = () => allTold(documents, ORGANISATION, AGENTS);
    const purge = (more: Partial<Purge> = {}) =>
      documents.purge({
        organisationId: ORGANISATION,
        historyBefore: 0,
        foldedUpTo: EVERYTHING,
        messagesBefore: 0,
        ...more,
      });

    test('F3: a rebuild makes of the events what stood, whatever was lost', async () => {
      const before = await told();
      await driven.spoil();
      expect(await told()).not.toEqual(before);
      await documents.rebuild();
      expect(await told()).toEqual(before);
      expect(await documents.statuses(1, [2_000_000_001])).toEqual([]);
      // And the next projection goes on from it.
      const more = await History.lived([1], {
        organisationId: ORGANISATION,
        live: async ({ agents: [one] }) => void (await one?.opens('c1')),
      });
      await documents.position(more.epoch);
      expect(await documents.apply(more.projection())).toEqual({ position: more.head, missing: 0 });
    });

    test('F3: a rebuild after the journal was replaced knows what was of which', async () => {
      const next = new History(randomUUID(), history.batches.slice(0, 40));
      await documents.position(next.epoch);
      await documents.apply(next.projection());
      const before = await told();
      await documents.rebuild();
      expect(await told()).toEqual(before);
    });

    test('F6: history before is cut, what came later and where everybody stands are not', async () => {
      const before = await told();
      const { events, sessions } = await purge({ historyBefore: middle });
      expect(events).toBe(history.events.filter(({ at }) => at < middle).length);
      expect(sessions).toBe(10);
      const after = await told();
      for (const [at, { status, version, timeline, sessions: kept }] of after.entries()) {
        expect(status).toEqual(before[at]?.status);
        expect(version).toEqual(before[at]?.version);
        expect(timeline).toEqual(before[at]?.timeline.filter(({ event }) => event.at >= middle));
        expect(kept).toEqual(before[at]?.sessions.filter(({ endedAt }) => (endedAt ?? middle) >= middle));
      }
      expect((await purge({ historyBefore: middle })).events).toBe(0);
    });

    test('F6: what is kept still folds to the same states, and is rebuilt from', async () => {
      await purge({ historyBefore: middle });
      const before = await told();
      for (const agentId of AGENTS) {
        const agent = { organisationId: ORGANISATION, agentId };
        const events = history.eventsOf(agentId);
        const cut = events.filter(({ at }) => at < middle).length;
        for (const { seq } of events) {
          const expected = seq >= cut ? history.recordAt(agentId, seq) : null;
          expect(await documents.stateAt(agent, seq)).toEqual(expected);
        }
      }
      await driven.spoil();
      await documents.rebuild();
      expect(await told()).toEqual(before);
    });

    test('F6: nothing is cut behind what intervals were folded up to', async () => {
      const [first] = (await told()).flatMap(({ timeline }) => timeline);
      const log = first?.log ?? 0;
      const bound = history.batches[9]?.offset ?? 0;
      const { events } = await purge({
        historyBefore: ALL_TIME.to,
        foldedUpTo: { log, offset: bound },
      });
      expect(events).toBe(history.batches.slice(0, 10).reduce((sum, { count }) => sum + count, 0));
      expect((await purge({ historyBefore: ALL_TIME.to, foldedUpTo: { log: 0, offset: 0 } })).events).toBe(0);
    });

    test('F6: all of it may go, and agents still stand where they stood; J1: of one organisation', async () => {
      const before = await told();
      expect((await purge({ organisationId: 9, historyBefore: ALL_TIME.to })).events).toBe(0);
      expect((await purge({ historyBefore: ALL_TIME.to })).events).toBe(history.events.length);
      expect((await told()).map(({ status }) => status)).toEqual(before.map(({ status }) => status));
      const kept = await told();
      await documents.rebuild();
      expect((await told()).filter(({ timeline }) => timeline.length > 0)).toEqual([]);
      expect((await told()).map(({ sessions }) => sessions)).toEqual(kept.map(({ sessions }) => sessions));
      expect((await told()).map(({ status }) => status)).toEqual(before.map(({ status }) => status));
    });

    test('H4, F6: messages go when they are old, activities with the history', async () => {
      const { head } = history;
      const message = (id: string, createdAt: number): Entry => ({
        offset: head + 1,
        kind: 'message',
        message: {
          id,
          organisationId: ORGANISATION,
          kind: 'direct',
          senderId: null,
          senderName: null,
          teamId: null,
          recipientIds: [1],
          subject: null,
          content: 'a word',
          priority: 'low',
          holdUntilFree: false,
          createdAt,
          expiresAt: null,
        },
      });
      const activity = (id: string, at: number): Entry => ({
        offset: head + 1,
        kind: 'activity',
        activity: {
          id,
          organisationId: ORGANISATION,
          agentId: 1,
          type: 'csat',
          description: '',
          at,
          metadata: null,
        },
      });
      await documents.apply({
        epoch: history.epoch,
        after: head,
        upTo: head + 1,
        entries: [
          message('old', middle - 1),
          message('new', middle),
          activity('old', middle - 1),
          activity('new', middle),
        ],
      });
      expect(await purge({ historyBefore: middle, messagesBefore: middle })).toMatchObject({
        messages: 1,
        activities: 1,
      });
      expect(await documents.message(ORGANISATION, 'old')).toBeNull();
      expect(await documents.message(ORGANISATION, 'new')).not.toBeNull();
      expect((await documents.receipts(ORGANISATION, 'old', { limit: 9 })).rows).toEqual([]);
      const { rows } = await documents.activities({ organisationId: ORGANISATION, agentId: 1 }, ALL_TIME);
      expect(rows.map(({ id }) => id)).toEqual(['new']);
    });
  });
}
