import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type DataFolder, seededFolder } from '../support/data-folders.ts';
import { logIn, type Person, sayHello } from '../support/people.ts';
import type { RawSocket } from '../support/raw-socket.ts';
import { codeOf } from '../support/refusals.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

let folder: DataFolder;
let server: ServerProcess;
let manager: Person;
let admin: Person;

beforeAll(async () => {
  folder = await seededFolder();
  server = await startServerProcess({ DATA_DIR: folder.path });
  manager = await logIn(server.url, 'manager');
  admin = await logIn(server.url, 'admin');
});

afterAll(async () => {
  for (const person of [manager, admin]) person[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** A short break, and what follows it. */
const save = (onOverrun: { action: 'set'; code: string } | { action: 'log_out' }) =>
  manager.api.statuses.save.mutate({
    code: 'errand',
    label: 'Errand',
    category: 'break',
    colour: '#00838f',
    shape: 'diamond',
    maxSeconds: 1,
    onOverrun,
  });

/** An agent at work until the test is over. */
async function atWork(username: string): Promise<{ agent: Person; socket: RawSocket }> {
  const agent = await logIn(server.url, username);
  const { socket } = await sayHello(server.url, agent.token);
  onTestFinished(() => {
    socket[Symbol.dispose]();
    agent[Symbol.dispose]();
  });
  return { agent, socket };
}

const tileOf = async ({ id: agentId }: Person) =>
  (await manager.api.presence.board.query({ scope: { agentId } })).agents[0];
const isAvailable = ({ tile }: Readonly<Record<string, unknown>>) =>
  (tile as { status?: string } | undefined)?.status === 'available';
const isNotice = ({ op }: { op?: string }) => op === 'notice';

describe('D2: a break', () => {
  test('D2: has an end that the agent and the supervisors see, and one extension with a reason', async () => {
    const { agent, socket } = await atWork('agent0001');
    await socket.ask({ op: 'status', id: '1', status: 'break' });
    const before = await tileOf(agent);
    expect(before?.deadline).toBe((before?.since ?? 0) + 15 * 60_000);
    const blank = agent.api.presence.extend.mutate({ reason: ' ', commandId: 'a' });
    await expect(blank).rejects.toMatchObject({
      data: { rollcall: { code: 'VALIDATION', fields: { reason: expect.any(String) as unknown } } },
    });
    const extend = () => agent.api.presence.extend.mutate({ reason: 'a long queue', commandId: 'b' });
    const extended = await extend();
    expect(extended.tile).toMatchObject({ status: 'break', deadline: (before?.deadline ?? 0) + 5 * 60_000 });
    expect(await extend()).toEqual(extended);
    const again = agent.api.presence.extend.mutate({ reason: 'more', commandId: 'c' });
    await expect(again).rejects.toMatchObject({
      data: { rollcall: { code: 'CONFLICT', current: { seq: extended.seq, tile: { status: 'break' } } } },
    });
    expect(await socket.ask({ op: 'extend', id: 'd', reason: 'more' })).toMatchObject({ code: 'CONFLICT' });
    const { entries } = await manager.api.presence.timeline.query({
      agentId: agent.id,
      from: 0,
      to: 253_402_300_799_999,
    });
    expect(entries.at(-1)).toMatchObject({
      type: 'break_extended',
      by: agent.id,
      reason: 'a long queue',
      changed: { deadline: extended.tile.deadline },
    });
  });

  test('D2: is extended by its own agent, who is here', async () => {
    using viewer = await logIn(server.url, 'viewer');
    using agent = await logIn(server.url, 'agent0002');
    const extension = { reason: 'a long queue', commandId: 'x' };
    expect(await codeOf(viewer.api.presence.extend.mutate(extension))).toBe('FORBIDDEN');
    expect(await codeOf(agent.api.presence.extend.mutate(extension))).toBe('NOT_CONNECTED');
  });

  test('A8, D2, C3: over, the agent is told, and what was agreed on happens: another status, a log-out', async () => {
    await save({ action: 'set', code: 'away' });
    const first = await atWork('agent0003');
    await first.socket.ask({ op: 'status', id: '1', status: 'errand' });
    expect(await first.socket.next(isNotice)).toMatchObject({ kind: 'break_over' });
    expect(await tileOf(first.agent)).toMatchObject({ status: 'away', cause: 'overrun' });
    await save({ action: 'log_out' });
    const second = await atWork('agent0004');
    await second.socket.ask({ op: 'status', id: '1', status: 'errand' });
    expect(await second.socket.next(isNotice)).toMatchObject({ kind: 'break_over' });
    expect(await second.socket.closed).toMatchObject({ code: 4410 });
    expect(await tileOf(second.agent)).toMatchObject({ status: 'offline', cause: 'overrun' });
  });

  test('D3: a wrap-up ends by itself; its length changes for those who are in one', async () => {
    const { agent, socket } = await atWork('agent0005');
    await socket.ask({ op: 'status', id: '1', status: 'busy' });
    await socket.ask({ op: 'status', id: '2', status: 'wrap_up' });
    const tile = await tileOf(agent);
    expect(tile?.deadline).toBe((tile?.since ?? 0) + 120_000);
    await admin.api.config.set.mutate({ key: 'WRAP_UP_SECONDS', value: 1 });
    expect(await socket.next(isAvailable)).toMatchObject({ op: 'state', tile: { cause: 'overrun' } });
    await admin.api.config.set.mutate({ key: 'WRAP_UP_SECONDS', value: 120 });
  });
});

describe('D4: a status for later', () => {
  test('D4: by socket or by call, waits for the end of the task, and comes with it', async () => {
    const { agent, socket } = await atWork('agent0006');
    await socket.ask({ op: 'work', id: '1', current: 1, max: 2 });
    expect(await socket.ask({ op: 'status', id: '2', status: 'away', next: true })).toMatchObject({
      op: 'ok',
    });
    const queued = { status: 'break', next: true, commandId: 'a' };
    const told = await agent.api.presence.setStatus.mutate(queued);
    expect(told.tile).toMatchObject({ status: 'available', queued: 'break' });
    expect(await tileOf(agent)).toMatchObject({ queued: 'break' });
    const forbidden = agent.api.presence.setStatus.mutate({ status: 'wrap_up', next: true, commandId: 'b' });
    expect(await codeOf(forbidden)).toBe('TRANSITION_NOT_ALLOWED');
    await socket.ask({ op: 'work', id: '3', current: 0, max: 2 });
    expect(await tileOf(agent)).toMatchObject({ status: 'break', cause: 'agent', by: agent.id });
  });
});
