import { describe, expect, test } from 'vitest';
import { DEFAULT_STATUSES, DEFAULT_TRANSITIONS } from '../../drizzle/defaults.ts';
import { DEMO } from '../../drizzle/demo.ts';
import { nameOf } from '../../drizzle/names.ts';

describe('A8: the seeded catalogue', () => {
  test('has a status for each category, and offline', () => {
    const codes = DEFAULT_STATUSES.map(({ code, category }) => [code, category]);
    expect(codes).toEqual('available busy away break wrap_up offline'.split(' ').map((word) => [word, word]));
  });

  test('gives available alone the default idle limit and calls', () => {
    for (const { code, idleLimit, routable } of DEFAULT_STATUSES) {
      expect([idleLimit, routable]).toEqual(code === 'available' ? ['default', true] : ['never', false]);
    }
  });

  test('tells statuses apart by colour and by shape', () => {
    expect(new Set(DEFAULT_STATUSES.map(({ colour }) => colour)).size).toBe(6);
    expect(new Set(DEFAULT_STATUSES.map(({ shape }) => shape)).size).toBe(6);
  });
});

describe('A9: the seeded graph', () => {
  test.each([
    ['available', 'available busy away break'],
    ['busy', 'available busy away break wrap_up'],
    ['away', 'available busy away break'],
    ['break', 'available'],
    ['wrap_up', 'available busy away break wrap_up'],
  ])('after %s come %s', (from, expected) => {
    const next = DEFAULT_TRANSITIONS.filter((row) => 'category' in row.from && row.from.category === from);
    const categories = next.map(({ to }) => ('category' in to ? to.category : to.code));
    expect(categories.sort()).toEqual(expected.split(' ').sort());
    expect(next.every(({ role }) => role === null)).toBe(true);
  });
});

describe('the demo', () => {
  test('E3: has no more agents in a team than may be', () => {
    for (const { name, maxAgents } of DEMO.teams) {
      const agents = DEMO.users.filter(({ team, role }) => team === name && role === 'agent');
      expect(agents.length).toBeLessThanOrEqual(maxAgents);
    }
  });

  test('has every role but admin, and a supervisor of its own for each team', () => {
    expect(new Set(DEMO.users.map(({ role }) => role))).toEqual(
      new Set(['agent', 'supervisor', 'manager', 'viewer']),
    );
    expect(DEMO.teams.map(({ supervisor }) => supervisor)).toEqual([
      'supervisor01',
      'supervisor02',
      'supervisor03',
    ]);
  });
});

test('names are all different below 1,640, and the same every time', () => {
  const names = Array.from({ length: 1640 }, (_name, number) => Object.values(nameOf(number)).join(' '));
  expect(new Set(names).size).toBe(1640);
  expect(nameOf(1640)).toEqual(nameOf(0));
});
