import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { mutate, type Mutant } from '../mutants/mutant.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { outcomeOf, type TestReport } from '../mutants/outcome.ts';
import { citedIn, keptRules, ruleIds } from '../rules/rules.ts';
import { titles } from '../rules/titles.ts';

const all = await titles();
const ROOT = new URL('../../', import.meta.url);

describe('the list of mutants (npm run mutants)', () => {
  test('has one for each rule that is kept, and breaks nothing but rules', async () => {
    const broken = new Set(MUTANTS.map(({ rule }) => rule));
    expect((await keptRules()).filter((id) => !broken.has(id))).toEqual([]);
    const known = new Set(await ruleIds());
    expect([...broken].filter((id) => !known.has(id))).toEqual([]);
  });

  test.each(MUTANTS)('$rule: $does, can be made', async (mutant) => {
    const whole = await readFile(new URL(mutant.file, ROOT), 'utf8');
    const mutated = mutate(whole, mutant);
    expect(mutated).not.toBeNull();
    expect(mutated).not.toBe(whole);
  });

  test.each(MUTANTS)('$rule: $does, is looked for by tests that cite the rule', (mutant) => {
    const { rule, tests, project = 'unit' } = mutant;
    const isNamed = (file: string) => tests.split(' ').some((part) => `test/${file}`.includes(part));
    // Contract suites for several adapters stand elsewhere.
    const looked = all.filter(
      ({ file }) =>
        (file.startsWith(`${project}/`) && isNamed(file)) ||
        (project === 'contract' && file.startsWith('support/contracts/')),
    );
    expect(looked.filter(({ text }) => citedIn(text).includes(rule))).not.toEqual([]);
  });
});

describe('what tests have to say of a mutant', () => {
  const mutant: Mutant = { rule: 'A4', does: '', file: '', find: 'b', replace: 'x', tests: 'some' };

  test('is a catch where a test fails that cites the rule, also by its suite', () => {
    const report = told(['passed', 'A4: one'], ['failed', 'A4, A6: what is seen two']);
    expect(outcomeOf(mutant, report)).toEqual({ kind: 'caught', by: 'A4, A6: what is seen two' });
  });

  test('is none where others fail', () => {
    expect(outcomeOf(mutant, told(['passed', 'A4: one'], ['failed', 'A40: two']))).toEqual({
      kind: 'survived',
      passed: 1,
    });
  });

  test('is nothing where none of them ran', () => {
    expect(outcomeOf(mutant, null).kind).toBe('stale');
    expect(outcomeOf(mutant, told(['skipped', 'A4: one'], ['failed', 'B1: two'])).kind).toBe('stale');
    const unreadable = { testResults: [{ message: 'SyntaxError', assertionResults: [] }] };
    expect(outcomeOf(mutant, unreadable)).toEqual({ kind: 'stale', why: 'SyntaxError' });
  });
});

test('a mutant is made where what it replaces stands exactly once', () => {
  const mutant: Mutant = { rule: 'A4', does: '', file: '', find: 'b', replace: '$&', tests: '' };
  expect(['abc', 'ac', 'abcb', ''].map((whole) => mutate(whole, mutant))).toEqual(['a$&c', null, null, null]);
});

function told(...results: readonly (readonly [status: string, fullName: string])[]): TestReport {
  const assertionResults = results.map(([status, fullName]) => ({ status, fullName }));
  return { testResults: [{ message: '', assertionResults }] };
}
