/**
 * `npm run torture -- --rounds N [--agents A] [--rate R] [--seed S]`: kill -9 at random moments under load
 * (clients/faults/judging/kill-rounds.ts), while history is copied into a PostgreSQL, snapshots are taken, and the journal
 * is cut behind both as often as can be. Prints a line a round; ends with 1 on any complaint, or where nothing was cut.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../../clients/faults/ground/free-port.ts';
import { KillRounds } from '../../clients/faults/judging/kill-rounds.ts';
import { seededRandom } from '../../clients/simulator/random.ts';
import { startPostgres } from '../../clients/faults/ground/postgres.ts';
import { seed, temporaryFolder } from '../../clients/faults/ground/seeded-folder.ts';
import { ADMIN_PASSWORD, PASSWORD } from '../support/data-folders.ts';
import { startServerProcess } from '../support/server-process.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    agents: { type: 'string', default: '200' },
    rate: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const rounds = Number(values.rounds);
const agents = Number(values.agents);
const rate = Number(values.rate);
const random = seededRandom(Number(values.seed));
const SHORTEST_MS = 50;

/** The least that a server takes. */
const OFTEN = String(64 * 1024);

process.exitCode = await torture();
// What PostgreSQL's library leaves behind would keep the process.
process.exit();

async function torture(): Promise<number> {
  await using postgres = await startPostgres();
  await using folder = await temporaryFolder();
  const variables = {
    DATA_DIR: folder.path,
    DATABASE_URL: postgres.url('postgres'),
    ADMIN_PASSWORD,
    PORT: String(await freePort()),
    JWT_EXPIRY: '12h',
    JOURNAL_SEGMENT_BYTES: OFTEN,
    SNAPSHOT_AFTER_BYTES: OFTEN,
  };
  await seed(variables).done;
  process.stdout.write(
    `torture: ${rounds} rounds, ${agents} agents, ${rate} changes/s, seed ${values.seed}\n`,
  );
  await using played = await KillRounds.begin({
    start: () => startServerProcess(variables),
    agents,
    password: PASSWORD,
    rate,
  });
  let failures = 0;
  for (let round = 1; round <= rounds; round++) {
    const { acknowledged, unanswered, happened, complaints, livedMs, restartMs } = await played.play(
      SHORTEST_MS + random() * (played.longestMs - SHORTEST_MS),
    );
    failures += complaints.length;
    process.stdout.write(
      `round ${round}: killed after ${Math.round(livedMs)} ms, ${acknowledged} acknowledged (${Math.round((acknowledged / livedMs) * 1000)}/s), ` +
        `${unanswered} unanswered of which ${happened} had happened, restart ${Math.round(restartMs)} ms: ` +
        `${complaints.length === 0 ? '0 lost, 0 half, 0 invented' : `${complaints.length} COMPLAINTS`}\n`,
    );
    for (const complaint of complaints.slice(0, 20)) process.stdout.write(`  ${complaint}\n`);
  }
  const begins = await journalBegins(folder.path);
  process.stdout.write(
    `the journal was cut up to offset ${begins}, ${await count(join(folder.path, 'snapshots'))} snapshots are kept\n`,
  );
  return failures === 0 && begins > 0 ? 0 : 1;
}

/** The offset that the first file of the journal begins at. */
async function journalBegins(dataFolder: string): Promise<number> {
  const files = (await readdir(join(dataFolder, 'journal'))).filter((name) => name.endsWith('.log'));
  return Number.parseInt(files.toSorted()[0] ?? '0', 10);
}

async function count(folder: string): Promise<number> {
  return (await readdir(folder)).length;
}
