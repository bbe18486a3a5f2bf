import { describe, expect, test } from 'vitest';
import type { Known } from '../../clients/simulator/world.ts';
import { compareAgents, compareWatchers } from '../../clients/simulator/verdict.ts';
import { byId, tileOf } from '../support/tiles.ts';

const known = (more: Partial<Known> = {}): Known => ({
  agentId: 1,
  username: 'agent0001',
  seq: 5,
  status: 'busy',
  presence: 'connected',
  ...more,
});
const board = (more: Parameters<typeof tileOf>[1] = {}) => ({
  agents: [tileOf(1, { seq: 5, status: 'busy', ...more })],
});
const OFFLINE = { status: 'offline', connectivity: 'disconnected' } as const;

describe('an agent’s tile', () => {
  test('is right where it is what the agent’s own client knows', () => {
    expect(compareAgents([known()], board())).toEqual([]);
    expect(compareAgents([known({ presence: 'flapping' })], board({ connectivity: 'reconnecting' }))).toEqual(
      [],
    );
    expect(compareAgents([known({ presence: 'logged_out', status: 'offline' })], board(OFFLINE))).toEqual([]);
  });

  test.each([
    ['an older seq', { seq: 4 }],
    ['a newer seq', { seq: 6 }],
    ['another status', { status: 'away' }],
    ['a lost connection', { connectivity: 'reconnecting' }],
  ] as const)('is wrong with %s', (_what, more) => {
    expect(compareAgents([known()], board(more))).toHaveLength(1);
  });

  test('is wrong where the board lacks it, or shows somebody who logged out', () => {
    expect(compareAgents([known({ agentId: 2 })], board())).toHaveLength(1);
    expect(compareAgents([known({ presence: 'flapping' })], board())).toHaveLength(1);
    expect(compareAgents([known({ presence: 'logged_out', status: 'offline' })], board())).toHaveLength(1);
  });

  test('A5, C3: goes on by itself where the client ended without a word', () => {
    const gone = known({ presence: 'cut_off' });
    expect(compareAgents([gone], board({ seq: 6, connectivity: 'reconnecting' }))).toEqual([]);
    expect(compareAgents([gone], board({ seq: 7, ...OFFLINE }))).toEqual([]);
    expect(compareAgents([gone], board())).toHaveLength(1);
    expect(compareAgents([gone], board({ seq: 4, ...OFFLINE }))).toHaveLength(1);
  });
});

describe('a watcher', () => {
  const shown = { asOf: 1, cursor: 'c7', agents: [tileOf(1), tileOf(2)] };
  const watcher = (cursor: string, tiles = shown.agents) => ({
    board: { cursor, asOf: 1, agents: byId(tiles) },
  });

  test('G1: holds the board’s cursor and its tiles', () => {
    expect(compareWatchers({ boards: [watcher('c7')], cursors: ['c7'] }, shown)).toEqual([]);
  });

  test('G1: is behind with another cursor', () => {
    expect(compareWatchers({ boards: [watcher('c6')], cursors: ['c7', 'c5', null] }, shown)).toEqual([
      '3 watchers are behind',
    ]);
  });

  test('G1: is wrong with another tile, one too many, or one too few', () => {
    const [first] = shown.agents;
    const wrong = [
      [tileOf(1), tileOf(2, { status: 'away' })],
      [...shown.agents, tileOf(3)],
      [first ?? tileOf(1)],
    ];
    for (const tiles of wrong)
      expect(compareWatchers({ boards: [watcher('c7', tiles)], cursors: [] }, shown)).toHaveLength(1);
  });
});
