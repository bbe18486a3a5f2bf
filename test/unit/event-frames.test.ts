import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeEvents, decodeForFolding, encodeEvents } from '../../engine/event-frames.ts';
import { EVENT_TYPES } from '../../engine/events.ts';
import { FIELD_NAMES } from '../../engine/fields.ts';
import { EVERY_SHAPE } from '../support/frames.ts';

/** Written when the format was new. Never written again: what they hold must be readable for ever. */
const fixture = (version: number) =>
  readFileSync(new URL(`../support/fixtures/event-frames-${version}.bin`, import.meta.url));

describe('B9: frames', () => {
  test.each([1, 2])('B9: format %i is read as it was written', (version) => {
    expect(decodeEvents(fixture(version))).toEqual(EVERY_SHAPE);
  });

  test('B9: format 2 is what is written', () => {
    expect(Buffer.from(encodeEvents(EVERY_SHAPE)).equals(fixture(2))).toBe(true);
  });

  test('B9: every field that an event may set, and every type, comes back as it went', () => {
    const set = Object.assign({}, ...EVERY_SHAPE.map((event) => event.set)) as object;
    expect(Object.keys(set).sort()).toEqual([...FIELD_NAMES].sort());
    const [first] = EVERY_SHAPE;
    if (first === undefined) throw new RangeError('there is no event');
    const events = EVENT_TYPES.map((type) => ({ ...first, type }));
    expect(decodeEvents(encodeEvents(events))).toEqual(events);
  });

  test.each([1, 2])('B9: folding needs the half of it, in format %i too', (version) => {
    for (const [at, event] of decodeForFolding(fixture(version)).entries()) {
      const { type, agent, organisation, seq, at: time, command, set } = EVERY_SHAPE[at] ?? {};
      expect(event).toMatchObject({ type, agent, organisation, seq, at: time, set });
      expect(event.command).toEqual(command);
    }
  });

  test('B9: frames that lie in a larger buffer are read alone', () => {
    const bytes = encodeEvents(EVERY_SHAPE);
    const larger = Buffer.concat([Buffer.from('before'), bytes, Buffer.from('behind')]);
    expect(decodeEvents(larger.subarray(6, 6 + bytes.length))).toEqual(EVERY_SHAPE);
  });

  test('B9: what only a later version knows is refused', () => {
    const later = Buffer.from(encodeEvents(EVERY_SHAPE.slice(0, 1)));
    later.writeUInt8(3, 4);
    expect(() => decodeEvents(later)).toThrow('an event of format 3; this version reads up to 2');
    const unknownType = Buffer.from(encodeEvents(EVERY_SHAPE.slice(0, 1)));
    unknownType.writeUInt8(0xff, 5);
    expect(() => decodeEvents(unknownType)).toThrow('only a later version knows');
  });
});
