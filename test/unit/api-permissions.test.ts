import { describe, expect, test } from 'vitest';
import { hasPresence, mayAskWhy, mayRoute, viewOf } from '../../api/auth/permissions.ts';
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
