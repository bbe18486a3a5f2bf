/** A small change to the product that breaks one rule: such as a careless hand might make. */
export interface Mutant {
  /** The rule that it breaks: a test that cites it must fail. */
  readonly rule: string;
  /** What the product does then, in words. */
  readonly does: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Where it is noticed: parts of file names, and in which of Vitest's projects they are (unit when absent). */
  readonly tests: string;
  readonly project?: 'unit' | 'contract' | 'property' | 'integration';
}

/** What becomes of the file's text; null where what is replaced doesn't stand in it exactly once. */
export function mutate(whole: string, { find, replace }: Mutant): string | null {
  const [before, after, ...more] = whole.split(find);
  return before === undefined || after === undefined || more.length > 0 ? null : before + replace + after;
}
