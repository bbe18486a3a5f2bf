/**
 * `npm run mutants [-- --only A4,B6]`: for each rule of the engine a small change that breaks it; a test that cites the
 * rule must notice. Prints a line a mutant; ends with 1 where one survives, can't be made any more, or a rule has none.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { ruleIds } from '../rules/rules.ts';
import { MUTANTS } from './mutants.ts';
import { type Outcome, Workshop } from './workshop.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const only = values.only?.split(',');
const waiting = MUTANTS.filter(({ rule }) => only === undefined || only.includes(rule));
const missing = (await ruleIds()).filter((id) => !MUTANTS.some(({ rule }) => rule === id));

const count = waiting.length;
let caught = 0;
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
process.stdout.write(`${count} mutants, ${caught} caught.\n`);
if (missing.length > 0) process.stdout.write(`No mutant breaks ${missing.join(', ')}.\n`);
process.exitCode = caught === count && missing.length === 0 ? 0 : 1;

async function work(): Promise<void> {
  await using workshop = await Workshop.open();
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const outcome = await workshop.test(mutant);
    if (outcome.kind === 'caught') caught += 1;
    process.stdout.write(`${mutant.rule.padEnd(4)} ${textOf(outcome)}\n     ${mutant.does}\n`);
  }
}

function textOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'caught':
      return `caught by "${outcome.by}"`;
    case 'survived':
      return `SURVIVED ${outcome.passed} tests`;
    case 'stale':
      return `CAN NOT BE MADE: ${outcome.why}`;
  }
}
