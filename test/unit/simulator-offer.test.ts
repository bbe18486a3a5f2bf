import { describe, expect, test } from 'vitest';
import type { Status } from '../../api/contract/statuses.ts';
import { type Offer, stepTowards } from '../../clients/simulator/offer.ts';
import type { Occupation, Turn } from '../../clients/simulator/plan/script.ts';

const status = (code: string, category: Status['category'], more: Partial<Status> = {}): Status => ({
  code,
  label: code,
  category,
  colour: '#000000',
  shape: 'circle',
  routable: category === 'available',
  selectableBy: null,
  reasonRequired: false,
  maxSeconds: null,
  onOverrun: { action: 'alert' },
  idleLimit: 'never',
  archived: false,
  ...more,
});

const SEEDED = [
  status('available', 'available'),
  status('busy', 'busy'),
  status('away', 'away'),
  status('break', 'break'),
  status('wrap_up', 'wrap_up'),
  status('offline', 'offline'),
];
const DEMO = [
  ...SEEDED,
  status('lunch', 'break'),
  status('training', 'away'),
  status('meeting', 'away', { reasonRequired: true }),
  status('coaching', 'away', { reasonRequired: true }),
];
/** An organisation that has its own words for everything. */
const OWN = [
  status('frei', 'available'),
  status('inbound', 'busy'),
  status('outbound', 'busy'),
  status('nachbereitung', 'wrap_up'),
  status('p1', 'break', { label: 'Short break' }),
  status('p2', 'break', { label: 'Lunch break' }),
  status('weg', 'away'),
  status('schulung', 'away', { label: 'Training room', reasonRequired: true }),
  status('offline', 'offline'),
];

const turn = (to: Occupation, pick = 0): Turn => ({ at: 0, do: 'turn', to, reason: 'because', pick });
const offer = (statuses: readonly Status[], duty: string, allowed?: readonly string[]): Offer => ({
  statuses,
  duty,
  allowed: allowed ?? statuses.map(({ code }) => code).filter((code) => code !== duty),
});

describe('what the catalogue has for an occupation', () => {
  test.each([
    ['call', 'busy'],
    ['break', 'break'],
    ['lunch', 'lunch'],
    ['meeting', 'meeting'],
    ['training', 'training'],
    ['coaching', 'coaching'],
    ['errand', 'away'],
  ] as const)('the demo: %s is %s', (to, code) => {
    expect(stepTowards(turn(to, 0.99), offer(DEMO, 'available'))).toMatchObject({
      kind: 'choose',
      status: code,
    });
  });

  test.each([
    ['lunch', 'break'],
    ['meeting', 'away'],
    ['training', 'away'],
    ['coaching', 'away'],
  ] as const)('the seeded statuses alone: %s counts as %s', (to, code) => {
    expect(stepTowards(turn(to), offer(SEEDED, 'available'))).toMatchObject({ status: code });
  });

  test.each([
    ['lunch', 'p2', 0.5],
    ['break', 'p1', 0],
    ['call', 'inbound', 0.2],
    ['call', 'outbound', 0.7],
    ['training', 'schulung', 0.3],
    ['meeting', 'weg', 0.9],
    ['errand', 'weg', 0.9],
  ] as const)('words of an organisation’s own: %s is %s', (to, code, pick) => {
    expect(stepTowards(turn(to, pick), offer(OWN, 'frei'))).toMatchObject({ status: code });
  });

  test('archived statuses are not chosen', () => {
    const statuses = DEMO.map((each) => ({ ...each, archived: each.code === 'lunch' }));
    expect(stepTowards(turn('lunch'), offer(statuses, 'available'))).toMatchObject({ status: 'break' });
  });

  test('a reason is given where one is demanded, and only there', () => {
    expect(stepTowards(turn('meeting'), offer(DEMO, 'available'))).toHaveProperty('reason', 'because');
    expect(stepTowards(turn('lunch'), offer(DEMO, 'available'))).not.toHaveProperty('reason');
  });
});

describe('the way to an occupation', () => {
  test('A9: what may not follow is reached over what may', () => {
    expect(stepTowards(turn('call'), offer(SEEDED, 'break', ['available', 'offline']))).toEqual({
      kind: 'leads',
      status: 'available',
    });
    const ready = offer(SEEDED, 'available', ['busy', 'away', 'break', 'offline']);
    expect(stepTowards(turn('after_call'), ready)).toEqual({ kind: 'leads', status: 'busy' });
  });

  test('whoever is at it already chooses nothing', () => {
    expect(stepTowards(turn('ready'), offer(SEEDED, 'available'))).toEqual({ kind: 'there' });
    expect(stepTowards(turn('call', 0.9), offer(OWN, 'inbound'))).toEqual({ kind: 'there' });
  });

  test('E1: whoever is held by a supervisor has no way', () => {
    expect(stepTowards(turn('call'), offer(SEEDED, 'available', ['offline']))).toEqual({ kind: 'no_way' });
  });

  test('anything is mostly work, and never a log-out', () => {
    const chosen = Array.from({ length: 1_000 }, (_, index) =>
      stepTowards(turn('anything', index / 1_000), offer(SEEDED, 'away')),
    ).map((step) => ('status' in step ? step.status : step.kind));
    const count = (code: string) => chosen.filter((each) => each === code).length;
    expect(count('busy') + count('available') + count('wrap_up')).toBeGreaterThan(900);
    expect(count('break')).toBeGreaterThan(20);
    expect(count('offline')).toBe(0);
  });
});
