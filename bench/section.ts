/** What one subject's bench found out. */
import type { Processes } from './processes.ts';
import { median } from './runs.ts';

export interface Section {
  readonly subject: string;
  readonly title: string;
  /** Absolute values: of this machine at that moment. */
  readonly figures: readonly Figure[];
  /** What counts: within one run. */
  readonly ratios: readonly Ratio[];
}

export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  /** One a round. */
  readonly values: readonly number[];
  readonly target?: Target;
}

export interface Ratio {
  readonly name: string;
  /** One a round. */
  readonly values: readonly number[];
  readonly target?: Target;
}

export type Unit = 'µs' | 'ms' | '/s' | 'B' | 'MB' | '';

/** Printed beside a figure, with whether it is reached; never asserted. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

export function isReached(target: Target, values: readonly number[]): boolean {
  const value = median(values);
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

/** What the subjects are handed. */
export interface Bench {
  readonly processes: Processes;
  readonly rounds: number;
  /** Smaller numbers of everything: to see that it works, not to quote. */
  readonly isQuick: boolean;
  /** For files; gone after the bench. */
  readonly folder: string;
  /** Tells what is going on. */
  readonly tell: (text: string) => void;
}

export type Subject = (bench: Bench) => Promise<Section>;
