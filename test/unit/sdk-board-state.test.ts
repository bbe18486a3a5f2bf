import { expect, test } from 'vitest';
import type { Tile, WatchEvent } from '../../api/contract/tile.ts';
import { boardAfter, BoardGap, type BoardState, EMPTY_BOARD } from '../../clients/sdk/board-state.ts';

function tile(id: number, seq: number): Tile {
  return {
    id,
    name: `Agent ${id}`,
    teamId: 1,
    department: null,
    status: 'available',
    category: 'available',
    since: 0,
    connectivity: 'connected',
    routable: true,
    seq,
  };
}

const seqs = ({ agents }: BoardState) => [...agents].map(([id, { seq }]) => [id, seq]);

const snapshot = boardAfter(EMPTY_BOARD, 'a', {
  type: 'snapshot',
  asOf: 10,
  agents: [tile(1, 1), tile(2, 1)],
});

test('G1: a snapshot replaces everything', () => {
  expect(snapshot).toMatchObject({ cursor: 'a', asOf: 10 });
  const later = boardAfter(snapshot, 'z', { type: 'snapshot', asOf: 20, agents: [tile(3, 5)] });
  expect(later).toMatchObject({ cursor: 'z', asOf: 20 });
  expect(seqs(later)).toEqual([[3, 5]]);
});

test('G1: changes that follow what is held are taken, empty ones too, and the board before stays as it was', () => {
  const changed = boardAfter(snapshot, 'b', {
    type: 'changes',
    after: 'a',
    asOf: 11,
    changes: [tile(2, 2), tile(3, 1)],
    removed: [1, 99],
  });
  expect(seqs(changed)).toEqual([
    [2, 2],
    [3, 1],
  ]);
  expect(changed).toMatchObject({ cursor: 'b', asOf: 11 });
  expect(seqs(snapshot)).toEqual([
    [1, 1],
    [2, 1],
  ]);
  const resumed = boardAfter(changed, 'b', {
    type: 'changes',
    after: 'b',
    asOf: 12,
    changes: [],
    removed: [],
  });
  expect(resumed).toMatchObject({ cursor: 'b', asOf: 12 });
});

/** The same change, as following that cursor. */
const after = (cursor: string): WatchEvent => ({
  type: 'changes',
  after: cursor,
  asOf: 12,
  changes: [tile(1, 3)],
  removed: [],
});

test('G1: changes that follow something else are a gap', () => {
  expect(() => boardAfter(snapshot, 'c', after('b'))).toThrow(BoardGap);
  // The same batch twice.
  const once = boardAfter(snapshot, 'b', after('a'));
  expect(() => boardAfter(once, 'b', after('a'))).toThrow(BoardGap);
  expect(() => boardAfter(EMPTY_BOARD, 'b', after('a'))).toThrow(BoardGap);
});

test('G5: a pulse moves the age of the data alone, and one from further on is a gap', () => {
  const pulsed = boardAfter(snapshot, 'a', { type: 'pulse', asOf: 15 });
  expect(pulsed).toEqual({ ...snapshot, asOf: 15 });
  expect(() => boardAfter(snapshot, 'b', { type: 'pulse', asOf: 15 })).toThrow(BoardGap);
});
