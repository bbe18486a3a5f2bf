import { expect, test } from 'vitest';
import { BadArgument, readArguments } from '../../clients/faults/arguments.ts';

test('nothing: only to be told which there are', () => {
  expect(readArguments([])).toEqual({
    name: null,
    given: null,
    wishes: { seconds: null, agents: null, isInARow: false },
  });
});

test('a scenario, or all of them, on servers of their own', () => {
  expect(readArguments(['store-outage', '--seconds', '90', '--agents', '200'])).toEqual({
    name: 'store-outage',
    given: null,
    wishes: { seconds: 90, agents: 200, isInARow: false },
  });
  expect(readArguments(['all']).wishes.isInARow).toBe(true);
});

test.each(['http://127.0.0.1:3000', 'http://localhost:3000/', 'http://[::1]:3000', 'https://127.1.2.3'])(
  'a server on this machine: %s',
  (url) => {
    const { given } = readArguments(['two-tabs', '--url', url, '--admin-password', 'Secret-1']);
    expect(given).toEqual({
      url: url.replace(/\/$/, ''),
      password: 'Rollcall1',
      adminPassword: 'Secret-1',
    });
  },
);

test.each([
  ['--url', ['--url', 'http://desk.example.com', '--admin-password', 'x']],
  ['--url', ['--url', 'http://127.0.0.1.example.com', '--admin-password', 'x']],
  ['--url', ['--url', '127.0.0.1:3000', '--admin-password', 'x']],
  ['--admin-password', ['--url', 'http://127.0.0.1:3000']],
  ['--seconds', ['--seconds', '0']],
  ['--seconds', ['--seconds', '1e9']],
  ['--seconds', ['--seconds', '']],
  ['--agents', ['--agents', '2.5']],
  ['--agents', ['--agents', '201']],
  ['one scenario', ['two-tabs']],
])('what can’t be used is refused by its name: %s %j', (name, args) => {
  const refused = () => readArguments(['kill-nine', ...args]);
  expect(refused).toThrow(BadArgument);
  expect(refused).toThrow(name);
});
