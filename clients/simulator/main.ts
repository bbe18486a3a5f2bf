/**
 * `npm run simulate -- --url U --agents N --password P [--speed S | --rate R] [--seed S] [--watchers W] [--minutes M]`
 *
 * Agents at work, S times as fast as people, or R status changes a second of all together. A line of JSON each ten
 * seconds says how it goes. With --minutes it stops by itself, compares what the board shows with what the agents were
 * promised and what the watchers hold, and ends with 1 where something was wrong.
 */
import { readArguments } from './arguments.ts';
import { Run } from './run.ts';

const TELL_MS = 10_000;

const stopped = new Promise<'stopped'>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve('stopped'));
});
await simulate().catch((error: unknown) => {
  process.stderr.write(`simulate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
// Whatever a socket still waits for: it is over.
process.exit();

async function simulate(): Promise<void> {
  const args = readArguments(process.argv.slice(2));
  await using run = await Run.open(args);
  const telling = setInterval(() => tell(run), TELL_MS);
  try {
    if ((await Promise.race([run.start(), stopped])) === 'stopped') return;
    tell(run);
    if ((await Promise.race([stopped, after(args.minutes)])) === 'stopped') return;
    const wrong = await run.judge();
    tell(run);
    process.stdout.write(
      `verdict: ${wrong.length === 0 ? 'right' : `WRONG: ${wrong.slice(0, 20).join('; ')}`}\n`,
    );
    if (wrong.length > 0) process.exitCode = 1;
  } finally {
    clearInterval(telling);
  }
}

function tell(run: Run): void {
  process.stdout.write(`${JSON.stringify(run.report())}\n`);
}

/** Never, for null. */
function after(minutes: number | null): Promise<void> {
  return new Promise((resolve) => {
    if (minutes !== null) setTimeout(resolve, minutes * 60_000);
  });
}
