import { describe, expect, test } from 'vitest';
import { member } from '../support/engines.ts';
import { settle } from '../support/fake-clock.ts';
import { type Arena, type Opened, startArena } from '../support/gateways.ts';
import { direct, idOf, notesOf, sends, stepsOf } from '../support/post.ts';

type Connected = Awaited<ReturnType<Arena['hello']>>;

const messagesTo = ({ socket }: Pick<Connected, 'socket'>) =>
  socket.take().flatMap((frame) => (frame['op'] === 'message' ? [frame] : []));

/** What another connection of that agent is sent first. */
async function framesOfHello(arena: Arena, agentId: number): Promise<readonly unknown[]> {
  const frames = await arena.open().say({ op: 'hello', token: `agent:${agentId}`, device: 'test' });
  return frames.map(({ op }) => op).filter((op) => op !== 'state');
}

/** Answers the pings of a socket, as every live peer does. */
async function answerPings({ socket, listener }: Pick<Opened, 'socket' | 'listener'>): Promise<void> {
  for (const text of socket.pingTexts.splice(0)) listener.pong(text);
  await settle();
}

describe('H2: an agent socket', () => {
  test('H2: is sent a message at once, as the contract has it', async () => {
    using arena = await startArena();
    const agent = await arena.hello(2);
    const expiresAt = arena.clock.now() + 60_000;
    const sent = await sends(arena.engine, 1, { to: direct(2), subject: 'S', priority: 'urgent', expiresAt });
    expect(messagesTo(agent)).toEqual([
      {
        op: 'message',
        id: idOf(sent),
        kind: 'direct',
        senderId: 1,
        senderName: 'Agent 1',
        teamId: null,
        subject: 'S',
        content: 'a word',
        priority: 'urgent',
        holdUntilFree: false,
        createdAt: arena.clock.now(),
        expiresAt,
      },
    ]);
  });

  test('H2: is sent what waited behind its welcome', async () => {
    using arena = await startArena();
    for (const content of ['one', 'two']) await sends(arena.engine, 1, { to: direct(2), content });
    const { say } = arena.open();
    const frames = await say({ op: 'hello', token: 'agent:2', device: 'test' });
    expect(frames.map(({ op, content }) => [op, content])).toEqual([
      ['welcome', undefined],
      ['message', 'one'],
      ['message', 'two'],
    ]);
  });

  test('H2: has got it when its peer answers the ping behind it; one that breaks before has not', async () => {
    using arena = await startArena();
    const first = await arena.hello(2);
    const id = idOf(await sends(arena.engine, 1, { to: direct(2) }));
    first.listener.pong('');
    first.listener.pong('nonsense');
    first.listener.pong('0');
    await settle();
    expect(await stepsOf(arena.journal, id)).toEqual([]);
    first.socket.drop();
    const resume = { session: first.welcome?.['session'], seq: first.welcome?.['seq'] };
    const second = await arena.hello(2, { resume });
    expect(second.welcome).toMatchObject({ resumed: true });
    expect(second.socket.pingTexts).toHaveLength(1);
    await answerPings(second);
    expect(await stepsOf(arena.journal, id)).toEqual(['2 delivered']);
    expect(await framesOfHello(arena, 2)).toEqual(['welcome']);
  });

  test('H2: of each tab is sent it; a ping that comes back tells of what was sent before it alone', async () => {
    using arena = await startArena();
    const [one, other] = [await arena.hello(2), await arena.hello(2)];
    const first = idOf(await sends(arena.engine, 1, { to: direct(2) }));
    const pings = one.socket.pingTexts.splice(0);
    const second = idOf(await sends(arena.engine, 1, { to: direct(2) }));
    expect(messagesTo(one).map(({ id }) => id)).toEqual([first, second]);
    expect(messagesTo(other).map(({ id }) => id)).toEqual([first, second]);
    for (const text of pings) one.listener.pong(text);
    await settle();
    expect(await stepsOf(arena.journal, first)).toEqual(['2 delivered']);
    expect(await stepsOf(arena.journal, second)).toEqual([]);
    await answerPings(other);
    await answerPings(one);
    expect(await stepsOf(arena.journal, first)).toEqual(['2 delivered']);
    expect(await stepsOf(arena.journal, second)).toEqual(['2 delivered']);
  });

  test('H3: gets what may wait when the agent is free', async () => {
    using arena = await startArena();
    const agent = await arena.hello(2);
    await agent.say({ op: 'work', id: 'w1', current: 1, max: 2 });
    await sends(arena.engine, 1, { to: direct(2), holdUntilFree: true });
    expect(messagesTo(agent)).toEqual([]);
    const frames = await agent.say({ op: 'work', id: 'w2', current: 0, max: 2 });
    expect(frames.map(({ op }) => op)).toEqual(expect.arrayContaining(['ok', 'message']));
  });
});

