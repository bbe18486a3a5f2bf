import { TRPCError } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEnvironment } from '../../api/config.ts';
import { openConfigured } from '../../api/configured-database.ts';
import { ROLES } from '../../api/contract/roles.ts';
import { RollcallError } from '../../api/contract/errors.ts';
import { Opened } from '../../api/opened.ts';
import { appRouter } from '../../api/routers/app.ts';
import type { Role } from '../../engine/member.ts';
import { seededFolder } from '../support/data-folders.ts';
import { type Caller, callerOf, openServices, tokenOf } from '../support/services.ts';

/** Whom and what the calls are about, as seen by agent0001 and supervisor01 of Team 01. */
interface Things {
  readonly self: number;
  /** An agent of their team, and the team. */
  readonly colleague: number;
  readonly team: number;
  /** An agent of another team, and the team. */
  readonly stranger: number;
  readonly otherTeam: number;
  readonly admin: number;
  /** Of the admin's to the stranger. */
  readonly message: string;
}

interface Call {
  /** Whose it is: nobody else may. */
  readonly roles: readonly Role[];
  readonly call: (caller: Caller, things: Things) => Promise<unknown>;
}

const ALL = ROLES;
const WITH_PRESENCE = ['agent', 'supervisor', 'manager', 'admin'] as const;
const SUPERVISORS = ['supervisor', 'manager', 'admin'] as const;
const MANAGERS = ['manager', 'admin'] as const;
const ADMINS = ['admin'] as const;
const READERS = ['viewer', 'supervisor', 'manager', 'admin'] as const;
const UPPER_READERS = ['viewer', 'manager', 'admin'] as const;

const may = (roles: readonly Role[], call: Call['call']): Call => ({ roles, call });

const reason = 'a test';
const ALL_TIME = { from: 0, to: 4_000_000_000_000 };
const BREAK = { code: 'break', label: 'Break' };
const MESSAGE = { content: 'a word' };
const ROW = { from: { category: 'busy' }, to: { category: 'wrap_up' }, allowed: true } as const;

