import { describe, expect, test } from 'vitest';
import type { Announce } from '../../engine/announcements.ts';
import type { Journal } from '../../engine/journal/port.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import { Deeds } from '../support/deeds.ts';
import { member, startEngine } from '../support/engines.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { messagesOf, Reception, stepsOf } from '../support/post.ts';

const SUPERVISOR = 5;
const OTHER = 6;
const people = [
  member(1),
  member(2, { teamId: 2 }),
  member(SUPERVISOR, { role: 'supervisor', teamId: null }),
  member(OTHER, { role: 'supervisor', teamId: null }),
  member(7, { organisationId: 2 }),
  member(8, { active: false }),
];

/** Tells the supervisor of team 1 of what was forced; of team 2 there is none. */
const announce: Announce = (event, { member: { name, teamId } }) =>
  event.effects?.includes('notify_forced') !== true
    ? null
    : {
        recipientIds: teamId === 1 ? [SUPERVISOR] : [],
        subject: null,
        content: `${name} was forced`,
        priority: 'high',
      };

/** To somebody of another organisation, somebody deactivated, and nobody. */
const toStrangers: Announce = (event, before) => {
  const announcement = announce(event, before);
  return announcement && { ...announcement, recipientIds: [7, 8, 999] };
};

const start = (journal: Journal, clock: FakeClock, more: { announce: Announce } = { announce }) =>
  startEngine({ journal, clock, members: people, ...more });

describe('H1: a message of the system', () => {
  test('H1: comes of an event, to whom it concerns and nobody else', async () => {
    const journal = new MemoryJournal();
    const { engine, clock } = await start(journal, new FakeClock());
    using supervisor = new Reception(engine, SUPERVISOR);
    using other = new Reception(engine, OTHER);
    const [agent, teamless] = [new Deeds(engine, 1), new Deeds(engine, 2)];
    await agent.opens('s1');
    await teamless.opens('s2');
    await agent.isForced('meeting', { id: 'f' });
    await agent.isForced('meeting', { id: 'f' });
    await teamless.isForced('meeting');
    expect(other.letters).toEqual([]);
    expect(await messagesOf(journal)).toEqual([
      {
        id: `system-${journal.epoch}-1-2`,
        organisationId: 1,
        kind: 'system',
        senderId: null,
        senderName: null,
        teamId: null,
        recipientIds: [SUPERVISOR],
        subject: null,
        content: 'Agent 1 was forced',
        priority: 'high',
        holdUntilFree: false,
        createdAt: clock.now(),
        expiresAt: null,
      },
    ]);
    expect(supervisor.contents).toEqual(['Agent 1 was forced']);
  });

  test('H1: is written with its event in one batch: never the one without the other', async () => {
    let isFailing = false;
    const journal = new MemoryJournal({ fails: () => isFailing });
    const { engine } = await start(journal, new FakeClock());
    using supervisor = new Reception(engine, SUPERVISOR);
    const agent = new Deeds(engine, 1);
    await agent.opens('s1');
    isFailing = true;
    expect(await agent.isForced('meeting')).toMatchObject({ code: 'JOURNAL_FAILED' });
    expect([supervisor.contents, await messagesOf(journal)]).toEqual([[], []]);
    isFailing = false;
    await agent.isForced('meeting');
    expect(supervisor.contents).toHaveLength(1);
    const batches = [];
    for await (const batch of journal.follow(0, AbortSignal.timeout(1))) batches.push(batch.count);
    expect(batches).toEqual([1, 2]);
  });

  test('H1: is sent once through restarts and takeovers, and delivered to who was away', async () => {
    const journal = new MemoryJournal();
    const clock = new FakeClock();
    const { engine } = await start(journal, clock);
    const agent = new Deeds(engine, 1);
    await agent.opens('s1');
    await agent.isForced('meeting');
    // It takes over while the other still runs.
    const { engine: second } = await start(journal, clock);
    await second[Symbol.asyncDispose]();
    const { engine: third } = await start(journal, clock);
    using supervisor = new Reception(third, SUPERVISOR);
    expect(supervisor.contents).toEqual(['Agent 1 was forced']);
    supervisor.confirm();
    expect(await messagesOf(journal)).toHaveLength(1);
    await clock.advance(1000);
    expect(await stepsOf(journal, supervisor.ids[0] ?? '')).toEqual([`${SUPERVISOR} delivered`]);
  });

  test('J1: goes to nobody of another organisation, and to nobody who is gone', async () => {
    const journal = new MemoryJournal();
    const { engine } = await start(journal, new FakeClock(), { announce: toStrangers });
    const agent = new Deeds(engine, 1);
    await agent.opens('s1');
    await agent.isForced('meeting');
    expect(await messagesOf(journal)).toEqual([]);
  });
});
