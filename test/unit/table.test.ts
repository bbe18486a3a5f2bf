import { expect, test } from 'vitest';
import { machine } from '../../engine/machine.ts';
import { compile } from '../../engine/table.ts';

test('B2: the statechart compiles', () => {
  expect([...compile(machine.config).keys()].sort()).toEqual(['active', 'choose', 'expire', 'force', 'grace', 'idle', 'leave', 'lose', 'open', 'release', 'restart', 'work']);
});
