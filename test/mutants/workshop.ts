/** A copy of the working tree in which mutants are made and tested: the tree itself stays as it is. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Mutant, mutate } from './mutant.ts';
import { type Outcome, outcomeOf, readReport } from './outcome.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** A test ends by its own timeout long before, unless it never comes to it. */
const LONGEST_MS = 240_000;

export class Workshop implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** A copy of all tracked files, and new ones that are not ignored, as they are now. */
  static async open(): Promise<Workshop> {
    const workshop = new Workshop(await mkdtemp(join(tmpdir(), 'rollcall-mutants-')));
    try {
      await workshop.#furnish();
    } catch (error) {
      await workshop[Symbol.asyncDispose]();
      throw error;
    }
    return workshop;
  }

  /** Makes the mutant, runs the tests that cite its rule, and unmakes it. Null where `signal` ended it. */
  async test(mutant: Mutant, signal: AbortSignal): Promise<Outcome | null> {
    const path = join(this.#folder, mutant.file);
    const whole = await readFile(path, 'utf8').catch(() => '');
    const mutated = mutate(whole, mutant);
    if (mutated === null)
      return { kind: 'stale', why: `what it replaces doesn’t stand exactly once in ${mutant.file}` };
    await writeFile(path, mutated);
    try {
      const isOver = await this.#run(mutant, signal);
      if (signal.aborted) return null;
      if (!isOver) return { kind: 'endless', afterMs: LONGEST_MS };
      return outcomeOf(mutant, await readReport(this.#report));
    } finally {
      await writeFile(path, whole);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  get #report(): string {
    return join(this.#folder, 'report.json');
  }

  async #furnish(): Promise<void> {
    const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const { stdout } = await promisify(execFile)('git', list, { cwd: ROOT, maxBuffer: 1 << 26 });
    for (const file of stdout.split('\0').filter((name) => name !== '')) {
      await mkdir(dirname(join(this.#folder, file)), { recursive: true });
      await cp(join(ROOT, file), join(this.#folder, file)).catch(ignoreMissing);
    }
    await symlink(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /** Up to the first test that fails; whether it came to an end by itself. */
  async #run({ rule, tests, project = 'unit' }: Mutant, signal: AbortSignal): Promise<boolean> {
    await rm(this.#report, { force: true });
    const args = ['run', '--project', project, ...tests.split(' ')];
    const bounds = ['--testNamePattern', String.raw`\b${rule}\b`, '--bail', '1', '--maxWorkers', '1'];
    const reporter = ['--reporter=json', `--outputFile=${this.#report}`];
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    // A group of its own: a test that loops for ever hears of nothing, and would stay behind.
    const child = spawn(process.execPath, [vitest, ...args, ...bounds, ...reporter], {
      cwd: this.#folder,
      stdio: 'ignore',
      detached: true,
    });
    const ending = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
    const kill = () => killGroup(child.pid);
    ending.addEventListener('abort', kill);
    try {
      if (ending.aborted) kill();
      await once(child, 'exit');
    } finally {
      ending.removeEventListener('abort', kill);
      kill();
    }
    return !ending.aborted;
  }
}

/** Whoever is left of it. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

function ignoreMissing(error: unknown): void {
  if (!hasCode(error, 'ENOENT')) throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
