import { createHash } from 'node:crypto';
import { TRPCClientError } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Scope, Tile, WatchEvent } from '../../api/contract/tile.ts';
import { appRouter } from '../../api/routers/app.ts';
import { type DataFolder, seededFolder } from '../support/data-folders.ts';
import { logIn, type Person, sayHello } from '../support/people.ts';
import type { RawSocket } from '../support/raw-socket.ts';
import { codeOf } from '../support/refusals.ts';
import {
  addSecondOrganisation,
  FOREIGN,
  FOREIGN_USERS,
  type SecondOrganisation,
} from '../support/second-organisation.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { type Names, NOBODYS, WALKS } from '../support/tenant-walks.ts';
import { firstEvent, type Watching, watchBoard, watchSummary } from '../support/watching.ts';

const PEOPLE = {
  admin: 'admin',
  manager: 'manager',
  supervisor: 'supervisor01',
  agent: 'agent0001',
  viewer: 'viewer',
} as const;
const ROLES = ['admin', 'manager', 'supervisor', 'agent', 'viewer'] as const;

let folder: DataFolder;
let foreign: SecondOrganisation;
let server: ServerProcess;
let people: Readonly<Record<keyof typeof PEOPLE, Person>>;
let foreigners: Readonly<Record<keyof typeof FOREIGN_USERS, Person>>;
let atWork: readonly RawSocket[];
let foreignSession: string;
let foreignMessage: string;

beforeAll(async () => {
  folder = await seededFolder();
  foreign = await addSecondOrganisation(folder);
  server = await startServerProcess({ DATA_DIR: folder.path });
  people = await logInAll(PEOPLE);
  foreigners = await logInAll(FOREIGN_USERS);
  const [own, other] = await Promise.all(
    [people.agent, foreigners.agent].map(({ token }) => sayHello(server.url, token)),
  );
  if (own === undefined || other === undefined) throw new Error('nobody said hello');
  atWork = [own.socket, other.socket];
  foreignSession = String(other.welcome['session']);
  const toAll = await foreigners.manager.api.messages.send.mutate({
    to: { all: true },
    content: FOREIGN,
    priority: 'urgent',
    commandId: 'to all',
  });
  foreignMessage = toAll.messageId;
});

