import { createTRPCClient, httpSubscriptionLink } from '@trpc/client';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InboxEvent, SendInput } from '../../api/contract/messages.ts';
import type { AppRouter } from '../../api/routers/app.ts';
import { type DataFolder, seededFolder } from '../support/data-folders.ts';
import { logIn, type Person, sayHello } from '../support/people.ts';
import type { RawSocket } from '../support/raw-socket.ts';
import { codeOf } from '../support/refusals.ts';
import { runToEnd, type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { watchInbox, Watching } from '../support/watching.ts';

let folder: DataFolder;
let server: ServerProcess;
let manager: Person;

beforeAll(async () => {
  folder = await seededFolder();
  await start();
});

afterAll(async () => {
  manager[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function start(): Promise<void> {
  server = await startServerProcess({ DATA_DIR: folder.path });
  manager = await logIn(server.url, 'manager');
}

async function crash(): Promise<void> {
  manager[Symbol.dispose]();
  await server.end('SIGKILL');
  await start();
}

let commands = 0;

/** Sends as somebody; to whom and how is given. */
async function send(
  { api }: Person,
  words: Pick<SendInput, 'to'> & Partial<Omit<SendInput, 'to'>>,
): Promise<string> {
  commands += 1;
  const sent = await api.messages.send.mutate({
    content: 'a word',
    commandId: `send ${commands}`,
    ...words,
  });
  return sent.messageId;
}

const isMessage = ({ op }: { readonly op?: string }) => op === 'message';

/** What was sent to an agent before an answer that it asks for. */
async function messagesOn(socket: RawSocket): Promise<readonly unknown[]> {
  commands += 1;
  const id = `ask ${commands}`;
  const before = socket.frames.length;
  socket.send({ op: 'activity', id, type: 'csat' });
  for (;;) {
    const answered = socket.frames.findIndex((frame, at) => at >= before && frame['id'] === id);
    if (answered >= 0) return socket.frames.splice(0, answered + 1).filter(isMessage);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The receipt of one recipient, when it tells of that step. */
async function receiptOf(messageId: string, step: 'deliveredAt' | 'readAt', userId: number) {
  for (;;) {
    const { receipts } = await manager.api.messages.receipts.query({ messageId });
    const receipt = receipts.find((each) => each.userId === userId);
    if (receipt !== undefined && receipt[step] !== null) return receipt;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('H2: to who is away', () => {
  test('H2, F2: what was acknowledged survives kill -9 and is delivered on the next connect, once', async () => {
    using agent = await logIn(server.url, 'agent0001');
    const messageId = await send(manager, { to: { userIds: [agent.id] }, content: 'while you were away' });
    await crash();
    const { socket } = await sayHello(server.url, agent.token);
    expect(await socket.next(isMessage)).toMatchObject({ id: messageId, content: 'while you were away' });
    await receiptOf(messageId, 'deliveredAt', agent.id);
    socket[Symbol.dispose]();
    await crash();
    const again = await sayHello(server.url, agent.token);
    using _ = again.socket;
    expect(await messagesOn(again.socket)).toEqual([]);
  });

  test('B6: sent again after a crash under the same command, it is still one message', async () => {
    using agent = await logIn(server.url, 'agent0002');
    const words = { to: { userIds: [agent.id] }, commandId: 'once' };
    const first = await send(manager, words);
    await crash();
    expect(await send(manager, { ...words, content: 'other words' })).toBe(first);
    const { socket } = await sayHello(server.url, agent.token);
    using _ = socket;
    expect(await socket.next(isMessage)).toMatchObject({ id: first, content: 'a word' });
    expect(await messagesOn(socket)).toEqual([]);
  });

  test('H4: nothing that has expired meanwhile', async () => {
    using agent = await logIn(server.url, 'agent0003');
    const to = { userIds: [agent.id] };
    const expiresAt = Date.now() + 500;
    await send(manager, { to, expiresAt });
    const lasting = await send(manager, { to, expiresAt: Date.now() + 3_600_000 });
    expect(await codeOf(send(manager, { to, expiresAt: Date.now() - 1 }))).toBe('VALIDATION');
    await new Promise((resolve) => setTimeout(resolve, expiresAt - Date.now() + 1));
    const { socket } = await sayHello(server.url, agent.token);
    using _ = socket;
    expect(await messagesOn(socket)).toMatchObject([{ id: lasting }]);
    const { messages } = await agent.api.messages.inbox.query();
    expect(messages.map(({ id }) => id)).toEqual([lasting]);
  });
});

describe('H1: to many', () => {
  test('H1: a team of fifty gets it, those who are away later, and nobody else', async () => {
    using supervisor = await logIn(server.url, 'supervisor02');
    using agent = await logIn(server.url, 'agent0051');
    using stranger = await logIn(server.url, 'agent0101');
    const [{ socket }, other] = [
      await sayHello(server.url, agent.token),
      await sayHello(server.url, stranger.token),
    ];
    using _one = socket;
    using _other = other.socket;
    const { teamId } = await supervisor.api.auth.me.query();
    const sent = await supervisor.api.messages.send.mutate({
      to: { teamId: teamId ?? 0 },
      content: 'all of you',
      commandId: 'team',
    });
    // Fifty agents and the supervisor, who sent it.
    expect(sent.recipients).toBe(50);
    expect(await socket.next(isMessage)).toMatchObject({ id: sent.messageId, kind: 'team', teamId });
    expect(await messagesOn(other.socket)).toEqual([]);
    await receiptOf(sent.messageId, 'deliveredAt', agent.id);
    const { messageId } = sent;
    const { recipients, receipts } = await supervisor.api.messages.receipts.query({ messageId });
    expect([recipients, receipts.length]).toEqual([50, 50]);
    expect(receipts.filter(({ deliveredAt }) => deliveredAt !== null)).toHaveLength(1);
    using late = await logIn(server.url, 'agent0099');
    const connected = await sayHello(server.url, late.token);
    using _late = connected.socket;
    expect(await connected.socket.next(isMessage)).toMatchObject({ id: messageId });
  });

  test('H1: everybody gets what is for all, but who was made after it', async () => {
    const messageId = await send(manager, { to: { all: true }, content: 'to all' });
    using admin = await logIn(server.url, 'admin');
    const { id } = await admin.api.agents.create.mutate({
      username: 'newcomer',
      email: 'newcomer@example.com',
      name: 'New Comer',
      password: 'Rollcall1',
    });
    using newcomer = await logIn(server.url, 'newcomer');
    expect(newcomer.id).toBe(id);
    const [fresh, known] = [
      await sayHello(server.url, newcomer.token),
      await sayHello(server.url, admin.token),
    ];
    using _fresh = fresh.socket;
    using _known = known.socket;
    expect(await messagesOn(fresh.socket)).toEqual([]);
    expect(await known.socket.next(isMessage)).toMatchObject({ id: messageId, kind: 'all' });
    expect((await newcomer.api.messages.inbox.query()).messages).toEqual([]);
    expect((await admin.api.messages.inbox.query()).messages).toMatchObject([{ id: messageId }]);
    expect((await manager.api.messages.inbox.query()).messages).toEqual([]);
  });

  test('H1: more recipients than can be listed are refused', async () => {
    const userIds = Array.from({ length: 10_001 }, (_, at) => at + 1);
    expect(await codeOf(send(manager, { to: { userIds } }))).toBe('VALIDATION');
  });
});

describe('H2, H3: an agent', () => {
  test('H2: acknowledges what is urgent, and the sender sees it', async () => {
    using supervisor = await logIn(server.url, 'supervisor01');
    using agent = await logIn(server.url, 'agent0005');
    const { socket } = await sayHello(server.url, agent.token);
    using _ = socket;
    const messageId = await send(supervisor, { to: { userIds: [agent.id] }, priority: 'urgent' });
    expect(await socket.next(({ id }) => id === messageId)).toMatchObject({ priority: 'urgent' });
    expect(await socket.ask({ op: 'acknowledge', id: 'a', message: messageId })).toMatchObject({ op: 'ok' });
    const { receipts, lagMs } = await supervisor.api.messages.receipts.query({ messageId });
    expect(lagMs).toBe(0);
    expect(receipts).toMatchObject([{ userId: agent.id }]);
    for (const at of ['sentAt', 'deliveredAt', 'readAt', 'acknowledgedAt'] as const)
      expect(receipts[0]?.[at]).toBeTypeOf('number');
    expect(
      (await agent.api.messages.inbox.query({ unread: true })).messages.map(({ id }) => id),
    ).not.toContain(messageId);
    expect(await codeOf(agent.api.messages.receipts.query({ messageId }))).toBe('FORBIDDEN');
  });

  test('H3: in a task gets when free what may wait, and what is urgent at once', async () => {
    using agent = await logIn(server.url, 'agent0006');
    const { socket } = await sayHello(server.url, agent.token);
    using _ = socket;
    await socket.ask({ op: 'work', id: 'w1', current: 1, max: 3 });
    const to = { userIds: [agent.id] };
    const waits = await send(manager, { to, holdUntilFree: true });
    const urgent = await send(manager, { to, holdUntilFree: true, priority: 'urgent' });
    const idsOn = async () => (await messagesOn(socket)).map((frame) => (frame as { id: string }).id);
    expect((await idsOn()).filter((id) => [waits, urgent].includes(id))).toEqual([urgent]);
    const shown = (await agent.api.messages.inbox.query()).messages.map(({ id }) => id);
    expect(shown.filter((id) => [waits, urgent].includes(id))).toEqual([urgent]);
    socket.send({ op: 'work', id: 'w2', current: 0, max: 3 });
    expect(await socket.next(({ id }) => id === waits)).toMatchObject({ holdUntilFree: true });
  });

  test('H1: writes to colleagues and to whoever supervises the team, who answers', async () => {
    using agent = await logIn(server.url, 'agent0007');
    using supervisor = await logIn(server.url, 'supervisor01');
    using inbox = watchInbox(supervisor);
    await inbox.until(({ type }) => type === 'snapshot');
    const question = await send(agent, { to: { userIds: [supervisor.id] }, content: 'May I?' });
    expect(
      await inbox.until((event) => event.type === 'message' && event.message.id === question),
    ).toMatchObject({ message: { content: 'May I?', senderId: agent.id } });
    await supervisor.api.messages.markRead.mutate({ messageIds: [question] });
    await inbox.until((event) => event.type === 'receipt' && event.messageId === question);
    const answer = await send(supervisor, { to: { userIds: [agent.id] }, content: 'Yes.' });
    const { messages } = await agent.api.messages.inbox.query();
    expect(messages[0]).toMatchObject({ id: answer, content: 'Yes.', readAt: null });
  });
});

describe('an inbox', () => {
  test('H2: comes in pages of fifty, newest first, all or what is unread', async () => {
    using agent = await logIn(server.url, 'agent0008');
    const sent: string[] = [];
    for (let n = 0; n < 60; n++) sent.push(await send(manager, { to: { userIds: [agent.id] } }));
    const first = await agent.api.messages.inbox.query();
    expect(first.messages).toHaveLength(50);
    expect(first.lagMs).toBe(0);
    const rest = await agent.api.messages.inbox.query({ cursor: first.next });
    const ids = [...first.messages, ...rest.messages].map(({ id }) => id).filter((id) => sent.includes(id));
    expect(new Set(ids).size).toBe(60);
    expect(rest.next).toBeNull();
    await agent.api.messages.markRead.mutate({ messageIds: sent.slice(0, 58) });
    const unread = await agent.api.messages.inbox.query({ unread: true });
    expect(
      unread.messages
        .map(({ id }) => id)
        .filter((id) => sent.includes(id))
        .toSorted(),
    ).toEqual(sent.slice(58).toSorted());
    expect(await codeOf(agent.api.messages.inbox.query({ cursor: 'nonsense' }))).toBe('VALIDATION');
  });

  test('H2: is watched from what is unread on, and what is shown there counts as delivered', async () => {
    using agent = await logIn(server.url, 'agent0009');
    const to = { userIds: [agent.id] };
    const before = await send(manager, { to });
    using inbox = watchInbox(agent);
    const snapshot = await inbox.until(({ type }) => type === 'snapshot');
    expect(snapshot.type === 'snapshot' && snapshot.messages.map(({ id }) => id)).toContain(before);
    const after = await send(manager, { to });
    await inbox.until((event) => event.type === 'message' && event.message.id === after);
    for (const id of [before, after]) await receiptOf(id, 'deliveredAt', agent.id);
    const told = inbox.events.flatMap((event) => (event.type === 'message' ? [event.message.id] : []));
    expect(told).toEqual([after]);
    const { socket } = await sayHello(server.url, agent.token);
    using _ = socket;
    expect(await messagesOn(socket)).toEqual([]);
  });

  test('H2: is watched by a stock client over server-sent events, too', async () => {
    using agent = await logIn(server.url, 'agent0012');
    const link = httpSubscriptionLink({
      url: `${server.url}/trpc`,
      transformer: superjson,
      EventSource,
      connectionParams: { token: agent.token },
    });
    const api = createTRPCClient<AppRouter>({ links: [link] });
    using inbox = new Watching<InboxEvent>((on) => api.messages.watch.subscribe(undefined, on));
    await inbox.until(({ type }) => type === 'snapshot');
    const id = await send(manager, { to: { userIds: [agent.id] } });
    await inbox.until((event) => event.type === 'message' && event.message.id === id);
    expect(await receiptOf(id, 'deliveredAt', agent.id)).toMatchObject({ readAt: null });
  });

  test('G4: whoever has none any more is sent off', async () => {
    using agent = await logIn(server.url, 'agent0010');
    using admin = await logIn(server.url, 'admin');
    using inbox = watchInbox(agent);
    await inbox.until(({ type }) => type === 'snapshot');
    await admin.api.agents.update.mutate({ id: agent.id, role: 'viewer' });
    expect(await codeOf(inbox.until(() => false))).toBe('FORBIDDEN');
    expect(await codeOf(watchInbox(agent).until(() => false))).toBe('FORBIDDEN');
  });
});

test('H4: npm run journal tells of the messages and activities of an agent', async () => {
  using agent = await logIn(server.url, 'agent0011');
  const { socket } = await sayHello(server.url, agent.token);
  using _ = socket;
  const messageId = await send(manager, {
    to: { userIds: [agent.id] },
    subject: 'Tea',
    content: 'It is "ready"',
    priority: 'high',
  });
  await socket.ask({ op: 'read', id: 'r', messages: [messageId] });
  await socket.ask({ op: 'activity', id: 'T7', type: 'ticket_resolved', metadata: { ticketId: 'T7' } });
  const told = async (...args: string[]) => {
    const all = ['--data-dir', folder.path, '--agent', String(agent.id), ...args];
    return (await runToEnd('api/commands/journal.ts', { TZ: 'UTC' }, all)).output.trim().split('\n');
  };
  const lines = await told();
  const line = lines.findIndex((text) => text.includes(`direct message ${messageId}`));
  expect(lines[line]).toMatch(/from .+ to .+; high; subject "Tea"; "It is \\"ready\\""$/);
  expect(lines.slice(line).join('\n')).toMatch(
    new RegExp(
      `message ${messageId} read by .+\n(?:.*\n)*?.*ticket resolved T7 of .+; ticketId "T7"\n\\d+ entries of agent ${agent.id}$`,
    ),
  );
  expect(await told('--to', '2020-01-01')).toEqual([`0 entries of agent ${agent.id}`]);
});
