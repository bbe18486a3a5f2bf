import { describe, expect, test } from 'vitest';
import type { Answer } from '../../engine/answers.ts';
import type { Engine } from '../../engine/engine.ts';
import { MemoryJournal } from '../../engine/journal/memory.ts';
import type { Member } from '../../engine/member.ts';
import { MAX_RECIPIENTS } from '../../engine/sending.ts';
import { member, startEngine } from '../support/engines.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { direct, idOf, messagesOf, notesOf, Reception, sends } from '../support/post.ts';
import { startTold } from '../support/told-journal.ts';

const MANAGER = 90;
const VIEWER = 91;
const LEFT = 92;
const FOREIGN = 93;
const START = new FakeClock().now();

const people: readonly Member[] = [
  member(1),
  member(2),
  member(3, { teamId: 2 }),
  member(MANAGER, { role: 'manager', teamId: null, onBoard: false }),
  member(VIEWER, { role: 'viewer', onBoard: false }),
  member(LEFT, { active: false }),
  member(FOREIGN, { organisationId: 2 }),
];

const start = () => startEngine({ members: people });

/** Agent 1 had a rating elsewhere. */
function record(by: Engine, id: string): Promise<Answer> {
  return by.recordActivity(
    { id, organisationId: 1, agentId: 1, type: 'csat', description: '', at: START, metadata: { rating: 4 } },
    { id, user: 1 },
  );
}

describe('H1: recipients', () => {
  test('H1: of a direct message are those who are named, each once', async () => {
    const { engine, journal } = await start();
    const answer = await sends(engine, 1, {
      to: direct(2, 3, 2),
      subject: 'Lunch',
      content: 'Shall we?',
      priority: 'high',
    });
    expect(answer).toMatchObject({ ok: true, sent: { recipients: 2 } });
    expect(await messagesOf(journal)).toEqual([
      {
        id: idOf(answer),
        organisationId: 1,
        kind: 'direct',
        senderId: 1,
        senderName: 'Agent 1',
        teamId: null,
        recipientIds: [2, 3],
        subject: 'Lunch',
        content: 'Shall we?',
        priority: 'high',
        holdUntilFree: false,
        createdAt: START,
        expiresAt: null,
      },
    ]);
  });

  test('H1: of a team are its users as it is sent, but viewers and the sender; who comes later gets nothing', async () => {
    const { engine, journal } = await start();
    const team = { kind: 'team', teamId: 1 } as const;
    await sends(engine, MANAGER, { to: team });
    await engine.enrol(member(3, { teamId: 1 }));
    await sends(engine, 1, { to: team });
    const sent = await messagesOf(journal);
    expect(sent.map(({ recipientIds, teamId }) => ({ recipientIds, teamId }))).toEqual([
      { recipientIds: expect.arrayContaining([1, 2]) as number[], teamId: 1 },
      { recipientIds: expect.arrayContaining([2, 3]) as number[], teamId: 1 },
    ]);
    expect(sent.map(({ recipientIds }) => recipientIds?.length)).toEqual([2, 2]);
    using newcomer = new Reception(engine, 3);
    expect(newcomer.ids).toEqual([sent[1]?.id]);
  });

  test('H1: of a message to all are those who existed before, and it is stored once', async () => {
    const { engine, journal, clock } = await start();
    using here = new Reception(engine, 2);
    await clock.advance(1000);
    const answer = await sends(engine, MANAGER, { to: { kind: 'all' } });
    expect(answer).toMatchObject({ ok: true, sent: { recipients: null } });
    await engine.enrol(member(4, { createdAt: clock.now() + 1 }));
    await engine.enrol(member(5, { createdAt: clock.now() }));
    expect(await messagesOf(journal)).toMatchObject([{ kind: 'all', recipientIds: null }]);
    const got = [1, 3, 4, 5, FOREIGN, MANAGER].map((id) => new Reception(engine, id).ids.length);
    expect(got).toEqual([1, 1, 0, 1, 0, 0]);
    expect(here.ids).toEqual([idOf(answer)]);
  });

  test('H1, J1: of those who are connected, too: not its sender, nobody of another organisation, nobody made later', async () => {
    const { engine, clock } = await start();
    await engine.enrol(member(4, { createdAt: clock.now() + 1 }));
    const connected = [1, 4, FOREIGN, MANAGER].map((id) => new Reception(engine, id));
    await sends(engine, MANAGER, { to: { kind: 'all' } });
    expect(connected.map(({ ids }) => ids.length)).toEqual([1, 0, 0, 0]);
  });

  test('H1: more than can be listed are refused, as many as can are not', async () => {
    const team = Array.from({ length: MAX_RECIPIENTS + 1 }, (_, at) => member(100 + at, { teamId: 7 }));
    const { engine, journal } = await startEngine({ members: [...people, ...team] });
    const to = { kind: 'team', teamId: 7 } as const;
    expect(await sends(engine, MANAGER, { to })).toMatchObject({ code: 'VALIDATION' });
    expect(await messagesOf(journal)).toEqual([]);
    // One of them sends: one recipient fewer.
    expect(await sends(engine, 100, { to })).toMatchObject({
      ok: true,
      sent: { recipients: MAX_RECIPIENTS },
    });
    const named = direct(...team.map(({ id }) => id));
    expect(await sends(engine, MANAGER, { to: named })).toMatchObject({ code: 'VALIDATION' });
  });

  test('H1: nobody is sent what nobody could get', async () => {
    const { engine, journal } = await start();
    const codeOf = async (to: readonly number[]) => {
      const answer = await sends(engine, 1, { to: direct(...to) });
      return answer.ok ? 'ok' : answer.code;
    };
    expect(await codeOf([])).toBe('VALIDATION');
    expect(await codeOf([1])).toBe('VALIDATION');
    for (const nobody of [LEFT, VIEWER, 12345, -1, 0.5, Number.NaN])
      expect(await codeOf([2, nobody])).toBe('NOT_FOUND');
    expect(await sends(engine, 1, { to: { kind: 'team', teamId: 999 } })).toMatchObject({
      code: 'VALIDATION',
    });
    expect(await sends(engine, LEFT, { to: direct(1) })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await messagesOf(journal)).toEqual([]);
  });

  test('J1: are of the sender’s organisation; another’s are not found', async () => {
    const { engine, journal } = await start();
    expect(await sends(engine, 1, { to: direct(2, FOREIGN) })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await sends(engine, FOREIGN, { to: direct(1) })).toMatchObject({ code: 'NOT_FOUND' });
    const team = { kind: 'team', teamId: 1 } as const;
    expect(await sends(engine, FOREIGN, { to: team })).toMatchObject({ code: 'VALIDATION' });
    await sends(engine, FOREIGN, { to: { kind: 'all' } });
    expect(await messagesOf(journal)).toMatchObject([{ organisationId: 2 }]);
    using own = new Reception(engine, 1);
    expect(own.ids).toEqual([]);
  });
});

