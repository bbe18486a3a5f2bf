import { expect, test } from 'vitest';
import { BLOCK_BYTES, padding, readTarHeader, tarHeader } from '../../api/dumps/tar.ts';

test('a header is read as it was written', () => {
  const heads = [
    { kind: 'file', path: 'base/1/1249_fsm', size: 1 << 30 },
    { kind: 'file', path: 'PG_VERSION', size: 0 },
    { kind: 'folder', path: 'x'.repeat(100), size: 0 },
  ] as const;
  for (const head of heads) {
    const block = tarHeader(head);
    expect(block).toHaveLength(BLOCK_BYTES);
    expect(readTarHeader(block)).toEqual(head);
  }
});

test('what the format can not hold is refused', () => {
  expect(() => tarHeader({ kind: 'file', path: 'x'.repeat(101), size: 0 })).toThrow(RangeError);
  expect(() => tarHeader({ kind: 'file', path: 'big', size: 8 ** 12 })).toThrow(RangeError);
});

test('a block that is no header is told from the end', () => {
  expect(readTarHeader(Buffer.alloc(BLOCK_BYTES))).toBeNull();
  const block = tarHeader({ kind: 'file', path: 'a', size: 1 });
  block[0] = 'b'.charCodeAt(0);
  expect(() => readTarHeader(block)).toThrow(TypeError);
});

test('contents fill whole blocks', () => {
  expect([0, 1, 511, 512, 513].map(padding)).toEqual([0, 511, 1, 0, 511]);
});
