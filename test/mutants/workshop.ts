/** A copy of the working tree in which mutants are made and tested: the tree itself stays as it is. */
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Mutant } from './mutant.ts';
import { citedIn } from '../rules/rules.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LONGEST_MS = 300_000;

/** What a mutant came to. */
export type Outcome =
  | { readonly kind: 'caught'; readonly by: string }
  /** No test that cites the rule failed. */
  | { readonly kind: 'survived'; readonly passed: number }
  /** It can't be made: the code has changed. */
  | { readonly kind: 'stale'; readonly why: string };

/** Of Vitest's JSON report. */
interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export class Workshop implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** A copy of all tracked files, and new ones that are not ignored, as they are now. */
  static async open(): Promise<Workshop> {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-mutants-'));
    const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const { stdout } = await promisify(execFile)('git', list, { cwd: ROOT, maxBuffer: 1 << 26 });
    for (const file of stdout.split('\0').filter((name) => name !== '')) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await cp(join(ROOT, file), join(folder, file)).catch(ignoreMissing);
    }
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    return new Workshop(folder);
  }

  /** Makes the mutant, runs its tests, and unmakes it. */
  async test(mutant: Mutant): Promise<Outcome> {
    const path = join(this.#folder, mutant.file);
    const whole = await readFile(path, 'utf8').catch(() => '');
    const times = whole.split(mutant.find).length - 1;
    if (times !== 1) return { kind: 'stale', why: `${mutant.file} has what is replaced ${times} times` };
    await writeFile(
      path,
      whole.replace(mutant.find, () => mutant.replace),
    );
    try {
      return outcomeOf(mutant, await this.#run(mutant));
    } finally {
      await writeFile(path, whole);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #run({ tests, project = 'unit' }: Mutant): Promise<Report> {
    const report = join(this.#folder, 'report.json');
    await rm(report, { force: true });
    const reporter = ['--reporter=json', `--outputFile=${report}`];
    const args = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      project,
      ...tests.split(' '),
      ...reporter,
    ];
    const child = spawn(process.execPath, args, { cwd: this.#folder, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
    await new Promise((resolve) => child.once('exit', resolve));
    clearTimeout(timer);
    return JSON.parse(await readFile(report, 'utf8')) as Report;
  }
}

function outcomeOf({ rule }: Mutant, { testResults }: Report): Outcome {
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  if (results.length === 0) return { kind: 'stale', why: testResults[0]?.message ?? 'no tests ran' };
  const failed = results.filter(({ status }) => status === 'failed');
  const citing = failed.find(({ fullName }) => citedIn(fullName).includes(rule));
  return citing === undefined
    ? { kind: 'survived', passed: results.length - failed.length }
    : { kind: 'caught', by: citing.fullName };
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
