/** A copy of the working tree in which mutants are made and tested: the tree itself stays as it is. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Mutant, mutate } from './mutant.ts';
import { failedIn, type Outcome, outcomeOf, readReport } from './outcome.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** A test ends by its own timeout long before, unless it never comes to it. */
const LONGEST_MS = 240_000;

/** A mutant, and the test that noticed it. */
export interface Noticed {
  readonly mutant: Mutant;
  readonly by: string;
}

/** Which tests: of which of Vitest's projects, in which files, of what names. */
interface Chosen {
  readonly project: string;
  readonly files: readonly string[];
  readonly names: string;
  /** Whether the first that fails is enough. */
  readonly bail: boolean;
}

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
    const { rule, file, tests, project = 'unit' } = mutant;
    const path = join(this.#folder, file);
    const whole = await readFile(path, 'utf8').catch(() => '');
    const mutated = mutate(whole, mutant);
    if (mutated === null)
      return { kind: 'stale', why: `what it replaces doesn’t stand exactly once in ${file}` };
    await writeFile(path, mutated);
    try {
      const names = String.raw`\b${rule}\b`;
      const isOver = await this.#run({ project, files: tests.split(' '), names, bail: true }, signal);
      if (signal.aborted) return null;
      return isOver
        ? outcomeOf(mutant, await readReport(this.#report))
        : { kind: 'endless', afterMs: LONGEST_MS };
    } finally {
      await writeFile(path, whole);
    }
  }

  /** Of the tests that noticed mutants, those that fail without them, too: they say nothing. Null where `signal` ended it. */
  async reds(noticed: readonly Noticed[], signal: AbortSignal): Promise<readonly string[] | null> {
    const reds: string[] = [];
    for (const project of new Set(noticed.map(({ mutant }) => mutant.project ?? 'unit'))) {
      const its = noticed.filter(({ mutant }) => (mutant.project ?? 'unit') === project);
      const files = [...new Set(its.flatMap(({ mutant }) => mutant.tests.split(' ')))];
      const names = `^(?:${its.map(({ by }) => patternOf(by)).join('|')})$`;
      const isOver = await this.#run({ project, files, names, bail: false }, signal);
      if (signal.aborted) return null;
      const report = isOver ? await readReport(this.#report) : null;
      reds.push(...(report === null ? its.map(({ by }) => by) : failedIn(report)));
    }
    return reds;
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

  /** Runs tests, and tells whether they came to an end by themselves. */
  async #run({ project, files, names, bail }: Chosen, signal: AbortSignal): Promise<boolean> {
    await rm(this.#report, { force: true });
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    const chosen = ['run', '--project', project, ...files, '--testNamePattern', names];
    const bounds = ['--maxWorkers', '1', ...(bail ? ['--bail', '1'] : [])];
    const reporter = ['--reporter=json', `--outputFile=${this.#report}`];
    // A group of its own: a test that loops for ever hears of nothing, and would stay behind.
    const child = spawn(process.execPath, [vitest, ...chosen, ...bounds, ...reporter], {
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

/** A pattern for that name. */
function patternOf(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N} ]/gu, '.');
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
