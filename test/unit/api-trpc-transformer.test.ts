import { serialize, type SuperJSONResult } from 'superjson';
import { describe, expect, test } from 'vitest';
import { transformer } from '../../api/trpc/transformer.ts';

/** What arrives, whatever it says of itself. */
const read = (sent: unknown) => transformer.deserialize(sent as SuperJSONResult);
const REFUSED = { name: 'TRPCError', code: 'BAD_REQUEST', message: 'the input is not superjson' };
const json = { username: 'ada', password: 'secret' };

describe('an input', () => {
  test.each([
    undefined,
    null,
    7,
    'text',
    [1, 'two', null],
    { reason: undefined, list: [undefined, 1], deep: { more: undefined } },
    { 'a.b': { 'c\\d': undefined } },
    { at: new Date(5), until: Number.POSITIVE_INFINITY, none: Number.NaN },
    new Date(5),
  ])('is read as superjson wrote it: %j', (input) => {
    expect(read(JSON.parse(JSON.stringify(serialize(input))))).toEqual(input);
  });

  test('is absent where nothing was sent', () => {
    expect(read(undefined)).toBeUndefined();
  });

  test('that holds the same object twice is read as two', () => {
    const same = { id: 1 };
    const input = read(serialize({ one: same, other: same }));
    expect(input).toEqual({ one: same, other: same });
  });

  test.each([
    ['a set', new Set([1])],
    ['a map', new Map([[1, 1]])],
    ['a typed array', new Float64Array(3)],
    ['a bigint', 5n],
    ['a regular expression', /(a+)+$/],
    ['a URL', new URL('https://example.com')],
    ['an error', new Error('mine')],
    ['a set within', { list: [{ deep: new Set([1]) }] }],
  ])('that has a type which no input has is refused: %s', (_name, input) => {
    expect(() => read(serialize(input))).toThrow(expect.objectContaining(REFUSED) as Error);
  });

  test.each([
    null,
    { json, meta: { values: null } },
    { json, meta: { values: 'Date' } },
    { json, meta: { values: { username: 'Date' } } },
    { json, meta: { values: { username: [] } } },
    { json, meta: { values: { username: ['nonsense'] } } },
    { json, meta: { values: { username: [['undefined']] } } },
    { json, meta: { values: { username: ['undefined', { more: ['undefined'] }] } } },
    { json, meta: { values: { username: ['__proto__'] } } },
    { json, meta: { values: { '__proto__.polluted': ['Date'] } } },
    { json, meta: { values: { 'constructor.prototype.polluted': ['Date'] } } },
  ])('whose types are nonsense is refused: %j', (sent) => {
    expect(() => read(sent)).toThrow(expect.objectContaining(REFUSED) as Error);
  });

  test.each([
    { json, meta: null },
    { json, meta: 'nonsense' },
    { json, meta: { referentialEqualities: { username: ['__proto__.polluted', 'password'] } } },
    { json, meta: { values: {}, referentialEqualities: { username: ['password'] } } },
    { json, meta: { values: 5 } },
  ])('is what its JSON says, whatever else is said: %j', (sent) => {
    expect(read(sent)).toEqual(json);
  });

  test('pollutes nothing', () => {
    read(JSON.parse('{"json":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}'));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