/** Every procedure, and about whom where that matters. A `#` sets calls of one procedure apart. */
const CALLS: Readonly<Record<string, Call | { readonly open: string }>> = {
  'auth.login': { open: 'whoever knows the password' },
  'auth.refresh': { open: 'whoever has the refresh token' },
  'auth.logout': { open: 'whoever has a token' },
  'auth.me': may(ALL, (api) => api.auth.me()),
  'agents.list': may(READERS, (api) => api.agents.list({})),
  'agents.byId # self': may(ALL, (api, { self }) => api.agents.byId({ id: self })),
  'agents.byId # own team': may(READERS, (api, { colleague }) => api.agents.byId({ id: colleague })),
  'agents.byId # other team': may(UPPER_READERS, (api, { stranger }) => api.agents.byId({ id: stranger })),
  'agents.create': may(ADMINS, (api) =>
    api.agents.create({ username: 'admin', email: 'a@b.example', name: 'Again', password: 'Rollcall1' }),
  ),
  'agents.update # own phone': may(WITH_PRESENCE, (api, { self: id }) =>
    api.agents.update({ id, phone: '+1 23', name: 'My Own Name' }),
  ),
  'agents.update # own team': may(MANAGERS, (api, { self: id }) => api.agents.update({ id, teamId: null })),
  'agents.update # own role': may(ADMINS, (api, { self: id }) => api.agents.update({ id, role: 'admin' })),
  'agents.update # colleague': may(MANAGERS, (api, { colleague: id }) =>
    api.agents.update({ id, email: 'colleague@example.com' }),
  ),
  'agents.update # colleague’s right': may(ADMINS, (api, { colleague: id }) =>
    api.agents.update({ id, active: true }),
  ),
  'agents.update # admin': may(ADMINS, (api, { admin: id }) => api.agents.update({ id, name: 'The Admin' })),
  'agents.deactivate': may(ADMINS, (api) => api.agents.deactivate({ id: 0 })),
  'teams.list': may(ALL, (api) => api.teams.list()),
  'teams.byId # own': may(ALL, (api, { team: id }) => api.teams.byId({ id })),
  'teams.byId # other': may(READERS, (api, { otherTeam: id }) => api.teams.byId({ id })),
  'teams.create': may(ADMINS, (api) => api.teams.create({ name: 'Team 01' })),
  'teams.update': may(ADMINS, (api, { team: id }) => api.teams.update({ id, description: 'The first' })),
  'teams.deactivate': may(ADMINS, (api, { team: id }) => api.teams.deactivate({ id })),
  'teams.members # own': may(READERS, (api, { team: id }) => api.teams.members({ id })),
  'teams.members # other': may(UPPER_READERS, (api, { otherTeam: id }) => api.teams.members({ id })),
  'statuses.list': may(ALL, (api) => api.statuses.list()),
  'statuses.watch': may(ALL, async (api) => api.statuses.watch({})),
  'statuses.save': may(MANAGERS, (api) => api.statuses.save(BREAK)),
  'statuses.archive': may(MANAGERS, (api) => api.statuses.archive({ code: 'break', archived: false })),
  'statuses.transitions': may(ALL, (api) => api.statuses.transitions()),
  'statuses.saveTransition': may(MANAGERS, (api) => api.statuses.saveTransition(ROW)),
  'presence.board # all': may(READERS, (api) => api.presence.board({ scope: { all: true } })),
  'presence.board # other team': may(READERS, (api, { otherTeam: teamId }) =>
    api.presence.board({ scope: { teamId } }),
  ),
  'presence.board # own team': may(ALL, (api, { team: teamId }) => api.presence.board({ scope: { teamId } })),
  'presence.board # admin': may(ADMINS, (api) => api.presence.board({ scope: { admin: true } })),
  'presence.summary # all': may(READERS, (api) => api.presence.summary({ scope: { all: true } })),
  'presence.summary # own team': may(ALL, (api, { team: teamId }) =>
    api.presence.summary({ scope: { teamId } }),
  ),
  'presence.watchSummary # all': may(READERS, async (api) =>
    api.presence.watchSummary({ scope: { all: true } }),
  ),
  'presence.nextAvailable # all': may(MANAGERS, (api) =>
    api.presence.nextAvailable({ scope: { all: true } }),
  ),
  'presence.nextAvailable # own team': may(SUPERVISORS, (api, { team: teamId }) =>
    api.presence.nextAvailable({ scope: { teamId } }),
  ),
  'presence.nextAvailable # other team': may(MANAGERS, (api, { otherTeam: teamId }) =>
    api.presence.nextAvailable({ scope: { teamId } }),
  ),
  'presence.nextAvailable # colleague': may(SUPERVISORS, (api, { colleague: agentId }) =>
    api.presence.nextAvailable({ scope: { agentId } }),
  ),
  'presence.nextAvailable # admin': may(ADMINS, (api) =>
    api.presence.nextAvailable({ scope: { admin: true } }),
  ),
  'presence.watch # all': may(READERS, async (api) => api.presence.watch({ scope: { all: true } })),
  'presence.watch # self': may(ALL, async (api, { self: agentId }) =>
    api.presence.watch({ scope: { agentId } }),
  ),
  'presence.setStatus': may(WITH_PRESENCE, (api) =>
    api.presence.setStatus({ status: 'busy', commandId: 'a' }),
  ),
  'presence.extend': may(WITH_PRESENCE, (api) =>
    api.presence.extend({ reason: 'a long queue', commandId: 'g' }),
  ),
  'presence.force # own team': may(SUPERVISORS, (api, { colleague: agentId }) =>
    api.presence.force({ agentId, status: 'busy', reason, commandId: 'b' }),
  ),
  'presence.force # other team': may(MANAGERS, (api, { stranger: agentId }) =>
    api.presence.force({ agentId, status: 'offline', reason, commandId: 'c' }),
  ),
  // A supervisor may be in a team of its own.
  'presence.force # self': may(SUPERVISORS, (api, { self: agentId }) =>
    api.presence.force({ agentId, status: 'busy', reason, commandId: 'd' }),
  ),
  'presence.release # own team': may(SUPERVISORS, (api, { colleague: agentId }) =>
    api.presence.release({ agentId, commandId: 'e' }),
  ),
  'presence.release # other team': may(MANAGERS, (api, { stranger: agentId }) =>
    api.presence.release({ agentId, commandId: 'f' }),
  ),
  'presence.why # self': may(WITH_PRESENCE, (api, { self: agentId }) => api.presence.why({ agentId })),
  'presence.why # own team': may(SUPERVISORS, (api, { colleague: agentId }) => api.presence.why({ agentId })),
  'presence.why # other team': may(MANAGERS, (api, { stranger: agentId }) => api.presence.why({ agentId })),
  'presence.timeline # self': may(WITH_PRESENCE, (api, { self: agentId }) =>
    api.presence.timeline({ agentId, ...ALL_TIME }),
  ),
  'presence.timeline # own team': may(SUPERVISORS, (api, { colleague: agentId }) =>
    api.presence.timeline({ agentId, ...ALL_TIME }),
  ),
  'presence.timeline # other team': may(MANAGERS, (api, { stranger: agentId }) =>
    api.presence.timeline({ agentId, ...ALL_TIME }),
  ),
  'messages.send # colleague': may(WITH_PRESENCE, (api, { colleague }) =>
    api.messages.send({ ...MESSAGE, to: { userIds: [colleague] }, commandId: 'g' }),
  ),
  'messages.send # stranger': may(MANAGERS, (api, { colleague, stranger }) =>
    api.messages.send({ ...MESSAGE, to: { userIds: [colleague, stranger] }, commandId: 'h' }),
  ),
  'messages.send # own team': may(SUPERVISORS, (api, { team: teamId }) =>
    api.messages.send({ ...MESSAGE, to: { teamId }, commandId: 'i' }),
  ),
  'messages.send # other team': may(MANAGERS, (api, { otherTeam: teamId }) =>
    api.messages.send({ ...MESSAGE, to: { teamId }, commandId: 'j' }),
  ),
  'messages.send # all': may(MANAGERS, (api) =>
    api.messages.send({ ...MESSAGE, to: { all: true }, commandId: 'k' }),
  ),
  'messages.inbox': may(WITH_PRESENCE, (api) => api.messages.inbox()),
  'messages.watch': may(WITH_PRESENCE, async (api) => api.messages.watch()),
  'messages.markRead': may(WITH_PRESENCE, (api) => api.messages.markRead({ messageIds: ['none'] })),
  'messages.acknowledge': may(WITH_PRESENCE, (api) => api.messages.acknowledge({ messageId: 'none' })),
  'messages.receipts # none': may(WITH_PRESENCE, (api) => api.messages.receipts({ messageId: 'none' })),
  'messages.receipts # of others': may(MANAGERS, (api, { message: messageId }) =>
    api.messages.receipts({ messageId }),
  ),
  'activities.record': may(WITH_PRESENCE, (api) => api.activities.record({ id: 'l', type: 'csat' })),
  'config.list': may(ADMINS, (api) => api.config.list()),
  'config.get': may(ADMINS, (api) => api.config.get({ key: 'WRAP_UP_SECONDS' })),
  'config.set': may(ADMINS, (api) => api.config.set({ key: 'WRAP_UP_SECONDS', value: 120 })),
  'audit.list': may(MANAGERS, (api) => api.audit.list({})),
};

