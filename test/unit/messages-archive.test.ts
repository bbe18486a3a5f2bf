import { beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { Letters } from '../../engine/letters.ts';
import { envelopeOf } from '../../engine/mailbox.ts';
import { Mailboxes } from '../../engine/mailboxes.ts';
import { member, startEngine } from '../support/engines.ts';
import { FakeArchive } from '../support/fake-archive.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { direct, idOf, messagesOf, notesOf, Reception, sends } from '../support/post.ts';

let clock: FakeClock;
let journal: MemoryJournal;
let archive: FakeArchive;
let engine: Engine;

beforeEach(async () => {
  clock = new FakeClock();
  journal = new MemoryJournal();
  archive = new FakeArchive(journal);
  ({ engine } = await startEngine({ clock, journal, archive }));
});

/** So many messages of user 1 to user 2. */
async function sendMany(count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push(idOf(await sends(engine, 1, { to: direct(2), content: `${n}` })));
  return ids;
}

/** Confirms whatever comes until no more does. */
async function drain(reception: Reception): Promise<readonly string[]> {
  for (let got = -1; got < reception.ids.length;) {
    got = reception.ids.length;
    reception.confirm();
    // What is looked for takes some turns.
    for (let turn = 0; turn < 10; turn++) await settle();
  }
  return reception.ids;
}

describe('H2: more messages than memory keeps', () => {
  test('H2: all are delivered, the newest first from memory and the others from the documents, each once', async () => {
    const ids = await sendMany(200);
    using reception = new Reception(engine, 2);
    const got = await drain(reception);
    expect(got.slice(0, 64)).toEqual(ids.slice(-64));
    expect(got).toHaveLength(200);
    expect(new Set(got)).toEqual(new Set(ids));
    using next = new Reception(engine, 2);
    expect(await drain(next)).toEqual([]);
    const { searches } = archive;
    using afterwards = new Reception(engine, 2);
    expect(await drain(afterwards)).toEqual([]);
    expect(archive.searches).toBe(searches);
  });

  test('H2: a connection that ends before all have come leaves the others to the next', async () => {
    const ids = await sendMany(100);
    const first = new Reception(engine, 2);
    for (let turn = 0; turn < 9; turn++) first.confirm();
    for (let turn = 0; turn < 10; turn++) await settle();
    expect(first.ids).toHaveLength(72);
    first[Symbol.dispose]();
    using next = new Reception(engine, 2);
    const got = [...first.ids.slice(0, 64), ...(await drain(next))];
    expect(got).toHaveLength(100);
    expect(new Set(got)).toEqual(new Set(ids));
  });

  test('H4: while the documents are away or lag, those in memory are; the others when they are back', async () => {
    const ids = await sendMany(70);
    archive.isAway = true;
    archive.isSlow = true;
    using reception = new Reception(engine, 2);
    expect(await drain(reception)).toEqual(ids.slice(-64));
    await clock.advance(20_000);
    archive.isAway = false;
    await clock.advance(20_000);
    expect(reception.ids).toHaveLength(64);
    await archive.project();
    await clock.advance(5_000);
    expect((await drain(reception)).slice(64)).toEqual(ids.slice(0, 6).toReversed());
  });

  test('H2: what is sent while the documents are searched comes once', async () => {
    await sendMany(70);
    using reception = new Reception(engine, 2);
    const late = sendMany(3);
    await drain(reception);
    await late;
    await clock.advance(5_000);
    const got = await drain(reception);
    expect(got).toHaveLength(73);
    expect(new Set(got).size).toBe(73);
  });

  test('H1: of those to all, too', async () => {
    for (let n = 0; n < 66; n++) await sends(engine, 1, { to: { kind: 'all' } });
    using reception = new Reception(engine, 2);
    expect(new Set(await drain(reception))).toEqual(new Set((await messagesOf(journal)).map(({ id }) => id)));
  });
});

describe('H2: receipts of what memory does not keep', () => {
  test('H2: follow what the documents hold', async () => {
    const [old = ''] = await sendMany(70);
    await archive.project();
    archive.isSlow = true;
    expect(await engine.messages.read(2, [old])).toMatchObject({ ok: true });
    expect(await engine.messages.read(3, [old])).toMatchObject({ code: 'NOT_FOUND' });
    expect(await engine.messages.read(2, ['nothing'])).toMatchObject({ code: 'UNAVAILABLE' });
    await archive.project();
    expect(await engine.messages.read(2, ['nothing'])).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('H4: are accepted while the documents are away, where memory knows the message; else they are to be tried again', async () => {
    const ids = await sendMany(70);
    archive.isAway = true;
    expect(await engine.messages.read(2, [ids.at(-1) ?? ''])).toMatchObject({ ok: true });
    const before = (await notesOf(journal)).length;
    const command = { id: 'r', user: 2 };
    expect(await engine.messages.read(2, [ids[0] ?? ''], command)).toMatchObject({ code: 'UNAVAILABLE' });
    expect(await notesOf(journal)).toHaveLength(before);
    archive.isAway = false;
    await archive.project();
    expect(await engine.messages.read(2, [ids[0] ?? ''], command)).toMatchObject({ ok: true });
  });
});

describe('H4: what memory holds', () => {
  test('H4: are texts up to a bound; beyond it they come out of the documents', async () => {
    await sendMany(3);
    await archive.project();
    const letters = new Letters(archive, 1_100);
    const sent = await messagesOf(journal);
    for (const message of sent) letters.keep(message);
    expect(sent.map(({ id }) => letters.atHand(id)?.content)).toEqual([undefined, '1', '2']);
    const [first] = sent;
    if (first === undefined) throw new TypeError('three were sent');
    expect(await letters.fetch(envelopeOf(first))).toMatchObject({ content: '0' });
    expect(letters.atHand(first.id)).not.toHaveProperty('recipientIds');
    archive.isAway = true;
    await expect(letters.fetch({ ...envelopeOf(first), id: 'another' })).rejects.toThrow('away');
  });

  test('H4: are the newest few of each user, however many there were', async () => {
    const mailboxes = new Mailboxes({ memberOf: (id) => member(id), now: () => clock.now() });
    const message = { ...(await someMessage()), recipientIds: [2] };
    for (let n = 0; n < 1000; n++) mailboxes.fold({ kind: 'message', message: { ...message, id: `m${n}` } });
    for (let n = 900; n < 1000; n++)
      mailboxes.fold({
        kind: 'receipt',
        receipt: { messageId: `m${n}`, recipientId: 2, step: 'delivered', at: 0 },
      });
    for (let n = 0; n < 1000; n++)
      mailboxes.fold({ kind: 'message', message: { ...message, id: `a${n}`, recipientIds: null } });
    const mailbox = mailboxes.of(2);
    expect(mailbox.isPartial).toBe(true);
    expect(mailbox.all.length).toBeLessThanOrEqual(128);
    expect(mailbox.undelivered.at(-1)?.id).toBe('a999');
  });

  test('H4: is nothing that has expired: it crowds nobody out', async () => {
    const mailboxes = new Mailboxes({ memberOf: (id) => member(id), now: () => clock.now() });
    const message = { ...(await someMessage()), expiresAt: clock.now() };
    for (let n = 0; n < 100; n++)
      for (const recipientIds of [[2], null])
        mailboxes.fold({
          kind: 'message',
          message: { ...message, id: `m${n} to ${recipientIds?.length ?? 'all'}`, recipientIds },
        });
    expect([mailboxes.of(2).isPartial, mailboxes.of(2).all]).toEqual([false, []]);
  });

  test('H2: of a log whose beginning is gone is not taken for all there is', async () => {
    const mailboxes = new Mailboxes({ memberOf: (id) => member(id), now: () => clock.now() });
    mailboxes.beginLate();
    expect(mailboxes.of(2).isPartial).toBe(true);
  });
});

async function someMessage() {
  await sendMany(1);
  const [message] = await messagesOf(journal);
  if (message === undefined) throw new TypeError('one was sent');
  return message;
}
