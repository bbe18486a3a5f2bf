import type { Section } from './section.ts';

/** One run of the bench, as its JSON has it. */
export interface Results {
  /** ISO 8601. */
  readonly at: string;
  readonly node: string;
  readonly machine: string;
  readonly rounds: number;
  /** How long the run took. */
  readonly seconds: number;
  readonly sections: readonly Section[];
}
