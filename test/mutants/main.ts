/**
 * `npm run mutants [-- --only A4,B6]`: for each rule of the engine small changes that break it; a test that cites the
 * rule must notice, and pass without them. Prints what came of each; ends with 1 where one survives, can't be tested
 * any more, or a rule has none.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { keptRules, ruleIds } from '../rules/rules.ts';
import { MUTANTS } from './mutants.ts';
import { textOf } from './outcome.ts';
import { type Noticed, Workshop } from './workshop.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const known = await ruleIds();
const only = values.only?.split(',').map((id) => id.trim()) ?? known;
const unknown = only.filter((id) => !known.includes(id));
const waiting = MUTANTS.filter(({ rule }) => only.includes(rule));
const missing = (await keptRules()).filter(
  (id) => only.includes(id) && !waiting.some(({ rule }) => rule === id),
);
const count = waiting.length;
const stopping = new AbortController();
const noticed: Noticed[] = [];

if (unknown.length > 0) {
  process.stderr.write(`docs/spec.md has no rule ${unknown.join(', ')}.\n`);
  process.exitCode = 2;
} else {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism(), count) }, work));
  process.exitCode = (await report()) ?? 130;
}

/** Takes one mutant after another, until there are no more. */
async function work(): Promise<void> {
  await using workshop = await Workshop.open();
  while (!stopping.signal.aborted) {
    const mutant = waiting.shift();
    if (mutant === undefined) return;
    const outcome = await workshop.test(mutant, stopping.signal);
    if (outcome === null) return;
    if (outcome.kind === 'caught') noticed.push({ mutant, by: outcome.by });
    process.stdout.write(`${mutant.rule.padEnd(4)} ${mutant.does}\n     ${textOf(outcome)}\n`);
  }
}

/** What it all came to: the exit code. Null where it was broken off. */
async function report(): Promise<number | null> {
  if (stopping.signal.aborted) return null;
  await using workshop = await Workshop.open();
  const reds = await workshop.reds(noticed, stopping.signal);
  if (reds === null) return null;
  const caught = noticed.filter(({ by }) => !reds.includes(by)).length;
  for (const name of reds) process.stdout.write(`FAILS WITHOUT ANY MUTANT, TOO: "${name}"\n`);
  process.stdout.write(`${count} mutants, ${caught} caught.\n`);
  if (missing.length > 0) process.stdout.write(`No mutant breaks ${missing.join(', ')}.\n`);
  return caught === count && missing.length === 0 ? 0 : 1;
}
