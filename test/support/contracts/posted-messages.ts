import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../engine/clock.ts';
import type { Documents } from '../../../engine/documents/port.ts';
import type { Engine } from '../../../engine/engine.ts';
import { MemoryJournal } from '../../../engine/journal/memory.ts';
import type { Member } from '../../../engine/member.ts';
import { Projector } from '../../../engine/projector.ts';
import type { DrivenDocuments } from '../document-drivers.ts';
import { member, startEngine } from '../engines.ts';
import { direct, idOf, notesOf, Reception, sends } from '../post.ts';

const ORGANISATION = 100;
const [ANN, BOB, EVE, LATE] = [21, 22, 23, 24];

/** What every adapter does with what an engine journals of messages. */
export function keepsWhatIsSent(open: () => Promise<DrivenDocuments>): void {
  describe('of what is sent', () => {
    let driven: DrivenDocuments;
    let documents: Documents;
    let journal: MemoryJournal;
    let projector: Projector;
    let engine: Engine;
    let people: readonly Member[];
    beforeAll(async () => {
      driven = await open();
      ({ documents } = driven);
    });
    afterAll(() => driven[Symbol.asyncDispose]());
    beforeEach(async () => {
      await driven.clear();
      people = [ANN, BOB, EVE].map((id) => member(id, { organisationId: ORGANISATION }));
      journal = new MemoryJournal();
      projector = new Projector({ journal, clock: systemClock, target: documents });
      engine = await start();
    });
    afterEach(async () => {
      await engine[Symbol.asyncDispose]();
      await projector[Symbol.asyncDispose]();
    });

    const caughtUp = async () => projector.reached(await journal.head(), 10_000);
    const start = async () =>
      (await startEngine({ journal, clock: systemClock, members: people, archive: { documents, caughtUp } }))
        .engine;
    const inbox = async (userId: number, only?: 'undelivered' | 'unread') => {
      await caughtUp();
      const { createdAt: since } = engine.member(userId) ?? member(userId);
      const query = { organisationId: ORGANISATION, userId, since, now: Date.now(), limit: 1000 };
      return (await documents.inbox({ ...query, ...(only && { only }) })).rows;
    };
    /** Everything that comes to a user, until nothing is undelivered. */
    const receiveAll = async (userId: number): Promise<readonly string[]> => {
      using reception = new Reception(engine, userId);
      for (;;) {
        reception.confirm();
        const left = await inbox(userId, 'undelivered');
        if (left.length === 0) return reception.ids;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };

    test('H4: messages, receipts and activities are there as they were journalled', async () => {
      const one = idOf(await sends(engine, ANN, { to: direct(BOB, EVE), subject: 'S', priority: 'urgent' }));
      await aMoment();
      const two = idOf(await sends(engine, EVE, { to: { kind: 'all' } }));
      expect(await engine.messages.acknowledge(BOB, one)).toMatchObject({ ok: true });
      expect(await engine.messages.read(BOB, [two])).toMatchObject({ ok: true });
      const activity = {
        id: 'a',
        organisationId: ORGANISATION,
        agentId: BOB,
        type: 'csat',
        description: 'well',
        at: Date.now(),
        metadata: { rating: 5 },
      };
      await engine.recordActivity(activity, { id: 'a', user: BOB });
      const notes = await notesOf(journal);
      const rows = await inbox(BOB);
      expect(rows.map(({ message }) => message)).toEqual(
        notes.flatMap((note) => (note.kind === 'message' ? [note.message] : [])).toReversed(),
      );
      const taken = (id: string, step: string) =>
        notes.flatMap((note) =>
          note.kind === 'receipt' && note.receipt.messageId === id && note.receipt.step === step
            ? [note.receipt.at]
            : [],
        )[0] ?? null;
      for (const { message, receipt } of rows) {
        expect(receipt).toEqual({
          messageId: message.id,
          recipientId: BOB,
          sentAt: message.createdAt,
          deliveredAt: taken(message.id, 'delivered'),
          readAt: taken(message.id, 'read'),
          acknowledgedAt: taken(message.id, 'acknowledged'),
        });
        expect(receipt.readAt).not.toBeNull();
      }
      expect(rows.map(({ receipt }) => receipt.acknowledgedAt === null)).toEqual([true, false]);
      const kept = await documents.activities(
        { organisationId: ORGANISATION, agentId: BOB },
        { from: 0, to: Date.now() + 1, limit: 9 },
      );
      expect(kept.rows).toEqual([activity]);
    });

    test('H2: what memory crowded out is delivered out of the documents, each once, also after a restart', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 150; n++) ids.push(idOf(await sends(engine, ANN, { to: direct(BOB) })));
      const first = await receiveAll(BOB);
      expect(new Set(first)).toEqual(new Set(ids));
      expect(first).toHaveLength(150);
      expect(await receiveAll(BOB)).toEqual([]);
      await engine[Symbol.asyncDispose]();
      engine = await start();
      expect(await receiveAll(BOB)).toEqual([]);
      const last = idOf(await sends(engine, ANN, { to: direct(BOB) }));
      expect(await receiveAll(BOB)).toEqual([last]);
    });

    test('H1: memory and documents agree on who has yet to get what, through a restart', async () => {
      await sends(engine, ANN, { to: { kind: 'all' } });
      await aMoment();
      people = [...people, member(LATE, { organisationId: ORGANISATION, createdAt: Date.now() })];
      const newcomer = people.at(-1);
      if (newcomer !== undefined) await engine.enrol(newcomer);
      const [one, two] = [
        idOf(await sends(engine, BOB, { to: { kind: 'all' } })),
        idOf(await sends(engine, BOB, { to: { kind: 'team', teamId: 1 }, expiresAt: Date.now() + 60_000 })),
      ];
      await sends(engine, EVE, { to: direct(ANN, LATE), expiresAt: Date.now() + 1 });
      await engine.messages.read(ANN, [one]);
      await engine.messages.read(EVE, [two]);
      await aMoment();
      for (const _ of ['before', 'after a restart']) {
        for (const userId of [ANN, BOB, EVE, LATE]) {
          using reception = new Reception(engine, userId);
          const stored = await inbox(userId, 'undelivered');
          expect(reception.ids.toSorted()).toEqual(stored.map(({ message }) => message.id).toSorted());
        }
        await engine[Symbol.asyncDispose]();
        engine = await start();
      }
    });
  });
}

/** Of two that are made in the same millisecond nobody can say which was first. */
function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}
