import { describe, expect, test } from 'vitest';
import {
  type Axes,
  CATEGORIES,
  type Configuration,
  INITIAL_CONFIGURATION,
  INITIAL_CONTEXT,
} from '../../engine/axes.ts';
import { Catalogue } from '../../engine/catalogue.ts';
import { effective } from '../../engine/effective.ts';
import type { Law } from '../../engine/law.ts';
import { guards, mutators } from '../../engine/rules.ts';
import { CONFIG, status as statusOf, STATUSES } from '../support/laws.ts';

/** Of each category there is a code with an idle limit, too. */
const IDLING = CATEGORIES.map((category) =>
  statusOf({ code: `idling ${category}`, category, idleLimit: 'default' }),
);
const LAW: Law = { catalogue: new Catalogue([...STATUSES, ...IDLING], []), config: CONFIG };

const FORCED = { code: 'lunch', category: 'break', reason: 'r', by: 9, hold: false } as const;
/** Codes of each category, with an idle limit and without; of `available` one that is not routable. */
const CODES = [
  'available',
  'backoffice',
  'busy',
  'away',
  'break',
  'wrap_up',
  'chat',
  ...IDLING.map(({ code }) => code),
];
/** Those among them that work may be routed to; each has an idle limit. */
const ROUTABLE: ReadonlySet<string> = new Set(['available', 'chat', 'idling available']);

const all = (['disconnected', 'connected', 'reconnecting'] as const).flatMap((connectivity) =>
  (['none', 'forced', 'held'] as const).flatMap((override) =>
    CODES.flatMap((code) =>
      (['free', 'tasked', 'full'] as const).flatMap((workload) =>
        (['active', 'idle'] as const).map((activity) =>
          axesOf({ connectivity, override, workload, activity }, code),
        ),
      ),
    ),
  ),
);

function axesOf(states: Omit<Configuration, 'duty' | 'limit' | 'stability'>, code: string): Axes {
  const category = LAW.catalogue.duty(code)?.category ?? 'available';
  const isHere = states.connectivity !== 'disconnected';
  return {
    ...INITIAL_CONFIGURATION,
    ...INITIAL_CONTEXT,
    ...states,
    duty: isHere ? category : 'off',
    dutyCode: isHere ? code : null,
    dutyCause: isHere ? 'agent' : 'disconnect',
    forced: states.override === 'none' ? null : { ...FORCED, hold: states.override === 'held' },
  };
}

/** A4, word by word. */
function expected(axes: Axes): readonly [status: string, category: string, cause: string] {
  if (axes.connectivity === 'disconnected') return ['offline', 'offline', 'disconnect'];
  if (axes.override !== 'none') return ['lunch', 'break', 'override'];
  if (axes.duty === 'break' || axes.duty === 'wrap_up' || axes.duty === 'away')
    return [axes.dutyCode ?? '', axes.duty, 'agent'];
  if (axes.duty === 'available' && axes.workload === 'full') return ['busy', 'busy', 'capacity'];
  const hasIdleLimit = ROUTABLE.has(axes.dutyCode ?? '') || axes.dutyCode === 'idling busy';
  if (axes.activity === 'idle' && hasIdleLimit) return ['away', 'away', 'idle'];
  return [axes.dutyCode ?? '', axes.duty, 'agent'];
}

function isRoutable(axes: Axes): boolean {
  return (
    axes.connectivity === 'connected' &&
    axes.override === 'none' &&
    ROUTABLE.has(axes.dutyCode ?? '') &&
    axes.workload !== 'full' &&
    axes.activity === 'active'
  );
}

describe('A4, A6: what everybody sees', () => {
  test(`A4: on all ${all.length} combinations of the axes the first that matches wins`, () => {
    const seen = all.map((axes) => {
      const { status, category, cause } = effective(axes, LAW);
      return [axes, status, category, cause];
    });
    expect(seen).toEqual(all.map((axes) => [axes, ...expected(axes)]));
  });

  test('A6: routable is who is connected, effectively available under a routable code, and below the maximum', () => {
    const routable = all.filter((axes) => effective(axes, LAW).routable);
    expect(routable).toEqual(all.filter(isRoutable));
    expect(routable).toHaveLength(6);
  });

  test('A6: an override of a routable code makes routable who is below the maximum', () => {
    const forced = { ...FORCED, code: 'chat', category: 'available' } as const;
    const overridden = all
      .filter(({ override }) => override === 'forced')
      .map((axes) => ({ ...axes, forced }));
    for (const axes of overridden)
      expect(effective(axes, LAW).routable).toBe(
        axes.connectivity === 'connected' && axes.workload !== 'full',
      );
  });

  test('C8: who flaps is not routable; all else is as it was', () => {
    for (const axes of all) {
      const { routable: _, ...shown } = effective(axes, LAW);
      expect(effective({ ...axes, stability: 'flapping' }, LAW)).toEqual({ ...shown, routable: false });
    }
  });

  test('A5: while reconnecting everything stays what it was', () => {
    for (const axes of all.filter(({ connectivity }) => connectivity === 'connected')) {
      const { routable: _, ...shown } = effective(axes, LAW);
      expect(effective({ ...axes, connectivity: 'reconnecting' }, LAW)).toEqual({
        ...shown,
        routable: false,
      });
    }
  });

  test('B1: a rule under an input that it does not know says so', () => {
    const stimulus = { type: 'restart', now: 1, law: LAW, role: 'agent', seq: 1, frozenUntil: null } as const;
    expect(() => guards.losesOne(INITIAL_CONTEXT, stimulus)).toThrow(
      'a rule for "lose" stands under "restart"',
    );
    expect(() => mutators.markIdle(INITIAL_CONTEXT, stimulus)).toThrow('a rule for "idle" stands');
  });

  test('A2: the categories are those of the rules', () => {
    expect(CATEGORIES).toEqual(['available', 'busy', 'away', 'break', 'wrap_up']);
  });
});
