import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../engine/bytes.ts';
import { Codes } from '../../engine/columns/codes.ts';
import { IdIndex } from '../../engine/columns/id-index.ts';
import { JsonColumn } from '../../engine/columns/json.ts';
import { Members } from '../../engine/columns/members.ts';
import { Presences } from '../../engine/columns/presences.ts';
import { TextColumn } from '../../engine/columns/texts.ts';
import { Json } from '../../engine/kinds.ts';
import { partitionOf } from '../../engine/population.ts';
import { apply } from '../../engine/agent.ts';
import { newcomer } from '../../engine/record.ts';
import { member } from '../support/engines.ts';
import { EVERY_SHAPE } from '../support/frames.ts';
import { Seeded } from '../support/seeded.ts';

describe('B8: rows instead of objects', () => {
  test('B8: ids are found among many that are alike, and others are not', () => {
    const random = new Seeded(3);
    const ids: number[] = [];
    const index = new IdIndex({ get: (row) => ids[row] ?? 0 });
    const known = new Set<number>();
    for (let id = 1; known.size < 5000; id++) {
      // The ids of one partition, some neighbours, and some from anywhere.
      const chosen = random.chance(0.1) ? random.below(0xffff_fff0) + 1 : id;
      if (known.has(chosen) || (chosen === id && partitionOf(id) !== 3)) continue;
      known.add(chosen);
      ids.push(chosen);
      index.add(ids.length - 1);
    }
    for (const [row, id] of ids.entries()) expect(index.rowOf(id)).toBe(row);
    for (const id of [0, -1, 1.5, NaN, 2 ** 33, 0xffff_ffff]) expect(index.rowOf(id)).toBeNull();
  });

  test('B8: texts come back, also longer ones in the place of shorter ones', () => {
    const texts = new TextColumn();
    texts.reserve(300);
    const written = Array.from({ length: 300 }, (_, row) => `${'ä🦊'.repeat(row % 40)}${row}`);
    for (const [row, text] of written.entries()) texts.set(row, text);
    for (let row = 0; row < 300; row += 7) texts.set(row, (written[row] = 'ñ'.repeat(200 + row)));
    for (const [row, text] of written.entries()) expect(texts.get(row)).toBe(text);
  });

  test('B8: texts that were saved are loaded behind others, and are told from others without being made', () => {
    const written = Array.from({ length: 50 }, (_, row) => `${'ä🦊x'.repeat(row)}${row}`);
    const [texts, loaded] = [new TextColumn(), new TextColumn()];
    texts.reserve(50);
    for (const [row, text] of written.entries()) texts.set(row, text);
    const writer = new ByteWriter();
    texts.save(writer, Uint32Array.from(written.keys()));
    loaded.reserve(51);
    loaded.set(50, 'it was there before');
    loaded.load(writer.readerAt(0), 50);
    for (const [row, text] of written.entries()) {
      expect(loaded.get(row)).toBe(text);
      expect(loaded.is(row, text)).toBe(true);
      for (const other of [`${text}x`, text.slice(0, -1), `é${text}`, `y${text.slice(1)}`])
        expect(loaded.is(row, other)).toBe(other === text);
    }
    expect(loaded.get(50)).toBe('it was there before');
  });

  test('B8: what stays text until somebody asks for it reads as what was set', () => {
    const random = new Seeded(5);
    const kind = new Json<readonly number[]>();
    const column = new JsonColumn({ kind, usual: [], isUsual: ({ length }) => length === 0 });
    const expected = new Map<number, readonly number[]>();
    const read: (readonly number[])[][] = [];
    for (let step = 0; step < 20_000; step++) {
      const row = random.below(200);
      const asked = random.below(200);
      if (step % 10 === 0) read.push([column.get(asked), expected.get(asked) ?? []]);
      const value = Array.from({ length: random.below(60) }, () => random.below(1000));
      expected.set(row, value);
      const writer = new ByteWriter();
      kind.write(writer, value);
      if (random.chance(0.1)) column.set(row, value);
      else column.take(row, writer.readerAt(0));
    }
    for (const [got, right] of read) expect(got).toEqual(right);
    const rows = Uint32Array.from({ length: 200 }, (_, row) => 199 - row);
    const [writer, loaded] = [new ByteWriter(), new JsonColumn({ kind, usual: [] })];
    column.save(writer, rows);
    loaded.load(writer.readerAt(0), 200);
    for (const [at, row] of rows.entries()) {
      expect(loaded.get(at)).toEqual(expected.get(row) ?? []);
      expect(column.get(row)).toEqual(expected.get(row) ?? []);
    }
  });

  test('B8: a member is read as it was put, and put anew it is the same row', () => {
    const members = new Members(new Codes());
    const everybody = Array.from({ length: 200 }, (_, at) =>
      member(at + 1, {
        name: `Agent ${at} Ø`,
        teamId: at % 3 === 0 ? null : at,
        department: at % 4 === 0 ? null : `D${at % 7}`,
        role: at % 2 === 0 ? 'agent' : 'admin',
        onBoard: at % 5 !== 0,
        active: at % 6 !== 0,
      }),
    );
    for (const one of everybody) members.put(one);
    for (const [at, one] of everybody.entries()) expect(members.get(at)).toEqual(one);
    const renamed = { ...everybody[9], ...member(10, { name: 'Another', department: 'constructor' }) };
    expect(members.put(renamed)).toBe(9);
    expect(members.get(9)).toEqual(renamed);
    expect(members.length).toBe(200);
    expect(() => members.put(member(0))).toThrow(RangeError);
  });

  test('B3: a row that events are folded into reads as the record that they are applied to', () => {
    const presences = new Presences(new Codes());
    const who = member(42, { organisationId: 7 });
    let record = newcomer(who);
    for (let row = 0; row < 100; row++) presences.add(row, newcomer(member(1000 + row)));
    const place = presences.add(100, record);
    expect(presences.get(place, who)).toEqual(record);
    for (const event of EVERY_SHAPE) {
      record = apply(record, event);
      presences.fold(place, event);
      expect(presences.get(place, record.member)).toEqual(record);
    }
    expect(presences.get(place - 1, who)).toEqual(newcomer(who));
  });
});
