import { describe, expect, test } from 'vitest';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { direct, idOf, notesOf, Reception, sends, stepsOf } from '../support/post.ts';
import { startTold } from '../support/told-journal.ts';

describe('H2: delivery', () => {
  test('H2: is at once to every connection of the recipient, and recorded once it arrived at one', async () => {
    const { engine, journal } = await startEngine();
    using one = new Reception(engine, 2);
    using other = new Reception(engine, 2);
    const id = idOf(await sends(engine, 1, { to: direct(2) }));
    expect([one.ids, other.ids]).toEqual([[id], [id]]);
    expect(await stepsOf(journal, id)).toEqual([]);
    one.confirm();
    other.confirm();
    await settle();
    one.confirm();
    await settle();
    expect(await stepsOf(journal, id)).toEqual(['2 delivered']);
  });

  test('H2: to who is away is at the next connect, oldest first, and then no more', async () => {
    const { engine } = await startEngine();
    for (const content of ['first', 'second', 'third']) await sends(engine, 1, { to: direct(2), content });
    using next = new Reception(engine, 2);
    expect(next.contents).toEqual(['first', 'second', 'third']);
    next.confirm();
    await settle();
    using later = new Reception(engine, 2);
    expect(later.contents).toEqual([]);
  });

  test('H2: that did not arrive before the connection ended is repeated on the next', async () => {
    const { engine, journal } = await startEngine();
    const lost = new Reception(engine, 2);
    const [one, two] = [
      idOf(await sends(engine, 1, { to: direct(2) })),
      idOf(await sends(engine, 1, { to: direct(2) })),
    ];
    lost.confirm([one]);
    lost[Symbol.dispose]();
    await settle();
    using next = new Reception(engine, 2);
    expect(next.ids).toEqual([two]);
    expect(await stepsOf(journal, two)).toEqual([]);
  });

  test('H2: of what was sent while nobody was there survives a restart, with what was delivered and read', async () => {
    const journal = new MemoryJournal();
    const { engine, clock } = await startEngine({ journal });
    const toAll = { kind: 'all' } as const;
    const [one, two, three, four] = [
      idOf(await sends(engine, 1, { to: direct(2) })),
      idOf(await sends(engine, 1, { to: toAll })),
      idOf(await sends(engine, 1, { to: direct(2) })),
      idOf(await sends(engine, 1, { to: toAll })),
    ];
    using before = new Reception(engine, 2);
    before.confirm([two]);
    await engine.messages.read(2, [three]);
    await settle();
    await engine[Symbol.asyncDispose]();
    const { engine: next } = await startEngine({ journal, clock });
    using after = new Reception(next, 2);
    expect(after.ids).toEqual([one, four]);
    using other = new Reception(next, 3);
    expect(other.ids).toEqual([two, four]);
  });

  test('H2: goes on from the node that took over: who delivered stays delivered', async () => {
    const journal = new MemoryJournal();
    const { engine, clock } = await startEngine({ journal });
    const id = idOf(await sends(engine, 1, { to: direct(2) }));
    using before = new Reception(engine, 2);
    before.confirm();
    await settle();
    const { engine: successor } = await startEngine({ journal, clock });
    const later = idOf(await sends(successor, 1, { to: direct(2) }));
    // The node that was fenced still shows what is committed, and records nothing any more.
    expect(before.ids).toEqual([id, later]);
    before.confirm();
    await settle();
    using after = new Reception(successor, 2);
    expect(after.ids).toEqual([later]);
  });

  test('H2: to somebody who was away for long comes a few at a time', async () => {
    const { engine } = await startEngine();
    for (let n = 0; n < 20; n++) await sends(engine, 1, { to: direct(2), content: `${n}` });
    using next = new Reception(engine, 2);
    expect(next.contents).toHaveLength(8);
    next.confirm();
    expect(next.contents).toHaveLength(16);
    next.confirm();
    expect(next.contents).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`));
  });

  test('F5: a receipt that can not be written is repeated until it is', async () => {
    const { engine, clock, told, journal } = await startTold();
    using reception = new Reception(engine, 2);
    const id = idOf(await sends(engine, 1, { to: direct(2) }));
    told.isFailing = true;
    reception.confirm();
    await clock.advance(3_000);
    expect(await stepsOf(journal, id)).toEqual([]);
    told.isFailing = false;
    await clock.advance(200);
    expect(await stepsOf(journal, id)).toEqual(['2 delivered']);
  });
});

describe('H3: until the recipient is free', () => {
  test('H3: a message that may wait does, others and urgent ones do not', async () => {
    const { engine } = await startEngine();
    const busy = new Deeds(engine, 2);
    await busy.opens('s2');
    await busy.works('s2', 2, 3);
    using reception = new Reception(engine, 2);
    const held = { to: direct(2), holdUntilFree: true };
    await sends(engine, 1, { ...held, content: 'may wait' });
    await sends(engine, 1, { to: direct(2), content: 'may not' });
    await sends(engine, 1, { ...held, content: 'urgent', priority: 'urgent' });
    expect(reception.contents).toEqual(['may not', 'urgent']);
    await busy.works('s2', 1, 3);
    expect(reception.contents).toEqual(['may not', 'urgent']);
    await busy.works('s2', 0, 3);
    expect(reception.contents).toEqual(['may not', 'urgent', 'may wait']);
  });

  test('H3: it waits through a reconnect and a restart, and comes at once to who is free', async () => {
    const journal = new MemoryJournal();
    const { engine, clock } = await startEngine({ journal });
    const busy = new Deeds(engine, 2);
    await busy.opens('s2');
    await busy.works('s2', 1, 1);
    const held = { to: direct(2, 3), holdUntilFree: true };
    await sends(engine, 1, held);
    using free = new Reception(engine, 3);
    expect(free.contents).toEqual(['a word']);
    using reconnected = new Reception(engine, 2);
    expect(reconnected.contents).toEqual([]);
    await engine[Symbol.asyncDispose]();
    const { engine: next } = await startEngine({ journal, clock });
    const still = new Deeds(next, 2);
    await still.opens('s2x', { session: 's2', seq: 2 });
    using restarted = new Reception(next, 2);
    expect(restarted.contents).toEqual([]);
    await still.works('s2', 0, 1);
    expect(restarted.contents).toEqual(['a word']);
  });
});

describe('H4: expiry', () => {
  test('H2: who connects in time gets it, who comes later does not, and what is held may expire meanwhile', async () => {
    const { engine, clock } = await startEngine();
    const busy = new Deeds(engine, 3);
    await busy.opens('s3');
    await busy.works('s3', 1, 1);
    using waiting = new Reception(engine, 3);
    const expiresAt = clock.now() + 60_000;
    await sends(engine, 1, { to: direct(2, 3), expiresAt, holdUntilFree: true });
    await clock.advance(59_999);
    using inTime = new Reception(engine, 2);
    expect(inTime.contents).toEqual(['a word']);
    await clock.advance(1);
    using tooLate = new Reception(engine, 2);
    expect(tooLate.contents).toEqual([]);
    await busy.works('s3', 0, 1);
    expect(waiting.contents).toEqual([]);
  });

  test('H4: hides what was sent to all, too', async () => {
    const { engine, clock } = await startEngine();
    await sends(engine, 1, { to: { kind: 'all' }, expiresAt: clock.now() + 1000 });
    await clock.advance(1000);
    using late = new Reception(engine, 2);
    expect(late.ids).toEqual([]);
    expect(engine.messages.kept(3)).toEqual([]);
  });
});

describe('H2: receipts', () => {
  test('H2: of reading: each step once, those before it with it', async () => {
    const { engine, journal } = await startEngine();
    const [one, two] = [
      idOf(await sends(engine, 1, { to: direct(2, 3) })),
      idOf(await sends(engine, 1, { to: direct(2) })),
    ];
    using reception = new Reception(engine, 2);
    reception.confirm([one]);
    await settle();
    expect(await engine.messages.read(2, [one, two, one], { id: 'r', session: 'none' })).toMatchObject({
      ok: true,
    });
    expect(await stepsOf(journal, one)).toEqual(['2 delivered', '2 read']);
    expect(await stepsOf(journal, two)).toEqual(['2 delivered', '2 read']);
  });

  test('H2: of what is urgent: acknowledged once, which is reading it; nothing else can be', async () => {
    const { engine, journal } = await startEngine();
    const urgent = idOf(await sends(engine, 1, { to: direct(2), priority: 'urgent' }));
    const high = idOf(await sends(engine, 1, { to: direct(2), priority: 'high' }));
    expect(await engine.messages.acknowledge(2, high)).toMatchObject({ code: 'VALIDATION' });
    expect(await engine.messages.read(2, [urgent])).toMatchObject({ ok: true });
    expect(await engine.messages.read(2, [urgent])).toMatchObject({ ok: true });
    expect(await engine.messages.acknowledge(2, urgent)).toMatchObject({ ok: true });
    expect(await stepsOf(journal, urgent)).toEqual(['2 delivered', '2 read', '2 acknowledged']);
    expect(await stepsOf(journal, high)).toEqual([]);
  });

  test('H2, J1: are of one’s own messages: another’s, another organisation’s and none at all are not found', async () => {
    const { engine, journal } = await startEngine({
      members: [
        member(1),
        member(2),
        member(3),
        member(9, { organisationId: 2 }),
        member(8, { organisationId: 2 }),
      ],
    });
    const notMine = idOf(await sends(engine, 1, { to: direct(3) }));
    const own = idOf(await sends(engine, 1, { to: direct(2) }));
    const foreign = idOf(await sends(engine, 9, { to: direct(8) }));
    const foreignToAll = idOf(await sends(engine, 9, { to: { kind: 'all' } }));
    const before = (await notesOf(journal)).length;
    for (const id of [notMine, foreign, foreignToAll, 'nothing', '', 'x'.repeat(100)]) {
      expect(await engine.messages.read(2, [own, id])).toMatchObject({ code: 'NOT_FOUND' });
      expect(await engine.messages.acknowledge(2, id)).toMatchObject({ code: 'NOT_FOUND' });
    }
    // The sender is no recipient.
    expect(await engine.messages.read(1, [own])).toMatchObject({ code: 'NOT_FOUND' });
    expect(await notesOf(journal)).toHaveLength(before);
  });

  test('H2: are heard by who listens to a user, in order', async () => {
    const { engine } = await startEngine();
    const heard: string[] = [];
    using _ = engine.messages.listen(2, ({ step, recipientId }) => heard.push(`${recipientId} ${step}`));
    const id = idOf(await sends(engine, 1, { to: direct(2, 3), priority: 'urgent' }));
    await engine.messages.read(3, [id]);
    await engine.messages.acknowledge(2, id);
    expect(heard).toEqual(['2 delivered', '2 read', '2 acknowledged']);
  });

  test('B6: of a session’s command that is sent twice are written once', async () => {
    const { engine, agent, journal } = await startTold();
    const id = idOf(await sends(engine, 2, { to: direct(1) }));
    const command = { id: 'r1', session: 's1' };
    const first = await engine.messages.read(1, [id], command);
    await agent.chooses('busy', { session: 's1' });
    expect(await engine.messages.read(1, [id], command)).toEqual(first);
    expect(await stepsOf(journal, id)).toEqual(['1 delivered', '1 read']);
  });
});

test('H2: a clock that jumps delivers nothing twice', async () => {
  const clock = new FakeClock();
  const { engine } = await startEngine({ clock });
  using reception = new Reception(engine, 2);
  await sends(engine, 1, { to: direct(2) });
  clock.jump(-3_600_000);
  await sends(engine, 1, { to: direct(2) });
  reception.confirm();
  await settle();
  using next = new Reception(engine, 2);
  expect(next.ids).toEqual([]);
});
