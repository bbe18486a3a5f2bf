import { describe, expect, test } from 'vitest';
import {
  hasPresence,
  MANAGERS,
  mayAskWhy,
  mayRoute,
  maySeeReceipts,
  mayWriteTo,
  mayWriteToMany,
  SUPERVISORS,
  viewOf,
} from '../../api/auth/permissions.ts';
import { ROLES } from '../../api/contract/roles.ts';
import type { Member, Role } from '../../engine/member.ts';
import type { Scope } from '../../engine/scope.ts';
import { member } from '../support/engines.ts';

/** Everybody who asks is 1 and of team 10 but the supervisor, who is of none and supervises 10 and 11. */
const ME = 1;
const OWN = 10;
const ALSO_OWN = 11;
const OTHER = 20;

const colleague = member(2, { teamId: OWN });
const stranger = member(3, { teamId: OTHER });
const teamless = member(4, { teamId: null });

function asking(role: Role): { member: Member; supervises: readonly number[] } {
  return {
    member: member(ME, { role, teamId: role === 'supervisor' ? null : OWN }),
    supervises: role === 'supervisor' ? [OWN, ALSO_OWN] : [],
  };
}

const SCOPES: Readonly<Record<string, { readonly scope: Scope; readonly target: Member | null }>> = {
  all: { scope: { all: true }, target: null },
  'own team': { scope: { teamId: OWN }, target: null },
  'second own team': { scope: { teamId: ALSO_OWN }, target: null },
  'other team': { scope: { teamId: OTHER }, target: null },
  department: { scope: { department: 'Support' }, target: null },
  self: { scope: { agentId: ME }, target: member(ME) },
  colleague: { scope: { agentId: 2 }, target: colleague },
  stranger: { scope: { agentId: 3 }, target: stranger },
  teamless: { scope: { agentId: 4 }, target: teamless },
  admin: { scope: { admin: true }, target: null },
};

const VIEWS: Readonly<Record<Role, Readonly<Record<keyof typeof SCOPES, 'full' | 'basic' | null>>>> = {
  viewer: {
    all: 'basic',
    'own team': 'basic',
    'second own team': 'basic',
    'other team': 'basic',
    department: 'basic',
    self: 'full',
    colleague: 'basic',
    stranger: 'basic',
    teamless: 'basic',
    admin: null,
  },
  agent: {
    all: null,
    'own team': 'basic',
    'second own team': null,
    'other team': null,
    department: null,
    self: 'full',
    colleague: 'basic',
    stranger: null,
    teamless: null,
    admin: null,
  },
  supervisor: {
    all: 'basic',
    'own team': 'full',
    'second own team': 'full',
    'other team': 'basic',
    department: 'basic',
    self: 'full',
    colleague: 'full',
    stranger: 'basic',
    teamless: 'basic',
    admin: null,
  },
  manager: everything('full', { admin: null }),
  admin: everything('full'),
};

function everything(view: 'full', but: Readonly<Record<string, null>> = {}) {
  return { ...Object.fromEntries(Object.keys(SCOPES).map((name) => [name, view])), ...but };
}

describe('G4: boards', () => {
  const cases = (Object.keys(VIEWS) as Role[]).flatMap((role) =>
    Object.entries(SCOPES).map(([name, scope]) => ({ role, name, scope, view: VIEWS[role][name] })),
  );
  test.each(cases)('$role sees $name: $view', ({ role, scope: { scope, target }, view }) => {
    expect(viewOf(asking(role), scope, target)).toBe(view);
  });

  test('an agent without a team sees nobody else, not even others without one', () => {
    const alone = { member: member(ME, { teamId: null }), supervises: [] };
    expect(viewOf(alone, { agentId: 4 }, teamless)).toBeNull();
    expect(viewOf(alone, { teamId: OWN }, null)).toBeNull();
    expect(viewOf(alone, { agentId: ME }, alone.member)).toBe('full');
  });

  test('belonging to a team is not supervising it', () => {
    const belonging = { member: member(ME, { role: 'supervisor', teamId: OWN }), supervises: [] };
    expect(viewOf(belonging, { teamId: OWN }, null)).toBe('basic');
  });
});

describe('E2: why', () => {
  test.each([
    ['viewer', { self: false, colleague: false, stranger: false, teamless: false }],
    ['agent', { self: true, colleague: false, stranger: false, teamless: false }],
    ['supervisor', { self: true, colleague: true, stranger: false, teamless: false }],
    ['manager', { self: true, colleague: true, stranger: true, teamless: true }],
    ['admin', { self: true, colleague: true, stranger: true, teamless: true }],
  ] as const)('%s', (role, may) => {
    const viewer = asking(role);
    expect({
      self: mayAskWhy(viewer, viewer.member),
      colleague: mayAskWhy(viewer, colleague),
      stranger: mayAskWhy(viewer, stranger),
      teamless: mayAskWhy(viewer, teamless),
    }).toEqual(may);
  });
});

describe('E1: having work given', () => {
  const everywhere = Object.keys(SCOPES);
  test.each([
    ['viewer', []],
    ['agent', []],
    ['supervisor', ['own team', 'second own team', 'colleague']],
    ['manager', everywhere],
    ['admin', everywhere],
  ] as const)('%s', (role, names) => {
    const may = Object.entries(SCOPES).filter(([, { scope, target }]) =>
      mayRoute(asking(role), scope, target),
    );
    expect(may.map(([name]) => name)).toEqual(names);
  });
});

test('everybody has presence but viewers', () => {
  const roles: readonly Role[] = ['viewer', 'agent', 'supervisor', 'manager', 'admin'];
  expect(roles.filter((role) => hasPresence(member(ME, { role })))).toEqual([
    'agent',
    'supervisor',
    'manager',
    'admin',
  ]);
});

describe('H1: who may write to whom', () => {
  const TARGETS = {
    colleague: { member: colleague, supervises: [] },
    stranger: { member: stranger, supervises: [] },
    teamless: { member: teamless, supervises: [] },
    'own supervisor': { member: member(5, { role: 'supervisor', teamId: null }), supervises: [OWN] },
    'other supervisor': { member: member(6, { role: 'supervisor', teamId: null }), supervises: [OTHER] },
  };

  test.each([
    ['viewer', []],
    ['agent', ['colleague', 'own supervisor']],
    ['supervisor', ['colleague']],
    ['manager', Object.keys(TARGETS)],
    ['admin', Object.keys(TARGETS)],
  ] as const)('a %s to %j', (role, expected) => {
    const targets = Object.entries(TARGETS).filter(([, target]) => mayWriteTo(asking(role), target));
    expect(targets.map(([name]) => name)).toEqual(expected);
  });

  test('an agent without a team writes to nobody, not even to others without one', () => {
    const alone = { member: member(ME, { teamId: null }), supervises: [] };
    for (const target of Object.values(TARGETS)) expect(mayWriteTo(alone, target)).toBe(false);
  });

  test.each([
    ['their own', OWN, SUPERVISORS],
    ['another', OTHER, MANAGERS],
    ['everybody', null, MANAGERS],
  ] as const)('to %s at once', (_which, teamId, expected) => {
    expect(ROLES.filter((role) => mayWriteToMany(asking(role), teamId))).toEqual(expected);
  });

  test.each([
    ['one’s own', ME, ROLES],
    ['another’s', 2, MANAGERS],
    ['the system’s', null, MANAGERS],
  ] as const)('and see the receipts of %s', (_which, senderId, expected) => {
    expect(ROLES.filter((role) => maySeeReceipts(asking(role), senderId))).toEqual(expected);
  });
});
