import { describe, expect, test } from 'vitest';
import { Catalogue } from '../../engine/catalogue.ts';
import type { Role } from '../../engine/member.ts';
import { LAW, status, STATUSES, TRANSITIONS } from '../support/laws.ts';

const { catalogue } = LAW;

describe('A8: the catalogue', () => {
  test('A8: what is unknown, archived or effective only is no duty, yet keeps its meaning', () => {
    for (const code of ['nonsense', 'retired', 'offline', '', 'constructor', '__proto__'])
      expect(catalogue.duty(code)).toBeNull();
    expect(catalogue.duty('lunch')).toMatchObject({ category: 'break' });
    expect(catalogue.status('retired')).toMatchObject({ category: 'available' });
    expect(catalogue.status('offline')).toMatchObject({ category: 'offline' });
  });

  test.each(['offline', 'busy', 'away'])(
    'A8: without %s, which the engine itself shows, there is no catalogue',
    (code) => {
      const without = STATUSES.filter((one) => one.code !== code);
      expect(() => new Catalogue(without, TRANSITIONS)).toThrow(`lacks the status ${code}`);
    },
  );
});

describe('A9: the seeded graph', () => {
  const following: Readonly<Record<string, readonly string[]>> = {
    available: ['available', 'busy', 'away', 'break'],
    busy: ['available', 'busy', 'away', 'break', 'wrap_up'],
    away: ['available', 'busy', 'away', 'break'],
    break: ['available'],
    wrap_up: ['available', 'busy', 'away', 'break', 'wrap_up'],
  };

  test.each(Object.entries(following))('A9: after %s come %s, and log-out always', (from, categories) => {
    const codes = STATUSES.filter(
      ({ code, category, archived, selectableBy }) =>
        code !== from && categories.includes(category) && !archived && selectableBy === null,
    );
    expect(catalogue.allowed('agent', from)).toEqual([...codes.map(({ code }) => code), 'offline']);
  });

  test('A9: a status for some roles is for no others', () => {
    expect(catalogue.allowed('supervisor', 'available')).toContain('coaching');
    for (const role of ['agent', 'viewer', 'manager', 'admin'] as const satisfies Role[])
      expect(catalogue.allowed(role, 'available')).not.toContain('coaching');
  });

  test('A9: a row may name a code, and one role', () => {
    const own = new Catalogue(
      [...STATUSES, status({ code: 'siesta', category: 'break' })],
      [
        ...TRANSITIONS,
        { from: { code: 'lunch' }, to: { code: 'meeting' }, role: null },
        { from: { category: 'break' }, to: { category: 'busy' }, role: 'manager' },
      ],
    );
    expect(own.allowed('agent', 'lunch')).toContain('meeting');
    expect(own.allowed('agent', 'siesta')).not.toContain('meeting');
    expect(own.allowed('agent', 'break')).not.toContain('busy');
    expect(own.allowed('manager', 'break')).toContain('busy');
  });
});
