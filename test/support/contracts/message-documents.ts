import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BadCursor, type Documents, type InboxQuery } from '../../../engine/documents/port.ts';
import type { ActivityDocument, MessageDocument, ReceiptChange } from '../../../engine/documents/shapes.ts';
import type { Entry } from '../../../engine/projection.ts';
import type { DrivenDocuments } from '../document-drivers.ts';

const NOW = Date.UTC(2026, 0, 5, 8);
const [ANN, BOB, EVE] = [21, 22, 23];

let made = 0;

/** What every adapter does with messages, receipts and activities. */
export function keepsMessages(open: () => Promise<DrivenDocuments>): void {
  describe('of messages', () => {
    let driven: DrivenDocuments;
    let documents: Documents;
    const organisationId = 100;
    let epoch = '';
    let position = 0;
    beforeAll(async () => {
      driven = await open();
      ({ documents } = driven);
    });
    afterAll(() => driven[Symbol.asyncDispose]());
    beforeEach(async () => {
      await driven.clear();
      epoch = randomUUID();
      position = await documents.position(epoch);
    });

    function message(more: Partial<MessageDocument> = {}): MessageDocument {
      made += 1;
      return {
        id: `m${String(made).padStart(4, '0')}`,
        organisationId,
        kind: 'direct',
        senderId: EVE,
        senderName: 'Eve',
        teamId: null,
        recipientIds: [ANN],
        subject: null,
        content: 'a word',
        priority: 'normal',
        holdUntilFree: false,
        createdAt: NOW + made,
        expiresAt: null,
        ...more,
      };
    }
    /** In one batch of the journal each. */
    async function project(...entries: readonly Entry[]): Promise<void> {
      const placed = entries.map((entry, at) => ({ ...entry, offset: position + at + 1 }));
      const projection = { epoch, after: position, upTo: position + placed.length, entries: placed };
      position = (await documents.apply(projection)).position;
      expect(position).toBe(projection.upTo);
      await documents.apply(projection);
    }
    const inbox = async (userId: number, more: Partial<InboxQuery> = {}) =>
      (await documents.inbox({ organisationId, userId, since: 0, now: NOW, limit: 50, ...more })).rows;
    const idsOf = async (...asked: Parameters<typeof inbox>) =>
      (await inbox(...asked)).map(({ message: { id } }) => id);

    test('H1: reach those who were named, newest first, and nobody else', async () => {
      const direct = message();
      const team = message({ kind: 'team', teamId: 1, recipientIds: [ANN, BOB] });
      await project(sent(direct), sent(team));
      expect(await idsOf(ANN)).toEqual([team.id, direct.id]);
      expect(await idsOf(BOB)).toEqual([team.id]);
      expect(await idsOf(EVE)).toEqual([]);
      expect(await documents.message(organisationId, team.id)).toEqual(team);
      expect((await inbox(BOB))[0]).toEqual({
        message: team,
        receipt: {
          messageId: team.id,
          recipientId: BOB,
          sentAt: team.createdAt,
          deliveredAt: null,
          readAt: null,
          acknowledgedAt: null,
        },
      });
    });

    test('H1: for all reach everybody who existed before, but their sender', async () => {
      const toAll = message({ kind: 'all', recipientIds: null });
      await project(sent(toAll));
      expect(await idsOf(BOB)).toEqual([toAll.id]);
      expect(await idsOf(BOB, { since: toAll.createdAt + 1 })).toEqual([]);
      expect(await idsOf(EVE)).toEqual([]);
    });

    test('H1: that have expired are hidden', async () => {
      const brief = message({ expiresAt: NOW + 100_000 });
      await project(sent(brief));
      expect(await idsOf(ANN)).toEqual([brief.id]);
      expect(await idsOf(ANN, { now: NOW + 100_000 })).toEqual([]);
    });

    test('H1: to ten thousand recipients are stored at once', async () => {
      const recipientIds = Array.from({ length: 10_000 }, (_, index) => 1000 + index);
      const toMany = message({ kind: 'team', teamId: 1, recipientIds });
      await project(sent(toMany));
      const first = await documents.receipts(organisationId, toMany.id, { limit: 6000 });
      const rest = await documents.receipts(organisationId, toMany.id, {
        limit: 6000,
        cursor: first.next ?? '',
      });
      expect([...first.rows, ...rest.rows].map(({ recipientId }) => recipientId)).toEqual(recipientIds);
      expect(rest.next).toBeNull();
    });

    test('H2: receipts keep the first time of each step', async () => {
      const direct = message();
      const toAll = message({ kind: 'all', recipientIds: null });
      await project(
        sent(direct),
        sent(toAll),
        step(direct, { recipientId: ANN, step: 'delivered', at: NOW + 10 }),
        step(direct, { recipientId: ANN, step: 'delivered', at: NOW + 20 }),
        step(toAll, { recipientId: BOB, step: 'read', at: NOW + 30 }),
      );
      await project(
        step(direct, { recipientId: ANN, step: 'delivered', at: NOW + 40 }),
        step(direct, { recipientId: ANN, step: 'read', at: NOW + 50 }),
        step(direct, { recipientId: ANN, step: 'acknowledged', at: NOW + 60 }),
      );
      expect((await documents.receipts(organisationId, direct.id, { limit: 9 })).rows).toEqual([
        {
          messageId: direct.id,
          recipientId: ANN,
          sentAt: direct.createdAt,
          deliveredAt: NOW + 10,
          readAt: NOW + 50,
          acknowledgedAt: NOW + 60,
        },
      ]);
      expect((await documents.receipts(organisationId, toAll.id, { limit: 9 })).rows).toMatchObject([
        { recipientId: BOB, sentAt: toAll.createdAt, deliveredAt: null, readAt: NOW + 30 },
      ]);
    });

    test('H2: an inbox tells what was not delivered, and what was not read', async () => {
      const [one, two, three] = [message(), message({ kind: 'all', recipientIds: null }), message()];
      await project(
        ...[one, two, three].map(sent),
        step(two, { recipientId: ANN, step: 'delivered', at: NOW }),
        step(three, { recipientId: ANN, step: 'read', at: NOW }),
      );
      expect(await idsOf(ANN, { only: 'undelivered' })).toEqual([one.id]);
      expect(await idsOf(ANN, { only: 'unread' })).toEqual([two.id, one.id]);
    });

    test('H1: an inbox comes in pages, whoever the messages are for', async () => {
      const messages = Array.from({ length: 7 }, (_, index) =>
        message(index % 2 === 0 ? { createdAt: NOW } : { createdAt: NOW, kind: 'all', recipientIds: null }),
      );
      await project(...messages.map(sent));
      const query = { organisationId, userId: ANN, since: 0, now: NOW, limit: 3 };
      const ids = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await documents.inbox({ ...query, ...(cursor && { cursor }) });
        ids.push(...page.rows.map(({ message: { id } }) => id));
        cursor = page.next;
      }
      expect(ids).toEqual(messages.map(({ id }) => id).toReversed());
      await expect(documents.inbox({ ...query, cursor: 'x' })).rejects.toThrow(BadCursor);
    });

    test('J1: belong to one organisation', async () => {
      const direct = message();
      await project(sent(direct));
      expect(await documents.message(organisationId + 1, direct.id)).toBeNull();
      expect((await documents.receipts(organisationId + 1, direct.id, { limit: 9 })).rows).toEqual([]);
      expect(await idsOf(ANN, { organisationId: organisationId + 1 })).toEqual([]);
    });

    test('H4: activities are recorded once, and come in pages by time and type', async () => {
      const activity = (id: string, more: Partial<ActivityDocument> = {}): ActivityDocument => ({
        id,
        organisationId,
        agentId: ANN,
        type: 'ticket_assigned',
        description: 'a ticket',
        at: NOW,
        metadata: { ticketId: 'T1' },
        ...more,
      });
      const recorded = [
        activity('a'),
        activity('b', { at: NOW + 1, type: 'message_sent', metadata: null }),
        activity('c', { at: NOW + 1 }),
        activity('d', { at: NOW + 2 }),
      ];
      const again = activity('a', { description: 'another', at: NOW + 9 });
      await project(
        ...[...recorded, again].map((each): Entry => ({ offset: 0, kind: 'activity', activity: each })),
      );
      const agent = { organisationId, agentId: ANN };
      const range = { from: NOW, to: NOW + 10, limit: 3 };
      const first = await documents.activities(agent, range);
      expect(first.rows).toEqual(recorded.slice(0, 3));
      const rest = await documents.activities(agent, { ...range, cursor: first.next ?? '' });
      expect(rest).toEqual({ rows: recorded.slice(3), next: null });
      const sentOnly = await documents.activities(agent, { ...range, types: ['message_sent'] });
      expect(sentOnly.rows.map(({ id }) => id)).toEqual(['b']);
      expect((await documents.activities({ ...agent, agentId: BOB }, range)).rows).toEqual([]);
      const elsewhere = { ...agent, organisationId: organisationId + 1 };
      expect((await documents.activities(elsewhere, range)).rows).toEqual([]);
    });
  });
}

function sent(message: MessageDocument): Entry {
  return { offset: 0, kind: 'message', message };
}

function step({ id: messageId }: MessageDocument, change: Omit<ReceiptChange, 'messageId'>): Entry {
  return { offset: 0, kind: 'receipt', receipt: { messageId, ...change } };
}
