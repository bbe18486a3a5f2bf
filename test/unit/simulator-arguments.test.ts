import { expect, test } from 'vitest';
import { BadArgument, readArguments } from '../../clients/simulator/arguments.ts';

test('nothing but the command: two hundred agents at the speed of people, until it is stopped', () => {
  const { script, ...others } = readArguments([]);
  expect(others).toEqual({
    url: 'http://127.0.0.1:3000',
    agents: 200,
    password: 'Rollcall1',
    watchers: 0,
    minutes: null,
  });
  expect(script.speed).toBe(1);
});

test('--speed hastens people, --rate gives a load, and not both', () => {
  expect(readArguments(['--speed', '12.5']).script.speed).toBe(12.5);
  const loaded = readArguments(['--rate', '500', '--agents', '50', '--minutes', '0.5', '--watchers', '3']);
  expect(loaded).toMatchObject({ agents: 50, watchers: 3, minutes: 0.5 });
  expect(loaded.script.deedsOf({ index: 0, team: 0 }).next().value).toEqual({ at: 0, do: 'arrive' });
  expect(() => readArguments(['--rate', '5', '--speed', '5'])).toThrow(BadArgument);
});

test.each([
  ['--agents', '0'],
  ['--agents', '2.5'],
  ['--agents', 'many'],
  ['--speed', '0'],
  ['--rate', ''],
  ['--rate', '-1'],
  ['--seed', 'x'],
  ['--watchers', '-3'],
  ['--minutes', 'Infinity'],
  ['--url', 'localhost:3000'],
])('%s %j is refused by its name', (name, value) => {
  expect(() => readArguments([`${name}=${value}`])).toThrow(name);
});
