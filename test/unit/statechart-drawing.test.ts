import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { machine } from '../../engine/machine.ts';
import { type Chart, drawingOf } from '../proof/drawing.ts';

test('B2: docs/statechart.md is drawn from the statechart as it is (npm run statechart)', async () => {
  expect(await readFile('docs/statechart.md', 'utf8')).toBe(drawingOf(machine.config as unknown as Chart));
});

test('B2: states that react alike are drawn as one, and each pair of states has one arrow', () => {
  const stay = { guard: { type: 'present', params: {} }, actions: ['markActive'] };
  const drawing = drawingOf({
    states: {
      light: {
        initial: 'red',
        states: {
          red: {
            on: {
              go: [stay, { target: 'green', actions: ['endDuty', 'dismiss'] }],
              off: [{ target: 'red', actions: [] }],
            },
          },
          green: { on: { off: [{ target: 'red', actions: [] }] } },
        },
      },
    },
  });
  expect(drawing).toContain('  red --> red: go [present] / markActive\n');
  expect(drawing).toContain('  red --> green: go [else] / endDuty, dismiss\n');
  expect(drawing).toContain('  state "any of<br/>red<br/>green" as red_or_green\n');
  expect(drawing).toContain('  red_or_green --> red: off\n');
  expect(drawing).toContain('| go | red | else | green | endDuty | dismiss |\n');
  expect(drawing).toContain('| off | red, green |\n');
});
