import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ForceInput } from '../../api/contract/presence.ts';
import { type DataFolder, seededFolder } from '../support/data-folders.ts';
import { logIn, type Person, sayHello } from '../support/people.ts';
import type { RawSocket } from '../support/raw-socket.ts';
import { codeOf } from '../support/refusals.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

let folder: DataFolder;
let server: ServerProcess;
let supervisor: Person;
let manager: Person;
let commands = 0;

beforeAll(async () => {
  folder = await seededFolder();
  server = await startServerProcess({ DATA_DIR: folder.path });
  supervisor = await logIn(server.url, 'supervisor01');
  manager = await logIn(server.url, 'manager');
});

afterAll(async () => {
  for (const person of [supervisor, manager]) person[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** An agent at work until the test is over. */
async function atWork(username: string): Promise<{ agent: Person; id: number; socket: RawSocket }> {
  const agent = await logIn(server.url, username);
  const { socket } = await sayHello(server.url, agent.token);
  onTestFinished(() => {
    socket[Symbol.dispose]();
    agent[Symbol.dispose]();
  });
  return { agent, id: agent.id, socket };
}

function commandId(): string {
  commands += 1;
  return `command ${commands}`;
}

const force = (by: Person, agentId: number, more: Partial<ForceInput> = {}) =>
  by.api.presence.force.mutate({
    agentId,
    status: 'busy',
    reason: 'help out',
    commandId: commandId(),
    ...more,
  });
const release = (by: Person, agentId: number) =>
  by.api.presence.release.mutate({ agentId, commandId: commandId() });

async function trailOf(agentId: number, action: string) {
  const filters = { action, recordId: String(agentId) };
  return (await manager.api.audit.list.query({ filters, limit: 100 })).entries;
}

describe('E1: a forced status', () => {
  test('E1: stands above the duty until it is released; the agent is told both, and both are audited', async () => {
    const { id, socket } = await atWork('agent0001');
    const forced = await force(supervisor, id);
    expect(forced).toMatchObject({
      seq: forced.tile.seq,
      tile: { status: 'busy', duty: 'available', cause: 'override', by: supervisor.id, reason: 'help out' },
    });
    expect(await socket.next(({ op }) => op === 'notice')).toMatchObject({
      kind: 'forced',
      text: 'help out',
    });
    expect(await release(supervisor, id)).toMatchObject({ tile: { status: 'available', cause: 'agent' } });
    expect(await socket.next(({ op }) => op === 'notice')).toMatchObject({ kind: 'released' });
    expect(await trailOf(id, 'presence.force')).toMatchObject([
      {
        userId: supervisor.id,
        newValues: { status: 'busy', reason: 'help out', hold: false, seq: forced.seq },
      },
    ]);
    expect(await trailOf(id, 'presence.release')).toMatchObject([{ userId: supervisor.id }]);
    expect(await codeOf(release(supervisor, id))).toBe('CONFLICT');
  });

  test('E1: with hold leaves the agent nothing but to log out', async () => {
    const { id, socket } = await atWork('agent0002');
    await force(supervisor, id, { hold: true, status: 'break' });
    expect(await socket.ask({ op: 'status', id: '1', status: 'available' })).toMatchObject({
      op: 'no',
      code: 'TRANSITION_NOT_ALLOWED',
      allowed: ['offline'],
    });
    expect(await release(manager, id)).toMatchObject({ tile: { status: 'available' } });
    expect(await socket.ask({ op: 'status', id: '2', status: 'busy' })).toMatchObject({ op: 'ok' });
    expect(await codeOf(force(manager, id, { hold: true, status: 'offline' }))).toBe('VALIDATION');
  });

  test('E1, C3: a forced log-out closes every tab, is not released, and is not forced twice', async () => {
    const { agent, id, socket } = await atWork('agent0003');
    const { socket: tab } = await sayHello(server.url, agent.token);
    expect(await force(supervisor, id, { status: 'offline' })).toMatchObject({
      tile: { status: 'offline', cause: 'override', connectivity: 'disconnected' },
    });
    for (const each of [socket, tab]) expect(await each.closed).toMatchObject({ code: 4410 });
    expect(await codeOf(release(supervisor, id))).toBe('CONFLICT');
    expect(await codeOf(force(supervisor, id))).toBe('NOT_CONNECTED');
    expect(await codeOf(force(supervisor, id, { status: 'offline' }))).toBe('NOT_CONNECTED');
    const { socket: back, welcome } = await sayHello(server.url, agent.token);
    using _ = back;
    expect(welcome).toMatchObject({ tile: { status: 'available' } });
  });

  test('B6: sent twice is done once, answered as the first time, and noted once', async () => {
    const { id } = await atWork('agent0004');
    const same = { commandId: 'the very same' };
    const first = await force(supervisor, id, same);
    await release(supervisor, id);
    expect(await force(supervisor, id, same)).toEqual(first);
    expect(await trailOf(id, 'presence.force')).toHaveLength(1);
    const { agents } = await manager.api.presence.board.query({ scope: { agentId: id } });
    expect(agents).toMatchObject([{ status: 'available' }]);
  });

  test('E1: of two who force at once the later stands; each is answered and noted', async () => {
    const { id, socket } = await atWork('agent0005');
    const [one, other] = await Promise.all([
      force(supervisor, id, { status: 'busy' }),
      force(manager, id, { status: 'away', reason: 'rest' }),
    ]);
    const [first, last] = [one, other].toSorted((a, b) => a.seq - b.seq);
    expect(last?.seq).toBe((first?.seq ?? 0) + 1);
    const { agents } = await manager.api.presence.board.query({ scope: { agentId: id } });
    expect(agents).toEqual([last?.tile]);
    expect(await trailOf(id, 'presence.force')).toHaveLength(2);
    await vi.waitFor(() => expect(socket.frames.filter(({ op }) => op === 'notice')).toHaveLength(2));
  });

  test('E1: is for an agent who is here, by whoever supervises them, with a status that there is', async () => {
    const { id } = await atWork('agent0051');
    expect(await codeOf(force(supervisor, id))).toBe('FORBIDDEN');
    expect(await codeOf(release(supervisor, id))).toBe('FORBIDDEN');
    expect(await codeOf(force(manager, id, { status: 'nothing' }))).toBe('UNKNOWN_STATUS');
    expect(await codeOf(force(manager, id, { reason: ' ' }))).toBe('VALIDATION');
    expect(await codeOf(force(manager, 2_000_000_000))).toBe('NOT_FOUND');
    expect(await trailOf(id, 'presence.force')).toEqual([]);
  });

  test('D4: after the task at hand, with none, is now; with one it waits, is audited, and the agent is told when it stands', async () => {
    const { id, socket } = await atWork('agent0006');
    expect(await force(supervisor, id, { when: 'after_task' })).toMatchObject({ tile: { status: 'busy' } });
    await release(supervisor, id);
    await socket.ask({ op: 'work', id: '1', current: 1, max: 2 });
    const waiting = await force(supervisor, id, { when: 'after_task', status: 'away', reason: 'rest' });
    expect(waiting.tile).toMatchObject({ status: 'available', queued: 'away' });
    const [newest] = await trailOf(id, 'presence.force');
    expect(newest).toMatchObject({
      userId: supervisor.id,
      newValues: { status: 'away', reason: 'rest', hold: false, when: 'after_task', seq: waiting.seq },
    });
    socket.frames.splice(0);
    await socket.ask({ op: 'work', id: '2', current: 0, max: 2 });
    const { agents } = await manager.api.presence.board.query({ scope: { agentId: id } });
    expect(agents).toMatchObject([{ status: 'away', cause: 'override', reason: 'rest', by: supervisor.id }]);
    expect(await trailOf(id, 'presence.force')).toHaveLength(2);
  });

  test('D4: what waits is dropped by a release; a log-out may wait, too', async () => {
    const { id, socket } = await atWork('agent0008');
    await socket.ask({ op: 'work', id: '1', current: 1, max: 2 });
    await force(supervisor, id, { when: 'after_task' });
    expect((await release(supervisor, id)).tile).not.toHaveProperty('queued');
    expect(await codeOf(release(supervisor, id))).toBe('CONFLICT');
    await force(supervisor, id, { when: 'after_task', status: 'offline', reason: 'shift is over' });
    expect(await socket.ask({ op: 'work', id: '2', current: 0, max: 2 })).toMatchObject({ op: 'ok' });
    expect(await socket.closed).toMatchObject({ code: 4410 });
  });

  test('G4: a right that is taken away is gone with the answer', async () => {
    using admin = await logIn(server.url, 'admin');
    const { id } = await atWork('agent0007');
    const [team] = await admin.api.teams.list.query();
    const teamId = team?.id ?? 0;
    await admin.api.teams.update.mutate({ id: teamId, supervisorId: null });
    expect(await codeOf(force(supervisor, id))).toBe('FORBIDDEN');
    await admin.api.teams.update.mutate({ id: teamId, supervisorId: supervisor.id });
    expect(await codeOf(force(supervisor, id))).toBe('answered');
  });
});
