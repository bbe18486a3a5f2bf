import { describe, expect, test } from 'vitest';
import { Directory } from '../../engine/directory.ts';
import { member } from '../support/engines.ts';

describe('B1, B8: actors', () => {
  test('B1: each agent has one, as long as something is under way', () => {
    const directory = new Directory();
    directory.enlist(member(1));
    directory.enlist(member(2));
    const actor = directory.activate(1);
    if (actor === null) throw new TypeError('the agent is known');
    actor.busy = true;
    directory.hold(actor);
    expect(directory.activate(1)).toBe(actor);
    expect(directory.wake(actor.place)).toBe(actor);
    expect(directory.activate(2)).not.toBe(actor);
  });

  test('B8: they appear on first use, and rest when nothing is under way; the roster says who exists', () => {
    const directory = new Directory();
    for (let id = 1; id <= 1000; id++) directory.enlist(member(id));
    expect(directory.size).toBe(0);
    expect(directory.awake()).toEqual([]);
    expect(directory.record(7)).toMatchObject({ seq: 0, member: { id: 7 } });
    expect(directory.placeOf(7)).toBeNull();

    const actor = directory.activate(7);
    if (actor === null) throw new TypeError('the agent is known');
    expect(directory.size).toBe(1);
    expect(directory.awake()).toEqual([]);
    actor.busy = true;
    directory.hold(actor);
    expect(directory.awake()).toEqual([actor]);
    actor.busy = false;
    directory.hold(actor);
    expect(directory.awake()).toEqual([]);
    expect(directory.activate(1001)).toBeNull();
  });
});
