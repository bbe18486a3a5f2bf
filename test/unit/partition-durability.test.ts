import { describe, expect, test } from 'vitest';
import type { Answer } from '../../engine/answers.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { type Journal, JournalBroken } from '../../engine/journal/port.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { eventsOf, startTold } from '../support/told-journal.ts';

describe('F1, F5: durable, or not at all', () => {
  test('F1: nobody sees a change, and nobody is told of it, before it is durable', async () => {
    const { agent, engine, clock, told } = await startTold();
    const heard: number[] = [];
    engine.listen(1, ({ event }) => heard.push(event.seq));
    const subject = { organisationId: 1, scope: { all: true }, view: 'full' } as const;
    const before = engine.topics.board(subject);
    told.delayMs = 50;
    let answer: Answer | null = null;
    const choosing = agent.chooses('busy').then((given) => (answer = given));
    await clock.advance(49);
    expect([answer, heard, agent.record.status]).toEqual([null, [], 'available']);
    expect(engine.topics.board(subject)).toMatchObject({
      cursor: before.cursor,
      tilesJson: before.tilesJson,
    });
    await clock.advance(1);
    expect(await choosing).toMatchObject({ ok: true, seq: 2 });
    expect([heard, agent.record.status]).toEqual([[2], 'busy']);
    expect(engine.topics.board(subject).tilesJson).toContain('"busy"');
  });

  test('F5: what could not be written is undone, and what was built on it is judged on what stands', async () => {
    const { agent, clock, told, journal } = await startTold();
    told.delayMs = 50;
    told.isFailing = true;
    const toBusy = agent.chooses('busy');
    const toWrapUp = agent.chooses('wrap_up');
    await clock.advance(50);
    told.isFailing = false;
    await clock.advance(200);
    expect(await toBusy).toMatchObject({ code: 'JOURNAL_FAILED' });
    expect(await toWrapUp).toMatchObject({ code: 'TRANSITION_NOT_ALLOWED' });
    expect(agent.record).toMatchObject({ status: 'available', seq: 1 });
    expect(await eventsOf(journal)).toHaveLength(1);
  });

  test('F5: the engine’s own news are repeated until they are durable', async () => {
    const { agent, clock, told, journal } = await startTold();
    told.isFailing = true;
    agent.loses('s1');
    await clock.advance(5_000);
    expect(agent.record.connectivity).toBe('connected');
    told.isFailing = false;
    await clock.advance(200);
    expect(agent.record.connectivity).toBe('reconnecting');
    told.isFailing = true;
    await clock.advance(60_000);
    told.isFailing = false;
    await clock.advance(200);
    expect(agent.record).toMatchObject({ status: 'offline', cause: 'disconnect', seq: 3 });
    expect((await eventsOf(journal)).map(({ type }) => type)).toEqual([
      'session_opened',
      'session_lost',
      'grace_expired',
    ]);
  });

  test('F5: nobody overtakes the engine’s own news: who came back after a loss that had to be repeated stays', async () => {
    const { agent, clock, told } = await startTold();
    told.isFailing = true;
    agent.loses('s1');
    const tooEarly = agent.opens('s2', { session: 's1', seq: 1 });
    await settle();
    expect(await tooEarly).toMatchObject({ code: 'JOURNAL_FAILED' });
    told.isFailing = false;
    const resumed = agent.opens('s3', { session: 's1', seq: 1 });
    await clock.advance(60_000);
    expect(await resumed).toMatchObject({ ok: true, seq: 3 });
    expect(agent.record).toMatchObject({ connectivity: 'connected', graceUntil: null });
    expect(agent.record.sessions).toMatchObject([{ id: 's1', lostAt: null }]);
  });

  test('F5: a full disk refuses each command soon, also behind the engine’s own news', async () => {
    const { agent, clock, told } = await startTold();
    told.isFailing = true;
    agent.loses('s1');
    await settle();
    for (let n = 0; n < 20; n++) {
      const answer = agent.chooses('busy');
      await clock.advance(101);
      expect(await answer).toMatchObject({ code: 'JOURNAL_FAILED' });
    }
  });

  test('F5: with appends of 50 ms that fail at random, memory, board and journal agree', async () => {
    const { agent, engine, clock, told, journal } = await startTold();
    told.delayMs = 50;
    const codes = ['busy', 'away', 'break', 'available', 'wrap_up', 'lunch'];
    const answers: Promise<Answer>[] = [];
    for (let n = 0; n < 300; n++) {
      told.isFailing = n % 7 < 2;
      answers.push(agent.chooses(codes[n % codes.length] ?? 'busy', { id: `c${n}` }));
      if (n % 31 === 0) agent.loses('s1');
      if (n % 31 === 5) answers.push(agent.opens('s1x', { session: 's1', seq: 1 }));
      await clock.advance(n % 3 === 0 ? 70 : 5);
    }
    told.isFailing = false;
    await clock.advance(60_000);
    const given = await Promise.all(answers);
    const events = await eventsOf(journal);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
    expect(given.every((answer) => !answer.ok || answer.seq <= events.length)).toBe(true);
    const board = JSON.parse(
      engine.topics.board({ organisationId: 1, scope: { agentId: 1 }, view: 'full' }).tilesJson,
    ) as object[];
    expect(board).toMatchObject([
      { seq: events.length, status: agent.record.status, duty: agent.record.dutyCode },
    ]);
    const folded = {};
    for (const { set } of events) Object.assign(folded, set);
    expect(agent.record).toMatchObject(folded);
  });

  test('F5: of a partition that was claimed away nothing more is acknowledged', async () => {
    const { agent, journal, clock } = await startTold();
    const { engine: successor } = await startEngine({ journal, clock });
    await settle();
    expect(await agent.isForced('meeting')).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
    expect(await agent.chooses('busy')).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
    expect(new Deeds(successor, 1).record).toMatchObject({ connectivity: 'reconnecting', seq: 2 });
  });

  test('F5: of a journal that can go on no more nothing is said to have failed: whether it was written is not known', async () => {
    const clock = new FakeClock();
    const inner = new MemoryJournal();
    const broken: Journal = {
      epoch: inner.epoch,
      head: () => inner.head(),
      claim: async (partition) => ({
        ...(await inner.claim(partition)),
        append: () => Promise.reject(new JournalBroken('the disk is gone')),
      }),
      follow: (after, signal) => inner.follow(after, signal),
      floor: () => Promise.resolve(0),
      trim: (upTo) => inner.trim(upTo),
      [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
    };
    const { engine } = await startEngine({ journal: broken, clock });
    const agent = new Deeds(engine, 1);
    expect(await agent.opens('s1')).toMatchObject({
      ok: false,
      code: 'UNAVAILABLE',
      message: 'the disk is gone',
    });
    expect(await agent.opens('s1')).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
  });

  test('F5: an engine closes also while its journal fails: news that can not be written don’t keep it', async () => {
    // Both are of one partition, and their news fail in turn.
    const { agent, clock, told, engine, journal } = await startTold({ members: [member(1), member(22)] });
    const other = new Deeds(engine, 22);
    await other.opens('s2');
    [told.delayMs, told.isFailing] = [120, true];
    agent.loses('s1');
    await clock.advance(60);
    other.loses('s2');
    await clock.advance(1_000);
    let isClosed = false;
    const closing = engine[Symbol.asyncDispose]().then(() => (isClosed = true));
    await clock.advance(1_000);
    expect(isClosed).toBe(true);
    await closing;
    expect(await eventsOf(journal)).toHaveLength(2);
  });

  test('F1: an engine that closes finishes what is under way and refuses the rest', async () => {
    const { agent, engine, clock, told, journal } = await startTold();
    told.delayMs = 50;
    const underWay = agent.chooses('busy');
    const closing = engine[Symbol.asyncDispose]();
    await clock.advance(50);
    await closing;
    expect(await underWay).toMatchObject({ ok: true, seq: 2 });
    expect(await agent.chooses('away')).toMatchObject({ code: 'UNAVAILABLE' });
    expect(await eventsOf(journal)).toHaveLength(2);
  });
});
