import { expect, test } from 'vitest';
import { timeOfDay } from '../../clients/wallboard/src/board/clock-text.ts';
import { incidentTexts } from '../../clients/wallboard/src/board/incident-text.ts';

const AT = Date.UTC(2026, 0, 5, 9, 30);
const flapping = (name?: string) =>
  name === undefined
    ? ({ kind: 'flapping', since: AT } as const)
    : ({ kind: 'flapping', since: AT, agent: { id: 1, name } } as const);

test('C7: what is wrong with the platform says since when, and until when nobody counts as gone', () => {
  const times = { since: AT, until: AT + 60_000 };
  const until = `Until ${timeOfDay(AT + 60_000)} nobody counts as gone or idle.`;
  expect(incidentTexts([{ kind: 'mass_disconnect', ...times }])).toEqual([
    `Many agents lost their connection at ${timeOfDay(AT)}. ${until}`,
  ]);
  expect(incidentTexts([{ kind: 'restart', ...times }])).toEqual([
    `The server was restarted at ${timeOfDay(AT)}. ${until}`,
  ]);
  expect(incidentTexts([])).toEqual([]);
});

test('C8: unstable connections are one sentence, with names where they are told', () => {
  expect(incidentTexts([flapping()])).toEqual(['One connection is unstable.']);
  expect(incidentTexts([flapping(), flapping()])).toEqual(['2 connections are unstable.']);
  expect(incidentTexts([flapping('Amara')])).toEqual(['The connection of Amara is unstable.']);
  expect(incidentTexts(['A', 'B', 'C', 'D', 'E'].map(flapping))).toEqual([
    'The connections of A, B, C, 2 more are unstable.',
  ]);
});
