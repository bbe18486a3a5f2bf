/** What the tests have to say of a mutant. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { citedIn } from '../rules/rules.ts';
import type { Mutant } from './mutant.ts';

export type Outcome =
  | { readonly kind: 'caught'; readonly by: string }
  /** All tests that cite the rule passed. */
  | { readonly kind: 'survived'; readonly passed: number }
  /** It can't be made or tested: the code or its tests have changed. */
  | { readonly kind: 'stale'; readonly why: string }
  /** It had to be ended. No test has told what is wrong: that is no catch. */
  | { readonly kind: 'endless'; readonly afterMs: number };

/** Of Vitest's JSON report. */
const reportShape = z.object({
  testResults: z.array(
    z.object({
      message: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});
export type TestReport = z.infer<typeof reportShape>;

/** Null where the run left none: it found no test, or failed as a whole. */
export async function readReport(path: string): Promise<TestReport | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : reportShape.parse(JSON.parse(text));
}

/** Of a report of the tests that cite the rule, up to the first that failed. */
export function outcomeOf({ rule, tests }: Mutant, report: TestReport | null): Outcome {
  if (report === null) return { kind: 'stale', why: `the run of ${tests} left no report` };
  const citing = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ fullName }) => citedIn(fullName).includes(rule));
  const failed = citing.find(({ status }) => status === 'failed');
  if (failed !== undefined) return { kind: 'caught', by: failed.fullName };
  // A file that can't be read has no tests: nobody has noticed what is wrong.
  const broken = report.testResults.find(
    ({ message, assertionResults }) => message !== '' && assertionResults.length === 0,
  );
  if (broken !== undefined) return { kind: 'stale', why: broken.message };
  const passed = citing.filter(({ status }) => status === 'passed').length;
  return passed === 0
    ? { kind: 'stale', why: `no test of ${tests} that cites ${rule} has run` }
    : { kind: 'survived', passed };
}

/** The names of those that failed. */
export function failedIn({ testResults }: TestReport): readonly string[] {
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName }) => fullName);
}

export function textOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'caught':
      return `caught by "${outcome.by}"`;
    case 'survived':
      return `SURVIVED ${outcome.passed} tests`;
    case 'stale':
      return `CAN NOT BE TESTED: ${outcome.why}`;
    case 'endless':
      return `RAN FOR EVER, ended after ${outcome.afterMs / 1000} s: no test has told what is wrong`;
  }
}
