/**
 * `npm run mutants [-- --only A4,B6]`: for each rule of the engine a small change that breaks it; a test that cites the
 * rule must notice. Prints a line a mutant; ends with 1 where one survives, can't be made any more, or a rule has none.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { keptRules, ruleIds } from '../rules/rules.ts';
import { MUTANTS } from './mutants.ts';
import { textOf } from './outcome.ts';
import { Workshop } from './workshop.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const known = await ruleIds();
const only = values.only?.split(',').map((id) => id.trim()) ?? known;
const unknown = only.filter((id) => !known.includes(id));
const waiting = MUTANTS.filter(({ rule }) => only.includes(rule));
const missing = (await keptRules()).filter(
  (id) => only.includes(id) && !waiting.some(({ rule }) => rule === id),
);
const stopping = new AbortController();
const count = waiting.length;
let caught = 0;

if (unknown.length > 0) {
  process.stderr.write(`docs/spec.md has no rule ${unknown.join(', ')}.\n`);
  process.exitCode = 2;
} else {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism(), count) }, work));
  process.exitCode = stopping.signal.aborted ? 130 : report();
}

/** Takes one mutant after another, until there are no more. */
async function work(): Promise<void> {
  await using workshop = await Workshop.open();
  while (!stopping.signal.aborted) {
    const mutant = waiting.shift();
    if (mutant === undefined) return;
    const outcome = await workshop.test(mutant, stopping.signal);
    if (outcome === null) return;
    if (outcome.kind === 'caught') caught += 1;
    process.stdout.write(`${mutant.rule.padEnd(4)} ${mutant.does}\n     ${textOf(outcome)}\n`);
  }
}

/** What it all came to: the exit code. */
function report(): number {
  process.stdout.write(`${count} mutants, ${caught} caught.\n`);
  if (missing.length > 0) process.stdout.write(`No mutant breaks ${missing.join(', ')}.\n`);
  return caught === count && missing.length === 0 ? 0 : 1;
}
