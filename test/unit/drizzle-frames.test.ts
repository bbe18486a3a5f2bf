import { describe, expect, test } from 'vitest';
import { FrameReader, message, messageType } from '../../drizzle/embedded/frames.ts';
import { StatementNames } from '../../drizzle/embedded/statement-names.ts';

const text = (...parts: string[]): Buffer => Buffer.from(parts.map((part) => `${part}\0`).join(''));

/** Start-up (no type byte), a query, an empty message and a long one. */
const startup = Buffer.concat([Buffer.of(0, 0, 0, 13, 0, 3, 0, 0), text('user')]);
const sent = [
  startup,
  message(messageType.query, text('SELECT 1')),
  message(messageType.sync),
  message(messageType.query, text('x'.repeat(300))),
];

describe('messages are cut out whole', () => {
  test.each([1, 2, 3, 4, 5, 7, 64, 1000])('from chunks of %i bytes', (size) => {
    const bytes = Buffer.concat(sent);
    const reader = new FrameReader();
    const read: Buffer[] = [];
    for (let start = 0; start < bytes.length; start += size) {
      read.push(...reader.read(bytes.subarray(start, start + size)));
    }
    expect(read).toEqual(sent);
  });

  test('as soon as they are complete', () => {
    const reader = new FrameReader();
    const [first, second] = [message(messageType.sync), message(messageType.query, text('SELECT 1'))];
    expect(reader.read(Buffer.concat([first, second.subarray(0, 3)]))).toEqual([first]);
    expect(reader.read(second.subarray(3, 8))).toEqual([]);
    expect(reader.read(second.subarray(8))).toEqual([second]);
    expect(reader.read(Buffer.alloc(0))).toEqual([]);
  });
});

describe('the names of prepared statements', () => {
  const names = new StatementNames(7);

  test.each([
    { what: 'Parse', type: messageType.parse, before: 'q\0SELECT 1\0\0\0', after: '7.q\0SELECT 1\0\0\0' },
    { what: 'Bind', type: messageType.bind, before: '\0q\0rest', after: '\x007.q\0rest' },
    {
      what: 'Bind of a portal',
      type: messageType.bind,
      before: 'portal\0q\0rest',
      after: 'portal\x007.q\0rest',
    },
    { what: 'Describe', type: messageType.describe, before: 'Sq\0', after: 'S7.q\0' },
    { what: 'Close', type: messageType.close, before: 'Sq\0', after: 'S7.q\0' },
  ])('get the number of their connection in $what', ({ type, before, after }) => {
    expect(names.rewrite(message(type, Buffer.from(before)))).toEqual(message(type, Buffer.from(after)));
  });

  test.each([
    ['the unnamed statement', message(messageType.parse, text('', 'SELECT 1'))],
    ['the unnamed statement of a portal', message(messageType.bind, text('portal', '', ''))],
    ['a portal', message(messageType.describe, text('Pq'))],
    ['a query', message(messageType.query, text('SELECT 1'))],
  ])('stay out of %s', (_what, original) => {
    expect(names.rewrite(original)).toBe(original);
  });

  test('are closed together, once each', () => {
    const used = new StatementNames(12);
    expect(used.closeAll()).toHaveLength(0);
    used.rewrite(message(messageType.parse, text('a', 'SELECT 1')));
    used.rewrite(message(messageType.bind, text('', 'a', '')));
    used.rewrite(message(messageType.parse, text('b', 'SELECT 2')));
    expect(new FrameReader().read(used.closeAll())).toEqual([
      message(messageType.close, text('S12.a')),
      message(messageType.close, text('S12.b')),
    ]);
  });
});
