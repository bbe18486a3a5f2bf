import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CatalogueEvent, Status } from '../../api/contract/statuses.ts';
import { type DataFolder, seededFolder } from '../support/data-folders.ts';
import { logIn, type Person, sayHello } from '../support/people.ts';
import type { Frame, RawSocket } from '../support/raw-socket.ts';
import { codeOf } from '../support/refusals.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { watchBoard } from '../support/watching.ts';

const LUNCH = { code: 'lunch', label: 'Lunch', category: 'break', colour: '#00838f', shape: 'bar' } as const;

let folder: DataFolder;
let server: ServerProcess;
let admin: Person;
let manager: Person;

beforeAll(async () => {
  folder = await seededFolder();
  await start();
});

afterAll(async () => {
  await stop();
  await folder[Symbol.asyncDispose]();
});

async function start(): Promise<void> {
  server = await startServerProcess({ DATA_DIR: folder.path });
  admin = await logIn(server.url, 'admin');
  manager = await logIn(server.url, 'manager');
}

async function stop(): Promise<void> {
  for (const person of [admin, manager]) person[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
}

/** An agent at work until the test is over. */
async function atWork(username: string): Promise<{ id: number; socket: RawSocket; welcome: Frame }> {
  using agent = await logIn(server.url, username);
  const { socket, welcome } = await sayHello(server.url, agent.token);
  onTestFinished(() => socket[Symbol.dispose]());
  return { id: agent.id, socket, welcome };
}

const statusIn = (statuses: unknown, code: string) =>
  (statuses as readonly Status[]).find((status) => status.code === code);

describe('A8: the catalogue, live', () => {
  test('A8: a new status is there at once, for those at work and for those who watch the catalogue', async () => {
    const agent = await atWork('agent0001');
    expect(agent.welcome['allowed']).not.toContain('lunch');
    const told: CatalogueEvent[] = [];
    const watching = manager.api.statuses.watch.subscribe({}, { onData: ({ data }) => told.push(data) });
    onTestFinished(() => watching.unsubscribe());
    await vi.waitUntil(() => told.length === 1, { timeout: 10_000 });
    expect(await manager.api.statuses.save.mutate(LUNCH)).toMatchObject({ ...LUNCH, archived: false });
    const state = await agent.socket.next(({ op, statuses }) => op === 'state' && statuses !== undefined);
    expect(state).toMatchObject({
      allowed: expect.arrayContaining(['lunch']) as unknown,
      heartbeatMs: 30_000,
    });
    expect(statusIn(state['statuses'], 'lunch')).toMatchObject(LUNCH);
    await vi.waitFor(() => expect(statusIn(told.at(-1)?.statuses, 'lunch')).toMatchObject(LUNCH));
    expect(statusIn(await manager.api.statuses.list.query(), 'lunch')).toMatchObject(LUNCH);
    expect(await agent.socket.ask({ op: 'status', id: '1', status: 'lunch' })).toMatchObject({ op: 'ok' });
    await admin.api.config.set.mutate({ key: 'WRAP_UP_SECONDS', value: 60 });
    expect(told).toHaveLength(2);
  });

  test('A6: a status that is not routable any more shows on the tiles when the answer is there', async () => {
    const agent = await atWork('agent0002');
    using watching = watchBoard(manager, { scope: { agentId: agent.id } });
    await watching.until(({ type }) => type === 'snapshot');
    await manager.api.statuses.save.mutate({ code: 'available', routable: false });
    const { agents } = await manager.api.presence.board.query({ scope: { agentId: agent.id } });
    expect(agents).toMatchObject([{ status: 'available', routable: false }]);
    await watching.until((event) => event.type === 'changes' && event.changes[0]?.routable === false);
    await manager.api.statuses.save.mutate({ code: 'available', routable: true });
    await watching.until((event) => event.type === 'changes' && event.changes[0]?.routable === true);
  });

  test('B9: who is in an archived status keeps it, through a restart; nobody comes into it any more', async () => {
    await manager.api.statuses.save.mutate({ ...LUNCH, code: 'siesta', label: 'Siesta' });
    const [inIt, outside] = [await atWork('agent0003'), await atWork('agent0004')];
    await inIt.socket.ask({ op: 'status', id: '1', status: 'siesta', reason: 'tired' });
    const boardOf = async () =>
      (await manager.api.presence.board.query({ scope: { agentId: inIt.id } })).agents[0];
    const before = await boardOf();
    await manager.api.statuses.archive.mutate({ code: 'siesta' });
    await manager.api.statuses.save.mutate({ code: 'siesta', label: 'Nap', routable: true });
    expect(await boardOf()).toEqual(before);
    expect(await outside.socket.ask({ op: 'status', id: '1', status: 'siesta' })).toMatchObject({
      op: 'no',
      code: 'UNKNOWN_STATUS',
      allowed: expect.not.arrayContaining(['siesta']) as unknown,
    });
    const forced = { agentId: outside.id, status: 'siesta', reason: 'sleep', commandId: 'f' };
    expect(await codeOf(manager.api.presence.force.mutate(forced))).toBe('UNKNOWN_STATUS');
    await stop();
    await start();
    const { seq: _seq, connectivity: _connectivity, ...kept } = before ?? {};
    expect(await boardOf()).toMatchObject(kept);
    expect(statusIn(await manager.api.statuses.list.query(), 'siesta')).toMatchObject({
      label: 'Nap',
      archived: true,
    });
  });

  test('A8: what is still needed is not archived, and the refusal says by what', async () => {
    const refusal = manager.api.statuses.archive.mutate({ code: 'available' });
    await expect(refusal).rejects.toMatchObject({
      message: expect.stringContaining('DEFAULT_LOGIN_STATUS') as unknown,
      data: { rollcall: { code: 'CONFLICT' } },
    });
    await manager.api.statuses.save.mutate({ code: 'busy', onOverrun: { action: 'set', code: 'away' } });
    expect(await codeOf(manager.api.statuses.archive.mutate({ code: 'away' }))).toBe('CONFLICT');
    expect(await codeOf(manager.api.statuses.archive.mutate({ code: 'nothing' }))).toBe('NOT_FOUND');
    expect(await codeOf(manager.api.statuses.archive.mutate({ code: 'offline' }))).toBe('VALIDATION');
    const moved = manager.api.statuses.save.mutate({ code: 'busy', category: 'away' });
    await expect(moved).rejects.toMatchObject({
      data: { rollcall: { code: 'VALIDATION', fields: { category: expect.any(String) as unknown } } },
    });
  });

  test('A9: a row of the graph holds at once, for those at work too', async () => {
    const agent = await atWork('agent0005');
    await agent.socket.ask({ op: 'status', id: '1', status: 'break' });
    const row = { from: { code: 'break' }, to: { code: 'busy' }, role: 'agent' } as const;
    const busy = (id: string) => agent.socket.ask({ op: 'status', id, status: 'busy' });
    expect(await busy('2')).toMatchObject({ op: 'no', code: 'TRANSITION_NOT_ALLOWED' });
    expect(await manager.api.statuses.saveTransition.mutate({ ...row, allowed: true })).toContainEqual(row);
    const state = await agent.socket.next(
      ({ allowed }) => (allowed as string[] | undefined)?.includes('busy') ?? false,
    );
    expect(state).toMatchObject({ op: 'state', tile: { status: 'break' } });
    expect(await manager.api.statuses.saveTransition.mutate({ ...row, allowed: false })).not.toContainEqual(
      row,
    );
    expect(await busy('3')).toMatchObject({ op: 'no', code: 'TRANSITION_NOT_ALLOWED' });
    await manager.api.statuses.saveTransition.mutate({ ...row, allowed: true });
    expect(await busy('4')).toMatchObject({ op: 'ok' });
  });
});

describe('configuration, live', () => {
  test('C5: another heartbeat is told to those at work', async () => {
    const agent = await atWork('agent0006');
    await admin.api.config.set.mutate({ key: 'WEBSOCKET_HEARTBEAT_INTERVAL', value: 5 });
    const state = await agent.socket.next(({ heartbeatMs }) => heartbeatMs === 5_000);
    expect(state).toMatchObject({ op: 'state', tile: { id: agent.id } });
    expect(await agent.socket.next(({ op }) => op === 'pulse')).toBeDefined();
    await admin.api.config.set.mutate({ key: 'WEBSOCKET_HEARTBEAT_INTERVAL', value: 30 });
  });

  test('C3, A10: the grace and the log-in status hold for whoever comes and goes next', async () => {
    await admin.api.config.set.mutate({ key: 'RECONNECT_GRACE_SECONDS', value: 600 });
    await admin.api.config.set.mutate({ key: 'DEFAULT_LOGIN_STATUS', value: 'away' });
    const agent = await atWork('agent0007');
    expect(agent.welcome).toMatchObject({ tile: { status: 'away' } });
    agent.socket[Symbol.dispose]();
    const tile = async () =>
      (await manager.api.presence.board.query({ scope: { agentId: agent.id } })).agents[0];
    await vi.waitFor(async () => expect(await tile()).toMatchObject({ connectivity: 'reconnecting' }));
    expect((await tile())?.graceUntil).toBeGreaterThan(Date.now() + 500_000);
    expect(await codeOf(manager.api.statuses.archive.mutate({ code: 'away' }))).toBe('CONFLICT');
    await admin.api.config.set.mutate({ key: 'DEFAULT_LOGIN_STATUS', value: 'available' });
  });

  test('every key is listed with its value, its bounds and its default', async () => {
    const items = await admin.api.config.list.query();
    expect(items).toHaveLength(18);
    expect(await admin.api.config.get.query({ key: 'MAX_AGENT_IDLE_TIME' })).toMatchObject({
      type: 'integer',
      value: 300,
      default: 300,
      min: 30,
      max: 86_400,
      unit: 's',
      editable: true,
    });
    const set = await admin.api.config.set.mutate({ key: 'ENABLE_DESKTOP_NOTIFICATIONS', value: false });
    expect(set).toMatchObject({ value: false, default: true });
    expect(await admin.api.config.list.query()).toContainEqual(set);
  });

  test.each([
    ['key', { key: 'NO_SUCH_KEY', value: 1 }],
    ['value', { key: 'MAX_AGENT_IDLE_TIME', value: 29 }],
    ['value', { key: 'MAX_AGENT_IDLE_TIME', value: 86_401 }],
    ['value', { key: 'MAX_AGENT_IDLE_TIME', value: 60.5 }],
    ['value', { key: 'MAX_AGENT_IDLE_TIME', value: '60' }],
    ['value', { key: 'ENABLE_DESKTOP_NOTIFICATIONS', value: 1 }],
    ['value', { key: 'DEFAULT_LOGIN_STATUS', value: 'nothing' }],
    ['value', { key: 'DEFAULT_LOGIN_STATUS', value: 'offline' }],
  ])('a bad %s is VALIDATION and changes nothing: %j', async (field, change) => {
    const before = await admin.api.config.list.query();
    const refused = admin.api.config.set.mutate(change as { key: 'WRAP_UP_SECONDS'; value: number });
    await expect(refused).rejects.toMatchObject({
      data: { rollcall: { code: 'VALIDATION', fields: { [field]: expect.any(String) as unknown } } },
    });
    expect(await admin.api.config.list.query()).toEqual(before);
  });

  test('who changed what, from where, is in the audit trail, page by page', async () => {
    await admin.api.config.set.mutate({ key: 'FLAP_LIMIT', value: 7 });
    const filters = { action: 'config.set', recordId: 'FLAP_LIMIT' };
    const { entries, nextCursor } = await manager.api.audit.list.query({ filters });
    expect(nextCursor).toBeNull();
    expect(entries).toMatchObject([
      {
        userId: admin.id,
        table: 'system_config',
        oldValues: { value: '6' },
        newValues: { value: '7' },
        ipAddress: '127.0.0.1',
      },
    ]);
    const all = await manager.api.audit.list.query({ limit: 100 });
    const first = await manager.api.audit.list.query({ limit: 2 });
    const second = await manager.api.audit.list.query({ limit: 2, cursor: first.nextCursor });
    expect([...first.entries, ...second.entries]).toEqual(all.entries.slice(0, 4));
  });
});
