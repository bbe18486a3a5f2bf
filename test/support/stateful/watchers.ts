/** What those who watch boards do: each has a scope and a view of its own. */
import * as fc from 'fast-check';
import { garbage, PLACES } from '../fuzz/audience.ts';
import type { Spectator } from '../fuzz/spectator.ts';
import { type Kind, kind } from './move.ts';
import type { Stage } from './stage.ts';

const anyPlace = fc.nat({ max: PLACES - 1 });

const comes = kind({
  name: 'comes',
  weight: 10,
  how: fc.record({
    nth: anyPlace,
    hand: fc.oneof(
      { weight: 6, arbitrary: fc.constant({ kind: 'own' } as const) },
      { weight: 1, arbitrary: fc.constant({ kind: 'none' } as const) },
      { weight: 1, arbitrary: fc.constant({ kind: 'board' } as const) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('foreign'), of: anyPlace }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('garbage'), as: fc.nat({ max: 8 }) }) },
    ),
    maxWaiting: fc.constantFrom(512, 64, 4),
  }),
  does(stage, { nth, hand, maxWaiting }) {
    const spectator = stage.spectator(nth);
    if (spectator.state === 'watching') spectator.leave();
    const { audience } = stage.arena;
    switch (hand.kind) {
      case 'foreign':
        return audience.join(
          spectator,
          { kind: 'other', cursor: foreign(stage, spectator, hand.of) },
          maxWaiting,
        );
      case 'garbage': {
        const cursor = garbage(spectator.cursor)[hand.as] ?? null;
        return audience.join(spectator, { kind: 'other', cursor }, maxWaiting);
      }
      default:
        return audience.join(spectator, hand, maxWaiting);
    }
  },
});

const goes = kind({
  name: 'goes',
  weight: 3,
  how: anyPlace,
  does(stage, nth) {
    const spectator = stage.spectator(nth);
    if (spectator.state === 'watching') spectator.leave();
  },
});

/** Reads nothing for a while. */
const fallsAsleep = kind({
  name: 'falls asleep',
  weight: 2,
  how: anyPlace,
  does(stage, nth) {
    stage.spectator(nth).isAsleep = stage.spectator(nth).state === 'watching';
  },
});

const wakes = kind({
  name: 'wakes',
  weight: 3,
  how: anyPlace,
  does: (stage, nth) => stage.spectator(nth).wake(),
});

export const watchers: readonly Kind[] = [comes, goes, fallsAsleep, wakes];

function foreign(stage: Stage, spectator: Spectator, of: number): string | null {
  const other = stage.spectator(of);
  return other === spectator ? null : other.cursor;
}
