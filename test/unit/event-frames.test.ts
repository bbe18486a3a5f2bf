import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeEvents, encodeEntries, foldEntries } from '../../engine/entries.ts';
import type { AgentEvent } from '../../engine/events.ts';
import { type ByteReader, Texts } from '../../engine/bytes.ts';
import { EVENT_TYPES } from '../../engine/events.ts';
import { FIELD_NAMES, FIELDS } from '../../engine/fields.ts';
import { EVERY_SHAPE, LATER_SHAPES, SESSION_SHAPES } from '../support/frames.ts';

/** Written when the format was new. Never written again: what they hold must be readable for ever. */
const fixture = (version: number | string) =>
  readFileSync(new URL(`../support/fixtures/event-frames-${version}.bin`, import.meta.url));

const encodeEvents = (events: readonly AgentEvent[]) =>
  encodeEntries(events.map((event) => ({ kind: 'event', event })));

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

  test.each([
    ['2-later', LATER_SHAPES],
    ['2-sessions', SESSION_SHAPES],
  ])('B9: so is what came to format 2 later: %s', (name, shapes) => {
    expect(decodeEvents(fixture(name))).toEqual(shapes);
    expect(Buffer.from(encodeEvents(shapes)).equals(fixture(name))).toBe(true);
  });

  test.each([
    [1, EVERY_SHAPE],
    [2, EVERY_SHAPE],
    ['2-later', LATER_SHAPES],
    ['2-sessions', SESSION_SHAPES],
  ])('B9: whoever folds is told what the events set, in format %s too', (version, shapes) => {
    const told: object[] = [];
    let set: Record<string, unknown> = {};
    const sink = {
      begin: (head: object) => {
        set = {};
        told.push({ ...head, set, command: null });
      },
      set: (field: number, reader: ByteReader) => {
        const name = FIELD_NAMES[field];
        if (name === undefined) throw new RangeError(`there is no field ${field}`);
        set[name] = FIELDS[name].read(reader);
      },
      sent: (texts: ByteReader, id: number, session: number) =>
        Object.assign(told.at(-1) ?? {}, {
          command: { id: texts.textAt(id), session: texts.textAt(session) },
        }),
      sentByUser: (id: string, user: number) => Object.assign(told.at(-1) ?? {}, { command: { id, user } }),
      note: () => expect.unreachable(),
    };
    foldEntries(fixture(version), sink, new Texts());
    expect(told).toEqual(
      shapes.map(({ agent, organisation, seq, at, command = null, set: changes }) => ({
        agent,
        organisation,
        seq,
        at,
        command,
        set: changes,
      })),
    );
  });

  test('B9: frames that lie in a larger buffer are read alone', () => {
    const bytes = encodeEvents(EVERY_SHAPE);
    const larger = Buffer.concat([Buffer.from('before'), bytes, Buffer.from('behind')]);
    expect(decodeEvents(larger.subarray(6, 6 + bytes.length))).toEqual(EVERY_SHAPE);
  });

  test('B9: what only a later version knows is refused', () => {
    const later = Buffer.from(encodeEvents(EVERY_SHAPE.slice(0, 1)));
    later.writeUInt8(9, 4);
    expect(() => decodeEvents(later)).toThrow('a frame of format 9; this version reads up to 3');
    const unknownType = Buffer.from(encodeEvents(EVERY_SHAPE.slice(0, 1)));
    unknownType.writeUInt8(0xff, 5);
    expect(() => decodeEvents(unknownType)).toThrow('only a later version knows');
  });
});
