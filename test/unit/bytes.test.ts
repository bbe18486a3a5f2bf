import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../engine/bytes.ts';

const TEXTS = [
  '',
  'a',
  'abc',
  'abcd',
  'abcde',
  'Zoë',
  '🦊'.repeat(40),
  'x'.repeat(127),
  'x'.repeat(128),
  'y'.repeat(128),
  'x'.repeat(40_000),
];

describe('F4: texts in bytes', () => {
  test('F4: a copy reads as what was copied, and is as long', () => {
    const [from, to] = [new ByteWriter(), new ByteWriter()];
    from.u8(1);
    for (const text of TEXTS) {
      const at = from.length;
      from.text(text);
      const before = to.length;
      const copy = to.textOf(from.readerAt(0), at);
      expect(copy).toBe(before);
      expect(to.readerAt(copy).text()).toBe(text);
      expect(to.sizeOfText(copy)).toBe(to.length - before);
    }
  });

  test('F4: each is the same as itself, and as no other, wherever it stands', () => {
    const writer = new ByteWriter();
    const places = TEXTS.map((text) => {
      const at = writer.length;
      writer.text(text);
      return at;
    });
    for (const [mine, text] of TEXTS.entries()) {
      const other = new ByteWriter();
      other.text(text);
      for (const [theirs, at] of places.entries())
        expect(writer.isTextOf(at, other.readerAt(0), 0)).toBe(mine === theirs);
    }
  });
});
