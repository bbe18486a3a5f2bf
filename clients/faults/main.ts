/**
 * `npm run faults -- SCENARIO [--seconds S] [--agents A] [--url U --admin-password P [--password P]]`
 *
 * Something goes wrong in the world around a server, which is driven from outside and must come through. SCENARIO is a
 * name, or `all`; without one, it is told which there are. Ends with 1 where a scenario failed. See docs/faults.md.
 */
import { ALL, BadArgument, readArguments } from './arguments.ts';
import { Template } from './ground/seeded-folder.ts';
import { inWords, type Outcome, play, type RunnerOptions } from './runner.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

const INTERRUPTED = 130;
const LONGEST_NAME = Math.max(...SCENARIOS.map(({ name }) => name.length));

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stopping.abort();
    process.once(signal, () => process.exit(INTERRUPTED));
  });
}

try {
  process.exitCode = await faults();
} catch (error) {
  tell(`faults: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
// Whatever a socket still waits for: it is over.
process.exit();

async function faults(): Promise<number> {
  const { name, given, wishes } = readArguments(process.argv.slice(2));
  if (name === null) {
    for (const { name: each, shows } of SCENARIOS) tell(`${each.padEnd(LONGEST_NAME)}  ${shows}`);
    tell(`${ALL.padEnd(LONGEST_NAME)}  each of them`);
    return 0;
  }
  const wanted = name === ALL ? SCENARIOS : SCENARIOS.filter((scenario) => scenario.name === name);
  if (wanted.length === 0)
    throw new BadArgument(`there is no scenario ${name}; leave it out to see which there are`);

  await using seeded = new Template();
  const options = { signal: stopping.signal, given, wishes, template: () => seeded.folder() };
  const outcomes = await playInTurn(wanted, options);
  if (wanted.length > 1)
    for (const [scenario, outcome] of outcomes)
      tell(`${scenario.name.padEnd(LONGEST_NAME)}  ${inWords(outcome)}`);
  if (stopping.signal.aborted) return INTERRUPTED;
  return [...outcomes.values()].some(({ kind }) => kind === 'fail') ? 1 : 0;
}

/** Those that mostly wait side by side, each told when it has ended; the others one after the other. */
async function playInTurn(
  wanted: readonly Scenario[],
  options: Omit<RunnerOptions, 'tell'>,
): Promise<ReadonlyMap<Scenario, Outcome>> {
  const outcomes = new Map<Scenario, Outcome>();
  // The agents of a given server are the same for all.
  const together =
    wanted.length > 1 && options.given === null ? wanted.filter((each) => each.mostlyWaits) : [];
  await Promise.all(
    together.map(async (scenario) => {
      const lines: string[] = [];
      outcomes.set(scenario, await play(scenario, { ...options, tell: (line) => lines.push(line) }));
      tell(lines.join('\n'));
    }),
  );
  for (const scenario of wanted) {
    if (options.signal.aborted) break;
    if (!outcomes.has(scenario)) outcomes.set(scenario, await play(scenario, { ...options, tell }));
  }
  return outcomes;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