const opened = new Opened();
let things: Things;
let callers: Readonly<Record<Role, { readonly api: Caller; readonly self: number }>>;
let nobody: Caller;

beforeAll(async () => {
  const folder = opened.use(await seededFolder());
  const database = opened.use(await openConfigured(readEnvironment({ DATA_DIR: folder.path })));
  const services = await openServices(database, opened);
  const as = async (username: string) => {
    const api = await callerOf(services, await tokenOf(services, username));
    return { api, self: (await api.auth.me()).id };
  };
  const names = {
    viewer: 'viewer',
    agent: 'agent0001',
    supervisor: 'supervisor01',
    manager: 'manager',
    admin: 'admin',
  } as const;
  const entries = ROLES.map(async (role) => [role, await as(names[role])] as const);
  callers = Object.fromEntries(await Promise.all(entries)) as typeof callers;
  nobody = await callerOf(services, null);
  const { api, self: admin } = callers.admin;
  const idOf = async (username: string) =>
    (await api.agents.list({ filters: { search: username } })).data[0]?.id ?? 0;
  const [team, otherTeam] = await api.teams.list();
  const stranger = await idOf('agent0051');
  const sent = await api.messages.send({ ...MESSAGE, to: { userIds: [stranger] }, commandId: 'first' });
  things = {
    self: 0,
    colleague: await idOf('agent0002'),
    team: team?.id ?? 0,
    stranger,
    otherTeam: otherTeam?.id ?? 0,
    admin,
    message: sent.messageId,
  };
});

afterAll(() => opened[Symbol.asyncDispose]());

/** How a call ended; a refusal that is none of rights counts as let in. */
async function outcomeOf(call: Promise<unknown>): Promise<'let in' | 'FORBIDDEN' | 'UNAUTHENTICATED'> {
  try {
    await call;
    return 'let in';
  } catch (error) {
    if (!(error instanceof TRPCError) || !(error.cause instanceof RollcallError)) throw error;
    const { code } = error.cause.detail;
    return code === 'FORBIDDEN' || code === 'UNAUTHENTICATED' ? code : 'let in';
  }
}

describe('roles', () => {
  test('there is a line for every procedure', () => {
    const named = new Set(Object.keys(CALLS).map((name) => name.split(' ')[0]));
    expect(named).toEqual(new Set(Object.keys(appRouter._def.procedures)));
  });

  const guarded = Object.entries(CALLS).flatMap(([name, line]) =>
    'call' in line ? [{ name, ...line }] : [],
  );

  test.each(guarded)('$name is for $roles', async ({ call, roles }) => {
    const outcomes: Partial<Record<Role, string>> = {};
    const expected: Partial<Record<Role, string>> = {};
    for (const role of ROLES) {
      const { api, self } = callers[role];
      outcomes[role] = await outcomeOf(call(api, { ...things, self }));
      expected[role] = roles.includes(role) ? 'let in' : 'FORBIDDEN';
    }
    expect(outcomes).toEqual(expected);
    expect(await outcomeOf(call(nobody, { ...things, self: things.colleague }))).toBe('UNAUTHENTICATED');
  });

  test('a phone number is for oneself, managers and admins', async () => {
    const shown = READERS.map((role) => callers[role].api.agents.byId({ id: things.colleague }));
    expect((await Promise.all(shown)).map((user) => 'phone' in user)).toEqual([false, false, true, true]);
  });

  test('an agent sees its own team in the list of teams', async () => {
    expect((await callers.agent.api.teams.list()).map(({ id }) => id)).toEqual([things.team]);
    expect((await callers.viewer.api.teams.list()).length).toBe(4);
  });
});
