import { describe, expect, test } from 'vitest';
import { isFull, notesOf, workloadText } from '../../clients/wallboard/src/board/notes.ts';
import { fullTileOf, tileOf } from '../support/tiles.ts';

const BUSY = { status: 'busy', category: 'busy' } as const;

describe('what a tile says beside the status', () => {
  test('nothing in the basic view', () => {
    expect(isFull(tileOf(1))).toBe(false);
    expect(notesOf(tileOf(1))).toMatchObject({ forced: null, text: '', workload: null });
  });

  test('A7: the cause, and what the agent chose where something else is in force', () => {
    expect(notesOf(fullTileOf(1, { ...BUSY, cause: 'capacity', current: 3, max: 3 }))).toMatchObject({
      text: 'Full · chose Available',
      sentence: 'At capacity · chose Available',
      workload: { current: 3, max: 3 },
    });
    expect(notesOf(fullTileOf(1, { status: 'away', category: 'away', cause: 'idle' })).text).toBe(
      'Idle · chose Available',
    );
    expect(notesOf(fullTileOf(1)).text).toBe('');
    expect(notesOf(fullTileOf(1, { ...BUSY, duty: 'busy', reason: 'large order' })).text).toBe('large order');
  });

  test('E1: a forced status says so, with its reason; a held one says that', () => {
    const forced = fullTileOf(1, { ...BUSY, cause: 'override', reason: 'needed on sales' });
    expect(notesOf(forced)).toMatchObject({
      forced: 'forced',
      text: 'Forced: needed on sales · chose Available',
      sentence: 'Forced by a supervisor: needed on sales · chose Available',
    });
    expect(notesOf({ ...forced, held: true })).toMatchObject({
      forced: 'held',
      sentence: 'Held by a supervisor: needed on sales · chose Available',
    });
  });

  test('E1: a forced log-out is told from a lost connection', () => {
    const gone = { status: 'offline', category: 'offline', duty: null, current: 2, max: 3 } as const;
    expect(notesOf(fullTileOf(1, { ...gone, cause: 'override', reason: 'shift is over' }))).toMatchObject({
      forced: null,
      text: 'Logged out by a supervisor: shift is over',
      workload: null,
    });
    expect(notesOf(fullTileOf(1, { ...gone, cause: 'disconnect' })).text).toBe('Connection lost');
  });

  test('D4: the status that comes next', () => {
    expect(notesOf(fullTileOf(1, { ...BUSY, duty: 'busy', queued: 'break' })).text).toBe('next Break');
  });

  test('A3: the workload, where there is one or a limit', () => {
    expect(notesOf(fullTileOf(1)).workload).toBeNull();
    expect(notesOf(fullTileOf(1, { max: 3 })).workload).toEqual({ current: 0, max: 3 });
    expect(workloadText({ current: 2, max: 3 })).toBe('2 of 3 tasks');
    expect(workloadText({ current: 1, max: null })).toBe('1 task');
  });
});