test('H2: a socket that closes on what waited for it is handed nothing more', async () => {
  using arena = await startArena();
  await sends(arena.engine, 1, { to: direct(2) });
  const { socket, say } = arena.open();
  const send = socket.send.bind(socket);
  let handed = 0;
  socket.send = (text) => {
    send(text);
    if (!text.includes('"op":"message"')) return;
    handed += 1;
    socket.drop();
  };
  await say({ op: 'hello', token: 'agent:2', device: 'test' });
  await sends(arena.engine, 1, { to: direct(2) });
  expect(handed).toBe(1);
});

describe('H2: frames of an agent', () => {
  test('F1, H2: are answered once their receipts are on disk, and twice the same', async () => {
    using arena = await startArena();
    const agent = await arena.hello(2);
    const id = idOf(await sends(arena.engine, 1, { to: direct(2), priority: 'urgent' }));
    const read = { op: 'read', id: 'r1', messages: [id] };
    const acknowledge = { op: 'acknowledge', id: 'a1', message: id };
    agent.socket.take();
    const expected = [
      { op: 'ok', id: 'r1', seq: 1 },
      { op: 'ok', id: 'a1', seq: 1 },
    ];
    expect(await agent.say(read, acknowledge)).toEqual(expected);
    const { length } = await notesOf(arena.journal);
    expect(await agent.say(read, acknowledge)).toEqual(expected);
    expect(await notesOf(arena.journal)).toHaveLength(length);
    expect(await stepsOf(arena.journal, id)).toEqual(['2 delivered', '2 read', '2 acknowledged']);
    expect(await framesOfHello(arena, 2)).toEqual(['welcome']);
  });

  test('F5: that can not be written down are refused, and done when they are sent again', async () => {
    using arena = await startArena();
    const agent = await arena.hello(2);
    const id = idOf(await sends(arena.engine, 1, { to: direct(2) }));
    arena.waits.diskFails = true;
    agent.socket.take();
    const frames = [
      { op: 'read', id: 'r1', messages: [id] },
      { op: 'activity', id: 'x1', type: 'csat' },
    ];
    for (const frame of frames)
      expect(await agent.say(frame)).toMatchObject([{ op: 'no', id: frame.id, code: 'JOURNAL_FAILED' }]);
    arena.waits.diskFails = false;
    for (const frame of frames) expect(await agent.say(frame)).toMatchObject([{ op: 'ok', id: frame.id }]);
  });

  test('H2, J1: name one’s own messages; only what is urgent is acknowledged', async () => {
    using arena = await startArena([member(1), member(2), member(3), member(9, { organisationId: 2 })]);
    const agent = await arena.hello(2);
    const others = idOf(await sends(arena.engine, 1, { to: direct(3) }));
    const foreign = idOf(await sends(arena.engine, 9, { to: { kind: 'all' } }));
    const own = idOf(await sends(arena.engine, 1, { to: direct(2) }));
    agent.socket.take();
    for (const [at, id] of [others, foreign, 'nothing'].entries())
      expect(await agent.say({ op: 'read', id: `r${at}`, messages: [own, id] })).toMatchObject([
        { op: 'no', code: 'NOT_FOUND' },
      ]);
    expect(await agent.say({ op: 'acknowledge', id: 'a', message: own })).toMatchObject([
      { op: 'no', code: 'VALIDATION' },
    ]);
  });

  test('H4: record an activity: with its time, which is never later than now, and what is known of it', async () => {
    using arena = await startArena();
    const agent = await arena.hello(2);
    const now = arena.clock.now();
    const given = [
      { id: 'a', type: 'ticket_assigned', timestamp: now - 5, metadata: { ticketId: 'T1', colour: 'red' } },
      {
        id: 'b',
        type: 'csat',
        timestamp: '2026-01-05T07:59:59.000Z',
        metadata: { rating: 5, responseMs: 3 },
      },
      { id: 'c', type: 'message_sent', timestamp: now + 1e6, description: 'a note', metadata: null },
      { id: 'd', type: 'ticket_resolved' },
      // The same again, with other words.
      { id: 'd', type: 'csat' },
    ];
    const answers = await agent.say(...given.map((activity) => ({ op: 'activity', ...activity })));
    expect(answers.map(({ op }) => op)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    const kept = { organisationId: 1, agentId: 2, description: '', metadata: null };
    expect((await notesOf(arena.journal)).map((note) => note.kind === 'activity' && note.activity)).toEqual([
      { ...kept, id: 'a', type: 'ticket_assigned', at: now - 5, metadata: { ticketId: 'T1' } },
      {
        ...kept,
        id: 'b',
        type: 'csat',
        at: Date.UTC(2026, 0, 5, 7, 59, 59),
        metadata: { rating: 5, responseMs: 3 },
      },
      { ...kept, id: 'c', type: 'message_sent', at: now, description: 'a note' },
      { ...kept, id: 'd', type: 'ticket_resolved', at: now },
    ]);
  });

  test('that are malformed or huge are refused one by one, and change nothing', async () => {
    using arena = await startArena();
    const agent = await arena.hello(2);
    const bad = [
      { op: 'read' },
      { op: 'read', messages: [] },
      { op: 'read', messages: 'm1' },
      { op: 'read', messages: [''] },
      { op: 'read', messages: ['x'.repeat(101)] },
      { op: 'read', messages: Array.from({ length: 101 }, (_, at) => `${at}`) },
      { op: 'read', messages: ['a\0b'] },
      { op: 'read', messages: [{ id: 'm1' }] },
      { op: 'acknowledge', message: null },
      { op: 'acknowledge', message: 7 },
      { op: 'activity' },
      { op: 'activity', type: 'nap' },
      { op: 'activity', type: 'csat', timestamp: -1 },
      { op: 'activity', type: 'csat', timestamp: 1e300 },
      { op: 'activity', type: 'csat', timestamp: 'yesterday' },
      { op: 'activity', type: 'csat', description: 'x'.repeat(501) },
      { op: 'activity', type: 'csat', description: '\ud800' },
      { op: 'activity', type: 'csat', metadata: { rating: 6 } },
      { op: 'activity', type: 'csat', metadata: [] },
    ];
    for (const [at, frame] of bad.entries()) {
      await arena.clock.advance(100);
      const answer = (await agent.say({ ...frame, id: `b${at}` })).find(({ op }) => op === 'no');
      expect({ frame, answer }).toMatchObject({ answer: { op: 'no', id: `b${at}`, code: 'VALIDATION' } });
    }
    expect(agent.socket.closedWith).toBeNull();
    expect(await notesOf(arena.journal)).toEqual([]);
    await agent.say({ op: 'activity', id: 'huge', type: 'csat', description: 'x'.repeat(5000) });
    expect(agent.socket.closedWith).toMatchObject({ code: 4413 });
  });
});
