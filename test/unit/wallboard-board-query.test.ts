import { describe, expect, test } from 'vitest';
import {
  type BoardQuery,
  EVERYTHING,
  isFiltering,
  queryOf,
  searchOf,
  toggled,
  withoutFilters,
} from '../../clients/wallboard/src/board/board-query.ts';
import { scopeOf } from '../../clients/wallboard/src/board/scope.ts';

const RICH: BoardQuery = {
  search: 'chloé d',
  narrowing: { team: 3 },
  categories: new Set(['break', 'away']),
  statuses: new Set(['lunch']),
  marks: new Set(['reconnecting']),
  hidesOffline: true,
  sortBy: 'longest',
  groupsByTeam: true,
  density: 'compact',
};

describe('the query in the address', () => {
  test('an address without one asks for everything', () => {
    expect(queryOf('')).toEqual(EVERYTHING);
    expect(searchOf(EVERYTHING)).toBe('');
  });

  test('what is written is read again', () => {
    expect(queryOf(searchOf(RICH))).toEqual(RICH);
    const department: BoardQuery = { ...EVERYTHING, narrowing: { department: 'R&D, "north"' } };
    expect(queryOf(searchOf(department))).toEqual(department);
  });

  test('an address can be read and written by people', () => {
    expect(searchOf({ ...EVERYTHING, categories: new Set(['break', 'away']), narrowing: { team: 3 } })).toBe(
      '?team=3&category=break,away',
    );
  });

  test('what makes no sense is left out', () => {
    const nonsense = '?team=three&category=break,nap&only=me&sort=shoe-size&density=huge&offline=1&group=1';
    expect(queryOf(nonsense)).toEqual({ ...EVERYTHING, categories: new Set(['break']) });
    expect(queryOf(`?q=${'x'.repeat(5000)}`).search).toHaveLength(100);
  });

  test('what belongs to others stays in the address', () => {
    expect(searchOf({ ...EVERYTHING, sortBy: 'status' }, '?theme=dark&team=4')).toBe(
      '?theme=dark&sort=status',
    );
  });

  test('showing all again keeps the team, the order and the looks', () => {
    expect(isFiltering(RICH)).toBe(true);
    const { search, categories, statuses, marks, hidesOffline } = EVERYTHING;
    expect(withoutFilters(RICH)).toEqual({ ...RICH, search, categories, statuses, marks, hidesOffline });
    expect(isFiltering(withoutFilters(RICH))).toBe(false);
  });

  test('a chip is on or off', () => {
    expect([...toggled(new Set(['a']), 'b')]).toEqual(['a', 'b']);
    expect([...toggled(new Set(['a', 'b']), 'a')]).toEqual(['b']);
  });
});

describe('G4: what is watched', () => {
  const user = { id: 7, username: 'kim', name: 'Kim', organisationId: 1, teamId: 2 };

  test('everybody, by whoever may see everybody', () => {
    for (const role of ['viewer', 'supervisor', 'manager', 'admin'] as const) {
      expect(scopeOf({ ...user, role }, null)).toEqual({ all: true });
      expect(scopeOf({ ...user, role }, { team: 9 })).toEqual({ teamId: 9 });
      expect(scopeOf({ ...user, role }, { department: 'Sales' })).toEqual({ department: 'Sales' });
    }
  });

  test('the own team by agents, whatever the address says; without a team oneself', () => {
    expect(scopeOf({ ...user, role: 'agent' }, { team: 9 })).toEqual({ teamId: 2 });
    expect(scopeOf({ ...user, role: 'agent', teamId: null }, null)).toEqual({ agentId: 7 });
  });
});
