import type * as fc from 'fast-check';
import type { Referee } from '../model/referee.ts';
import type { Stage } from './stage.ts';

/** One thing that happens, said in full: where the stage is the same, the same move does the same. */
export type Move = fc.AsyncCommand<Referee, Stage>;

/** A kind of move, whatever there is to say of one. */
export interface Kind {
  readonly name: string;
  readonly weighted: fc.WeightedArbitrary<Move>;
  /** A move of this kind as kept-runs.ts has it. */
  readonly made: (how: unknown) => Move;
}

export interface KindOptions<How> {
  readonly name: string;
  /** How often it is made among the others. */
  readonly weight: number;
  readonly how: fc.Arbitrary<How>;
  /** Always when absent. */
  readonly isPossible?: (referee: Readonly<Referee>, how: How) => boolean;
  readonly does: (stage: Stage, how: How) => void | Promise<void>;
}

export function kind<How>({ name, weight, how, isPossible = () => true, does }: KindOptions<How>): Kind {
  const made = (said: How): Move => ({
    check: (referee) => isPossible(referee, said),
    async run(_, stage) {
      await does(stage, said);
      await stage.rest();
    },
    toString: () => JSON.stringify([name, said]),
  });
  return {
    name,
    weighted: { weight, arbitrary: how.map(made) },
    // What was kept was written by a move of this kind.
    made: (said) => made(said as How),
  };
}
