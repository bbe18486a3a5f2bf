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

function* all(wheel: Pick<Wheel, 'take'>): Iterable<number> {
  for (let entryDue = wheel.take(); entryDue !== null; entryDue = wheel.take()) yield entryDue;
}

/** Who is told in each advance, as the moves come one after another. */
function told(
  moves: readonly Move[],
  wheel: Pick<Wheel, 'arm' | 'disarm' | 'advance' | 'take'>,
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
        wheel.advance(now);
        heard.push(...all(wheel));
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

  advance(nowMs: number): void {
    this.#tick = Math.max(this.#tick, Math.floor((nowMs - START) / 1000));
  }

  take(): number | null {
    for (const [one, tick] of this.#due) {
      if (tick > this.#tick) continue;
      this.#due.delete(one);
      return one;
    }
    return null;
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
    wheel.arm(5, 0);
    for (let tick = 1; tick <= 3; tick++) {
      wheel.advance(tick * 1000);
      for (const one of all(wheel)) {
        heard.push(one);
        wheel.arm(one, 0);
      }
    }
    expect(heard).toEqual([5, 5, 5]);
  });

  test('D5: whose tick has come may be disarmed, or armed for later, before it is taken', () => {
    const wheel = new Wheel(0);
    for (const one of [1, 2, 3, 4]) wheel.arm(one, 500 * one);
    wheel.advance(2000);
    wheel.disarm(2);
    wheel.arm(3, 5000);
    expect(new Set(all(wheel))).toEqual(new Set([1, 4]));
    wheel.advance(4999);
    expect([...all(wheel)]).toEqual([]);
    wheel.advance(5000);
    expect([...all(wheel)]).toEqual([3]);
  });

  test('D5: who is not taken in one advance is left for the next', () => {
    const wheel = new Wheel(0);
    for (const one of [1, 2, 3]) wheel.arm(one, 1000);
    wheel.advance(1000);
    const first = wheel.take();
    wheel.advance(600_000);
    expect(new Set([first, ...all(wheel)])).toEqual(new Set([1, 2, 3]));
  });

  test('D6: a clock that stands or goes back tells nobody', () => {
    const wheel = new Wheel(10_000);
    wheel.arm(1, 11_000);
    for (const now of [10_000, 10_999, 9_000, -50_000]) {
      wheel.advance(now);
      expect(wheel.take()).toBeNull();
    }
    wheel.advance(11_000);
    expect([...all(wheel)]).toEqual([1]);
  });
});
