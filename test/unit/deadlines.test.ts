import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Wheel } from '../../engine/deadlines.ts';

const START = 12_345;

type Move =
  | { readonly kind: 'arm'; readonly entry: number; readonly inMs: number }
  | { readonly kind: 'disarm'; readonly entry: number }
  | { readonly kind: 'advance'; readonly byMs: number };

const entry = fc.nat({ max: 150 });
const soon = fc.nat({ max: 5_000 });
/** Several turns of the wheel away, or years. */
const far = fc.oneof(fc.nat({ max: 2_000_000 }), fc.constant(3e11));
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    kind: fc.constant('arm' as const),
    entry,
    inMs: fc.oneof(soon, far, fc.integer({ min: -9_000, max: 0 })),
  }),
  fc.record({ kind: fc.constant('disarm' as const), entry }),
  fc.record({ kind: fc.constant('advance' as const), byMs: fc.oneof(soon, fc.nat({ max: 40_000 }), far) }),
);

/** Who is told in each advance, as the moves come one after another. */
function told(
  moves: readonly Move[],
  wheel: Pick<Wheel, 'arm' | 'disarm' | 'advance'>,
): readonly (readonly number[])[] {
  const advances: number[][] = [];
  let now = START;
  for (const one of moves) {
    switch (one.kind) {
      case 'arm':
        wheel.arm(one.entry, now + one.inMs);
        break;
      case 'disarm':
        wheel.disarm(one.entry);
        break;
      case 'advance': {
        const heard: number[] = [];
        now += one.byMs;
        wheel.advance(now, (entryTold) => heard.push(entryTold));
        advances.push(heard.toSorted((a, b) => a - b));
      }
    }
  }
  return advances;
}

/** The wheel as a list that is read from end to end. */
class Naive {
  readonly #due = new Map<number, number>();
  #tick = 0;

  arm(entryArmed: number, dueMs: number): void {
    this.#due.set(entryArmed, Math.max(Math.ceil((dueMs - START) / 1000), this.#tick + 1));
  }

  disarm(entryDisarmed: number): void {
    this.#due.delete(entryDisarmed);
  }

  advance(nowMs: number, tell: (entryTold: number) => void): void {
    this.#tick = Math.max(this.#tick, Math.floor((nowMs - START) / 1000));
    const due = [...this.#due].filter(([, tick]) => tick <= this.#tick);
    for (const [one] of due) this.#due.delete(one);
    for (const [one] of due) tell(one);
  }
}

describe('D5: the timing wheel', () => {
  test('D5: tells everyone in the first tick that is not before, once, as a list would', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 120 }), (moves) => {
        const wheel = new Wheel(START);
        const naive = new Naive();
        expect(told(moves, wheel)).toEqual(told(moves, naive));
      }),
      { numRuns: 500 },
    );
  });

  test('D5: who is told may be armed again at once, and is told in a later tick', () => {
    const wheel = new Wheel(0);
    const heard: number[] = [];
    const again = (one: number) => {
      heard.push(one);
      wheel.arm(one, 0);
    };
    wheel.arm(5, 0);
    for (let tick = 1; tick <= 3; tick++) wheel.advance(tick * 1000, again);
    expect(heard).toEqual([5, 5, 5]);
  });

  test('D6: a clock that stands or goes back tells nobody', () => {
    const wheel = new Wheel(10_000);
    wheel.arm(1, 11_000);
    for (const now of [10_000, 10_999, 9_000, -50_000]) wheel.advance(now, () => expect.unreachable());
    const heard: number[] = [];
    wheel.advance(11_000, (one) => heard.push(one));
    expect(heard).toEqual([1]);
  });
});
