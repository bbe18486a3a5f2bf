/**
 * `npm run bench -- [--only fanout,journal] [--quick] [--json FILE]`: prints what Rollcall costs beside its peers. Every
 * figure that counts is a ratio within this run; nothing is asserted.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dispatch } from './dispatch/dispatch.ts';
import { fanout } from './fanout/fanout.ts';
import { journal } from './journal/journal.ts';
import { memory } from './memory/memory.ts';
import { Processes } from './processes.ts';
import { restore } from './restore/restore.ts';
import { scale } from './scale/scale.ts';
import { writeResults } from './results.ts';
import type { Section, Subject } from './section.ts';
import { tableOf } from './table.ts';

const SUBJECTS: Readonly<Record<string, Subject>> = { fanout, dispatch, journal, memory, restore, scale };
const ROUNDS = 5;
const QUICK_ROUNDS = 2;
/** What hangs is ended then: a run takes some twenty minutes on a machine that does nothing else. */
const LONGEST_MS = 30 * 60_000;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(SUBJECTS).join() },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const names = values.only.split(',');
const unknown = names.find((name) => !Object.hasOwn(SUBJECTS, name));
if (unknown !== undefined) {
  process.stderr.write(
    `bench: --only: there is no ${unknown}; there are ${Object.keys(SUBJECTS).join(', ')}\n`,
  );
  process.exit(1);
}

const begun = performance.now();
const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
const processes = new Processes();
const deadline = setTimeout(() => void processes[Symbol.asyncDispose](), LONGEST_MS);
// Whoever waits for a process hears that it ended, and gives up.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void processes[Symbol.asyncDispose]());
}
const sections: Section[] = [];
try {
  for (const name of names) sections.push(await run(name));
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  clearTimeout(deadline);
  await processes[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;
const seconds = Math.round((performance.now() - begun) / 1000);
process.stdout.write(`Node ${process.version}, ${machine}, ${seconds} s\n`);
if (values.json !== undefined)
  await writeResults(values.json, { at: new Date().toISOString(), node: process.version, machine, sections });

async function run(name: string): Promise<Section> {
  const subject = SUBJECTS[name];
  if (subject === undefined) throw new RangeError(`there is no ${name}`);
  const section = await subject({
    processes,
    folder,
    isQuick: values.quick,
    rounds: values.quick ? QUICK_ROUNDS : ROUNDS,
    tell: (text) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${name}, ${text}`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  process.stdout.write(`${tableOf(section)}\n`);
  return section;
}
