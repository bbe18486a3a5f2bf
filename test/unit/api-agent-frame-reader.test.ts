import { describe, expect, test } from 'vitest';
import { readFrame } from '../../api/agent-frame-reader.ts';
import { MAX_FRAME_BYTES } from '../../api/contract/agent-frames.ts';

const read = (frame: unknown) => readFrame(JSON.stringify(frame));
const padded = (bytes: number) => '{"op":"bye","id":"I"}'.padEnd(bytes);

const GOOD: readonly object[] = [
  { op: 'hello', token: 'T', device: 'D' },
  { op: 'hello', token: 'T', device: 'D', resume: { session: 'S', seq: 0 } },
  { op: 'hello', token: 'T', device: 'D', resume: null },
  { op: 'status', id: 'I', status: 'busy' },
  { op: 'status', id: 'I', status: 'busy', reason: 'a call', next: true, expectSeq: 7 },
  { op: 'extend', id: 'I', reason: 'the bus' },
  { op: 'active', at: 1_790_000_000_000 },
  { op: 'work', id: 'I', current: 0, max: 1 },
  { op: 'work', id: 'I', current: 9, max: 3 },
  { op: 'bye', id: 'I' },
];

/** Fields that are not valid, of frames that can be answered. */
const BAD: readonly (readonly [frame: object, field: string])[] = [
  [{ op: 'status', id: 'I' }, 'status'],
  [{ op: 'status', id: 'I', status: '' }, 'status'],
  [{ op: 'status', id: 'I', status: 7 }, 'status'],
  [{ op: 'status', id: 'I', status: 'x'.repeat(51) }, 'status'],
  [{ op: 'status', id: 'I', status: 'busy', reason: '' }, 'reason'],
  [{ op: 'status', id: 'I', status: 'busy', reason: '   ' }, 'reason'],
  [{ op: 'status', id: 'I', status: 'busy', reason: 'x'.repeat(501) }, 'reason'],
  [{ op: 'status', id: 'I', status: 'busy', reason: 'a\0b' }, 'reason'],
  [{ op: 'status', id: 'I', status: 'busy', reason: 'half a \ud83d' }, 'reason'],
  [{ op: 'status', id: 'I', status: 'busy', reason: null }, 'reason'],
  [{ op: 'status', id: 'I', status: 'busy', next: 'yes' }, 'next'],
  [{ op: 'status', id: 'I', status: 'busy', expectSeq: -1 }, 'expectSeq'],
  [{ op: 'status', id: 'I', status: 'busy', expectSeq: 1.5 }, 'expectSeq'],
  [{ op: 'status', id: 'I', status: 'busy', expectSeq: 2 ** 53 }, 'expectSeq'],
  [{ op: 'status', id: '', status: 'busy' }, 'id'],
  [{ op: 'status', id: 'x'.repeat(101), status: 'busy' }, 'id'],
  [{ op: 'extend', id: 'I' }, 'reason'],
  [{ op: 'work', id: 'I', current: 1, max: 0 }, 'max'],
  [{ op: 'work', id: 'I', current: -1, max: 1 }, 'current'],
  [{ op: 'work', id: 'I', current: 0.5, max: 1 }, 'current'],
  [{ op: 'work', id: 'I', max: 1 }, 'current'],
];

/** Frames that can't be answered: no known op, or no id to answer to. */
const UNREADABLE: readonly string[] = [
  '',
  ' ',
  '{',
  'null',
  '42',
  '"hello"',
  '[]',
  '[{"op":"bye","id":"I"}]',
  '{}',
  '{"op":"dance","id":"I"}',
  '{"op":"Hello"}',
  '{"op":["bye"],"id":"I"}',
  '{"op":null}',
  '{"__proto__":{"op":"bye","id":"I"}}',
  '{"constructor":{"prototype":{"op":"bye"}}}',
  '{"op":"hello"}',
  '{"op":"hello","token":"","device":"D"}',
  '{"op":"hello","token":"T","device":""}',
  '{"op":"hello","token":"T","device":"D","resume":{"session":"S"}}',
  '{"op":"hello","token":"T","device":"D","resume":{"session":"S","seq":-1}}',
  '{"op":"active"}',
  '{"op":"active","at":"now"}',
  '{"op":"active","at":1e999}',
  '{"op":"bye"}',
  '{"op":"bye","id":7}',
  '{"op":"status","status":"busy"}',
  'x'.repeat(MAX_FRAME_BYTES),
];

describe('an agent frame', () => {
  test.each(GOOD)('is read: %j', (frame) => {
    expect(read(frame)).toEqual({ kind: 'frame', frame });
  });

  test.each(BAD)('with bad fields can be answered: %j', (frame, field) => {
    expect(read(frame)).toMatchObject({
      kind: 'invalid',
      fields: { [field]: expect.any(String) as unknown },
    });
  });

  test.each(UNREADABLE)('that is none, or has no id to answer to, is a bad frame: %s', (text) => {
    expect(readFrame(text)).toMatchObject({ kind: 'unreadable', closeCode: 4400 });
  });

  test('that is not text is a bad frame', () => {
    expect(readFrame(null)).toMatchObject({ kind: 'unreadable', closeCode: 4400 });
  });

  test('is measured in bytes, and too large before it is anything else', () => {
    expect(readFrame(padded(MAX_FRAME_BYTES)).kind).toBe('frame');
    expect(readFrame(padded(MAX_FRAME_BYTES + 1))).toMatchObject({ kind: 'unreadable', closeCode: 4413 });
    expect(readFrame('ä'.repeat(MAX_FRAME_BYTES / 2 + 1))).toMatchObject({ closeCode: 4413 });
  });

  test('is answered to the id that it has, or to its beginning', () => {
    expect(read({ op: 'status', id: 'mine' })).toMatchObject({ id: 'mine' });
    expect(read({ op: 'status', id: 'x'.repeat(3000) })).toMatchObject({ id: 'x'.repeat(100) });
  });

  test('loses what it should not have', () => {
    const text = '{"op":"bye","id":"I","__proto__":{"admin":true},"more":1}';
    expect(readFrame(text)).toEqual({ kind: 'frame', frame: { op: 'bye', id: 'I' } });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});
