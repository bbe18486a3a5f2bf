/** A small change to the product that breaks one rule. */
export interface Mutant {
  /** The rule that it breaks: a test that cites it must fail. */
  readonly rule: string;
  /** What the product does then, in words. */
  readonly does: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The tests that are run: parts of file names, and in which of Vitest's projects they are (unit when absent). */
  readonly tests: string;
  readonly project?: 'unit' | 'contract' | 'property' | 'integration';
}
