/** Every procedure, called with the names of things that another organisation has, or nobody. */
import type { Scope } from '../../api/contract/tile.ts';
import type { Person } from './people.ts';
import { FOREIGN } from './second-organisation.ts';
import { firstEvent, watchBoard, watchSummary } from './watching.ts';

/** What names something that one organisation has, or nobody. */
export interface Names {
  readonly agentId: number;
  readonly teamId: number;
  readonly department: string;
  readonly status: string;
  readonly username: string;
  /** Of the board of everybody. */
  readonly cursor: string;
  readonly messageId: string;
}

export const NOBODYS: Names = {
  agentId: 2_000_000_000,
  teamId: 2_000_000_001,
  department: 'Nowhere',
  status: 'no_such_status',
  username: 'nobody_at_all',
  cursor: '0.nothing',
  messageId: 'no such message',
};

const scopesOf = ({ agentId, teamId, department }: Names): readonly Scope[] => [
  { agentId },
  { teamId },
  { department },
  { all: true },
  { admin: true },
];

/** `own` is an agent of the walker's organisation. */
type Walk = (person: Person, names: Names, own: number) => readonly Promise<unknown>[];

/** Every procedure, called with everything that can name something. */
export const WALKS: Readonly<Record<string, Walk | { readonly namesNothing: string }>> = {
  'auth.login': ({ api }, { username }) => [api.auth.login.mutate({ username, password: 'Wrong-pass1' })],
  'auth.refresh': { namesNothing: 'a refresh token is a secret: whoever holds it is its user' },
  'auth.logout': { namesNothing: 'as auth.refresh' },
  'auth.me': ({ api }) => [api.auth.me.query()],
  'agents.list': ({ api }, { teamId, department, username }) =>
    [{}, { teamId }, { department }, { search: username }, { search: FOREIGN }].map((filters) =>
      api.agents.list.query({ filters, limit: 100 }),
    ),
  'agents.create': ({ api }, { teamId }) =>
    (['agent', 'supervisor', 'viewer'] as const).map((role) =>
      api.agents.create.mutate({
        username: 'walker',
        email: 'walker@example.com',
        name: 'Walker',
        password: 'Walker-pass1',
        role,
        teamId,
      }),
    ),
  'agents.byId': ({ api }, { agentId: id }) => [api.agents.byId.query({ id })],
  'agents.update': ({ api, id: own }, { agentId: id, teamId }) => [
    api.agents.update.mutate({ id, name: 'Walker' }),
    api.agents.update.mutate({ id: own, teamId }),
  ],
  'agents.deactivate': ({ api }, { agentId: id }) => [api.agents.deactivate.mutate({ id })],
  'teams.list': ({ api }) => [api.teams.list.query()],
  'teams.byId': ({ api }, { teamId: id }) => [api.teams.byId.query({ id })],
  'teams.create': ({ api }, { agentId: supervisorId }) => [
    api.teams.create.mutate({ name: 'Walkers', supervisorId }),
  ],
  'teams.update': ({ api }, { teamId: id, agentId: supervisorId }) => [
    api.teams.update.mutate({ id, name: 'Walkers' }),
    api.teams.update.mutate({ id: 1, supervisorId }),
  ],
  'teams.deactivate': ({ api }, { teamId: id }) => [api.teams.deactivate.mutate({ id })],
  'teams.members': ({ api }, { teamId: id }) => [api.teams.members.query({ id })],
  'statuses.list': ({ api }) => [api.statuses.list.query()],
  'statuses.watch': { namesNothing: 'it is the list, told again when it changes' },
  'statuses.save': ({ api }, { status: code }) => [
    api.statuses.save.mutate({ code: 'break', onOverrun: { action: 'set', code } }),
  ],
  'statuses.archive': ({ api }, { status: code }) => [api.statuses.archive.mutate({ code })],
  'statuses.transitions': ({ api }) => [api.statuses.transitions.query()],
  'statuses.saveTransition': ({ api }, { status: code }) => [
    api.statuses.saveTransition.mutate({ from: { code }, to: { category: 'busy' }, allowed: true }),
    api.statuses.saveTransition.mutate({ from: { category: 'busy' }, to: { code }, allowed: false }),
  ],
  'config.list': ({ api }) => [api.config.list.query()],
  'config.get': { namesNothing: 'the keys are the same everywhere' },
  'config.set': ({ api }, { status: value }) => [
    api.config.set.mutate({ key: 'DEFAULT_LOGIN_STATUS', value }),
  ],
  'audit.list': ({ api }, { agentId }) =>
    [{}, { userId: agentId }, { recordId: String(agentId) }].map((filters) =>
      api.audit.list.query({ filters, limit: 100 }),
    ),
  'messages.send': ({ api }, { agentId, teamId }, own) =>
    [{ userIds: [agentId] }, { userIds: [own, agentId] }, { teamId }].map((to, index) =>
      api.messages.send.mutate({ to, content: 'a walk', commandId: `send-${agentId}-${index}` }),
    ),
  'messages.inbox': ({ api }) => [api.messages.inbox.query()],
  'messages.watch': { namesNothing: 'it is the inbox, told on as it changes' },
  'messages.markRead': ({ api }, { messageId }) => [
    api.messages.markRead.mutate({ messageIds: [messageId] }),
  ],
  'messages.acknowledge': ({ api }, { messageId }) => [api.messages.acknowledge.mutate({ messageId })],
  'messages.receipts': ({ api }, { messageId }) => [api.messages.receipts.query({ messageId })],
  'activities.record': { namesNothing: 'an activity is of whoever records it' },
  'presence.board': ({ api }, names) => scopesOf(names).map((scope) => api.presence.board.query({ scope })),
  'presence.summary': ({ api }, names) =>
    scopesOf(names).map((scope) => api.presence.summary.query({ scope })),
  'presence.watch': (person, names) => [
    ...scopesOf(names).map((scope) => firstEvent(watchBoard(person, { scope }))),
    ...scopesOf(names).map((scope) => firstEvent(watchBoard(person, { scope, lastEventId: names.cursor }))),
  ],
  'presence.watchSummary': (person, names) =>
    scopesOf(names).map((scope) => firstEvent(watchSummary(person, { scope, lastEventId: names.cursor }))),
  // Of everybody it would give another each time it is asked.
  'presence.nextAvailable': ({ api }, { agentId, teamId, department }) =>
    [{ agentId }, { teamId }, { department }].map((scope) => api.presence.nextAvailable.mutate({ scope })),
  'presence.setStatus': ({ api }, { status }) => [
    api.presence.setStatus.mutate({ status, commandId: `walk-${status}` }),
  ],
  'presence.extend': { namesNothing: 'a break is of whoever extends it' },
  'presence.force': ({ api }, { agentId, status }, own) => [
    api.presence.force.mutate({ agentId, status: 'busy', reason: 'a walk', commandId: `force-${agentId}` }),
    api.presence.force.mutate({
      agentId: own,
      status,
      reason: 'a walk',
      commandId: `force-${status}`,
    }),
  ],
  'presence.release': ({ api }, { agentId }) => [
    api.presence.release.mutate({ agentId, commandId: `release-${agentId}` }),
  ],
  'presence.timeline': ({ api }, { agentId }) => [
    api.presence.timeline.query({ agentId, from: 0, to: 253_402_300_799_999 }),
  ],
  'presence.why': ({ api }, { agentId }) => [api.presence.why.query({ agentId })],
};
