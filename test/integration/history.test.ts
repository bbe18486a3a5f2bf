import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DataFolder, seededFolder } from '../support/data-folders.ts';
import { logIn, type Person, sayHello } from '../support/people.ts';
import { readyOf } from '../support/projected.ts';
import { codeOf } from '../support/refusals.ts';
import { runToEnd, type ServerProcess, startServerProcess } from '../support/server-process.ts';

const ALL_DAY = { from: 0, to: 4_000_000_000_000 };

let folder: DataFolder;
let server: ServerProcess;

beforeAll(async () => {
  folder = await seededFolder();
  server = await startServerProcess({ DATA_DIR: folder.path });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const timeline = ({ api }: Person, agentId: number, more: { limit?: number; cursor?: string } = {}) =>
  api.presence.timeline.query({ agentId, ...ALL_DAY, ...more });

const journal = (...args: string[]) =>
  runToEnd('api/commands/journal.ts', { TZ: 'Asia/Bangkok' }, ['--data-dir', folder.path, ...args]);

describe('the timeline', () => {
  test('F3: what was acknowledged is in it at once', async () => {
    using agent = await logIn(server.url, 'agent0001');
    const { socket, welcome } = await sayHello(server.url, agent.token);
    using _ = socket;
    for (let turn = 1; turn <= 6; turn++) {
      const status = turn % 2 === 0 ? 'available' : 'busy';
      const { seq } = await socket.ask({ op: 'status', id: `t${turn}`, status, reason: `turn ${turn}` });
      const { entries, next, lagMs } = await timeline(agent, agent.id);
      expect({ next, lagMs }).toEqual({ next: null, lagMs: 0 });
      expect(entries.at(-1)).toMatchObject({
        seq,
        type: 'status_chosen',
        by: agent.id,
        reason: `turn ${turn}`,
        cause: 'agent',
        session: { id: welcome['session'], device: 'test' },
        changed: { status, duty: status },
      });
      expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_entry, index) => index + 1));
    }
    const first = await timeline(agent, agent.id, { limit: 4 });
    const rest = await timeline(agent, agent.id, { limit: 4, cursor: first.next ?? '' });
    expect([...first.entries, ...rest.entries]).toEqual((await timeline(agent, agent.id)).entries);
  });

  test('is shown as why is: to the agent, the own supervisor and managers; and takes no nonsense', async () => {
    using agent = await logIn(server.url, 'agent0002');
    using own = await logIn(server.url, 'supervisor01');
    using other = await logIn(server.url, 'supervisor02');
    using manager = await logIn(server.url, 'manager');
    using viewer = await logIn(server.url, 'viewer');
    for (const person of [agent, own, manager])
      expect(await timeline(person, agent.id)).toMatchObject({ lagMs: 0 });
    for (const person of [other, viewer]) expect(await codeOf(timeline(person, agent.id))).toBe('FORBIDDEN');
    expect(await codeOf(timeline(agent, manager.id))).toBe('FORBIDDEN');
    expect(await codeOf(timeline(manager, 2_000_000_000))).toBe('NOT_FOUND');
    expect(await codeOf(timeline(manager, agent.id, { cursor: 'nonsense' }))).toBe('VALIDATION');
    const backwards = manager.api.presence.timeline.query({ agentId: agent.id, from: 2, to: 1 });
    expect(await codeOf(backwards)).toBe('VALIDATION');
  });

  test('F3: readiness tells where the copies of the journal are', async () => {
    expect(await readyOf(server.url)).toMatchObject({
      status: 'ready',
      projections: {
        documents: { state: 'running', missing: 0, trouble: null },
        audit: { state: 'running', missing: 0, trouble: null },
      },
    });
  });
});

describe('npm run journal', () => {
  test('F2: says in words what happened to an agent, beside the running server and after its crash', async () => {
    using agent = await logIn(server.url, 'agent0003');
    const { socket, welcome } = await sayHello(server.url, agent.token);
    using _ = socket;
    await socket.ask({ op: 'status', id: 'a', status: 'break', reason: 'tea' });
    const { code, output } = await journal('--agent', String(agent.id));
    expect(code).toBe(0);
    const lines = output.trim().split('\n');
    expect(lines[1]).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \+07:00 {2}#2 {2}status chosen by [^;]+; available → break \(cause agent\); duty break; until [^;]+; reason "tea"; session /,
    );
    expect(lines[1]).toContain(`session ${String(welcome['session'])} on "test" at `);
    expect(lines.at(-1)).toBe(`2 entries of agent ${agent.id}`);
    const [, name = ''] = /status chosen by ([^;]+);/.exec(output) ?? [];
    expect((await journal('--agent', name.toUpperCase())).output).toBe(output);

    const nothing = await journal('--agent', String(agent.id), '--to', '2020-01-01');
    expect(nothing.output.trim()).toBe(`0 entries of agent ${agent.id}`);
    await server.end('SIGKILL');
    expect((await journal('--agent', String(agent.id), '--from', '2020-01-01T00:00')).output).toBe(output);
    server = await startServerProcess({ DATA_DIR: folder.path });
  });

  test('names what it can not use', async () => {
    expect((await journal()).output).toMatch(/^rollcall: --agent: must be/);
    expect((await journal('--agent', '1', '--from', 'soon')).output).toMatch(/^rollcall: --from: must be/);
    expect((await journal('--agent', 'Nobody At All')).output).toMatch(/^rollcall: --agent: .*nobody called/);
    const elsewhere = await journal('--agent', '1', '--data-dir', '/nowhere');
    expect(elsewhere).toMatchObject({
      code: 1,
      output: expect.stringMatching(/there is no journal/) as string,
    });
  });
});