describe('H4: a message', () => {
  test('F1: is durable before it is acknowledged, and before anybody gets it', async () => {
    const { engine, clock, told, journal } = await startTold();
    using reception = new Reception(engine, 2);
    told.delayMs = 50;
    let isAnswered = false;
    const sending = sends(engine, 1, { to: direct(2) }).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await clock.advance(49);
    expect([isAnswered, reception.ids, await notesOf(journal)]).toEqual([false, [], []]);
    await clock.advance(1);
    expect(reception.ids).toEqual([idOf(await sending)]);
  });

  test('F5: that could not be written was not sent, is told so, and can be sent again', async () => {
    const { engine, told, journal } = await startTold();
    using reception = new Reception(engine, 2);
    told.isFailing = true;
    const words = { to: direct(2), id: 'c1' };
    expect(await sends(engine, 1, words)).toMatchObject({ code: 'JOURNAL_FAILED' });
    expect(reception.ids).toEqual([]);
    told.isFailing = false;
    const answer = await sends(engine, 1, words);
    expect(reception.ids).toEqual([idOf(answer)]);
    expect(await messagesOf(journal)).toHaveLength(1);
  });

  test('F5: a writer whose partition was claimed away acknowledges nothing more', async () => {
    const { engine, journal, clock } = await startTold();
    await startEngine({ journal, clock });
    await settle();
    expect(await sends(engine, 1, { to: direct(2) })).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
    expect(await messagesOf(journal)).toEqual([]);
  });

  test('B6: whose command is repeated is sent once: at once, later, after a restart, and with other words', async () => {
    const { engine, journal, clock } = await start();
    const words = { to: direct(2), id: 'c1' };
    const both = await Promise.all([sends(engine, 1, words), sends(engine, 1, words)]);
    const [first] = both;
    expect(both[1]).toEqual(first);
    expect(await sends(engine, 1, { ...words, content: 'another' })).toEqual(first);
    // The same id of another sender is another command.
    expect(idOf(await sends(engine, 3, words))).not.toBe(idOf(first));
    await engine[Symbol.asyncDispose]();
    const { engine: next } = await startEngine({ journal, clock, members: people });
    expect(await sends(next, 1, words)).toEqual(first);
    expect((await messagesOf(journal)).map(({ content, senderId }) => [senderId, content])).toEqual([
      [1, 'a word'],
      [3, 'a word'],
    ]);
  });

  test('B6: that was refused is refused the same when it is repeated', async () => {
    const { engine } = await start();
    const refused = await sends(engine, 1, { to: direct(4), id: 'c1' });
    expect(refused).toMatchObject({ code: 'NOT_FOUND' });
    await engine.enrol(member(4));
    expect(await sends(engine, 1, { to: direct(4), id: 'c1' })).toEqual(refused);
  });

  test('B4: has no seq: those of agents have no gap', async () => {
    const { engine, agent } = await startTold();
    await sends(engine, 1, { to: direct(2) });
    expect(await agent.chooses('busy')).toMatchObject({ ok: true, seq: 2 });
    expect(await sends(engine, 1, { to: direct(2) })).toMatchObject({ ok: true, seq: 2 });
  });

  test('C2: is activity of its sender', async () => {
    const { engine, agent, clock } = await startTold();
    await clock.advance(301_000);
    expect(agent.record.activity).toBe('idle');
    await sends(engine, 1, { to: direct(2) });
    await settle();
    expect(agent.record.activity).toBe('active');
  });

  test('H1: that would have expired already is refused', async () => {
    const { engine, clock } = await start();
    const expiresAt = clock.now();
    expect(await sends(engine, 1, { to: direct(2), expiresAt })).toMatchObject({ code: 'VALIDATION' });
    expect(await sends(engine, 1, { to: direct(2), expiresAt: expiresAt + 1 })).toMatchObject({ ok: true });
  });
});

test('H4: activities are written down once, in the agent’s turn, and survive', async () => {
  const journal = new MemoryJournal();
  const { engine } = await startEngine({ journal });
  expect(await Promise.all([record(engine, 'a'), record(engine, 'a')])).toMatchObject([
    { ok: true },
    { ok: true },
  ]);
  await engine[Symbol.asyncDispose]();
  const { engine: next } = await startEngine({ journal });
  await record(next, 'a');
  await record(next, 'b');
  expect((await notesOf(journal)).map((note) => note.kind === 'activity' && note.activity.id)).toEqual([
    'a',
    'b',
  ]);
});