afterAll(async () => {
  for (const one of [...Object.values(people), ...Object.values(foreigners), ...atWork])
    one[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function logInAll<Key extends string>(names: Readonly<Record<Key, string>>) {
  const entries = Object.entries<string>(names).map(
    async ([key, name]) => [key, await logIn(server.url, name)] as const,
  );
  return Object.fromEntries(await Promise.all(entries)) as Record<Key, Person>;
}

async function foreignNames(): Promise<Names> {
  const { cursor } = await foreigners.manager.api.presence.board.query({ scope: { all: true } });
  const { agentId, teamId, department, status } = foreign;
  const username = FOREIGN_USERS.agent;
  return { agentId, teamId, department, status, username, cursor, messageId: foreignMessage };
}

/** How calls ended, without what differs from one moment to the next, and without the names that they were given. */
async function outcomes(calls: readonly Promise<unknown>[], names: Names): Promise<string[]> {
  return Promise.all(
    calls.map(async (call) => {
      try {
        return JSON.stringify(await call, (key, value: unknown) => (MOMENTARY.has(key) ? null : value));
      } catch (error) {
        if (!(error instanceof TRPCClientError)) throw error;
        const { rollcall } = error.data as { rollcall: object };
        return `${JSON.stringify(rollcall)} ${withoutNames(error.message, names)}`;
      }
    }),
  );
}

const MOMENTARY: ReadonlySet<string> = new Set(['asOf', 'cursor', 'lastLoginAt']);

function withoutNames(message: string, names: Names): string {
  return Object.entries(names).reduce(
    (text, [key, value]) => text.replaceAll(new RegExp(String.raw`\b${value}\b`, 'g'), `<${key}>`),
    message,
  );
}

/** A text that a failed test can show. */
function short(text: string): string {
  if (text.length < 300) return text;
  return `${text.slice(0, 200)} … ${createHash('sha256').update(text).digest('hex')}`;
}

describe('J1: what another organisation has is what nobody has', () => {
  test('there is a walk for every procedure', () => {
    expect(Object.keys(WALKS).toSorted()).toEqual(Object.keys(appRouter._def.procedures).toSorted());
  });

  test.each(
    Object.entries(WALKS).flatMap(([path, walk]) => (typeof walk === 'function' ? [{ path, walk }] : [])),
  )('$path', async ({ path, walk }) => {
    const theirs = await foreignNames();
    for (const role of ROLES) {
      const person = people[role];
      const [ofForeign, ofNobody] = [
        await outcomes(walk(person, theirs, people.agent.id), theirs),
        await outcomes(walk(person, NOBODYS, people.agent.id), NOBODYS),
      ];
      expect({ path, role, outcomes: ofForeign.map(short) }).toEqual({
        path,
        role,
        outcomes: ofNobody.map(short),
      });
      for (const outcome of ofForeign) expect(outcome.toLowerCase()).not.toContain(FOREIGN);
    }
  });

  test.each(ROLES)('and it is NOT_FOUND for %s', async (role) => {
    const { api } = people[role];
    const { agentId, teamId } = foreign;
    const calls = [
      api.presence.why.query({ agentId }),
      api.agents.byId.query({ id: agentId }),
      api.agents.update.mutate({ id: agentId, name: 'Walker' }),
      api.teams.byId.query({ id: teamId }),
      api.teams.members.query({ id: teamId }),
      ...[{ agentId }, { teamId }].flatMap((scope) => [
        api.presence.board.query({ scope }),
        api.presence.summary.query({ scope }),
        firstEvent(watchBoard(people[role], { scope })),
        firstEvent(watchSummary(people[role], { scope })),
      ]),
    ];
    for (const code of await Promise.all(calls.map((call) => codeOf(call)))) expect(code).toBe('NOT_FOUND');
  });

  test.each(ROLES.filter((role) => role !== 'viewer'))('and so are messages, for %s', async (role) => {
    const { api } = people[role];
    const { agentId, teamId } = foreign;
    const messageId = foreignMessage;
    const calls = [
      api.messages.send.mutate({ to: { userIds: [agentId] }, content: 'a word', commandId: 'a' }),
      api.messages.send.mutate({ to: { teamId }, content: 'a word', commandId: 'b' }),
      api.messages.markRead.mutate({ messageIds: [messageId] }),
      api.messages.acknowledge.mutate({ messageId }),
      api.messages.receipts.query({ messageId }),
    ];
    for (const code of await Promise.all(calls.map((call) => codeOf(call)))) expect(code).toBe('NOT_FOUND');
    const { messages } = await api.messages.inbox.query();
    expect(JSON.stringify(messages).toLowerCase()).not.toContain(FOREIGN);
  });

  test('and it is so the other way round', async () => {
    const first = people.agent;
    const { teamId } = await first.api.auth.me.query();
    const { api } = foreigners.admin;
    expect(await codeOf(api.presence.why.query({ agentId: first.id }))).toBe('NOT_FOUND');
    expect(await codeOf(api.presence.board.query({ scope: { teamId: teamId ?? 0 } }))).toBe('NOT_FOUND');
    const { data, meta } = await api.agents.list.query({ limit: 100 });
    expect(meta.total).toBe(foreign.userIds.size);
    expect(new Set(data.map(({ id }) => id))).toEqual(foreign.userIds);
  });
});

describe('J1: what is shown of one organisation', () => {
  const shared = 'Customer Service';

  test('boards and summaries hold its people and no others, also in a department of the same name', async () => {
    for (const scope of [{ all: true }, { department: shared }] as const) {
      const [ours, theirs] = await Promise.all(
        [people.manager, foreigners.manager].map(({ api }) => api.presence.board.query({ scope })),
      );
      expect(idsOf(ours?.agents ?? []).filter((id) => foreign.userIds.has(id))).toEqual([]);
      expect(idsOf(theirs?.agents ?? []).filter((id) => !foreign.userIds.has(id))).toEqual([]);
      const [summary, other] = await Promise.all(
        [people.manager, foreigners.manager].map(({ api }) => api.presence.summary.query({ scope })),
      );
      expect([summary?.total, other?.total]).toEqual([ours?.agents.length, theirs?.agents.length]);
      expect(theirs?.agents).toHaveLength('all' in scope ? 2 : 1);
    }
    const { agents } = await people.admin.api.presence.board.query({ scope: { admin: true } });
    expect(idsOf(agents).filter((id) => foreign.userIds.has(id))).toEqual([]);
  });

  test('watchers hear of its people and of no others, also with a cursor of the other', async () => {
    const theirs = await foreignNames();
    const ours = [
      watch(people.manager, { all: true }),
      watch(people.manager, { all: true }, { lastEventId: theirs.cursor }),
      watch(people.manager, { department: shared }),
      watch(people.admin, { admin: true }),
      watch(people.viewer, { all: true }),
    ];
    const others = [
      watch(foreigners.manager, { all: true }),
      watch(foreigners.manager, { department: shared }),
      watch(foreigners.admin, { admin: true }),
    ];
    for (const watching of [...ours, ...others]) await watching.until(({ type }) => type === 'snapshot');
    const [own, other] = atWork;
    for (const status of ['busy', 'away', 'busy']) {
      await other?.ask({ op: 'status', id: `their-${status}`, status });
      await own?.ask({ op: 'status', id: `our-${status}`, status });
    }
    // Each has heard of somebody: what it had to hear before, it has heard.
    for (const watching of ours) await watching.until(heardOf(people.agent.id));
    for (const watching of others) await watching.until(heardOf(foreigners.agent.id));
    for (const { events } of ours)
      expect(events.flatMap(idsIn).filter((id) => foreign.userIds.has(id))).toEqual([]);
    for (const { events } of others)
      expect(events.flatMap(idsIn).filter((id) => !foreign.userIds.has(id))).toEqual([]);
  });

  test('who is next is one of its people, and is not taken from it by the other', async () => {
    const scope = { department: shared };
    for (const socket of atWork) await socket.ask({ op: 'status', id: 'free', status: 'available' });
    const [ours, theirs] = await Promise.all(
      [people.manager, foreigners.manager].map(({ api }) => api.presence.nextAvailable.mutate({ scope })),
    );
    expect([ours?.tile.id, theirs?.tile.id]).toEqual([people.agent.id, foreigners.agent.id]);
  });

  test('its catalogue is the one that its agents choose from', async () => {
    const [own, other] = atWork;
    const { status } = foreign;
    expect(await own?.ask({ op: 'status', id: 'holiday', status })).toMatchObject({
      op: 'no',
      code: 'UNKNOWN_STATUS',
      allowed: expect.not.arrayContaining([status]) as unknown,
    });
    expect(await other?.ask({ op: 'status', id: 'holiday', status })).toMatchObject({ op: 'ok' });
    const { agents } = await foreigners.manager.api.presence.board.query({
      scope: { agentId: foreign.agentId },
    });
    expect(agents).toMatchObject([{ status, category: 'break' }]);
  });

  test('a session of one is nothing that the other could resume', async () => {
    const resume = { session: foreignSession, seq: 1 };
    const { socket, welcome } = await sayHello(server.url, people.agent.token, { resume });
    using _ = socket;
    expect(welcome).toMatchObject({ resumed: false, tile: { id: people.agent.id } });
    expect(JSON.stringify(welcome).toLowerCase()).not.toContain(FOREIGN);
    const [, other] = atWork;
    expect(await other?.ask({ op: 'status', id: 'still', status: 'available' })).toMatchObject({ op: 'ok' });
  });
});

/** Watches until the test is over. */
function watch(person: Person, scope: Scope, more: { readonly lastEventId?: string } = {}): Watching {
  const watching = watchBoard(person, { scope, ...more });
  onTestFinished(() => watching[Symbol.dispose]());
  return watching;
}

function idsOf(tiles: readonly Tile[]): readonly number[] {
  return tiles.map(({ id }) => id);
}

/** Of whom an event speaks. */
function idsIn(event: WatchEvent): readonly number[] {
  switch (event.type) {
    case 'snapshot':
      return idsOf(event.agents);
    case 'changes':
      return [...idsOf(event.changes), ...event.removed];
    case 'pulse':
      return [];
  }
}

function heardOf(id: number): (event: WatchEvent) => boolean {
  return (event) => event.type === 'changes' && idsIn(event).includes(id);
}
