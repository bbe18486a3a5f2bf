import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { play } from '../../clients/faults/runner.ts';
import { SCENARIOS } from '../../clients/faults/scenarios.ts';
import { TEMPLATE_VARIABLE } from '../support/data-folders.ts';
import { runToEnd } from '../support/server-process.ts';

const LONGEST_MS = 180_000;

/** The folder that the test run shares. */
const template = async () => ({
  path: process.env[TEMPLATE_VARIABLE] ?? '',
  [Symbol.asyncDispose]: async () => {},
});

const AGENTS = 10;

/** A quick one, so that what all of them stand on keeps working. */
test('npm run faults -- proxy-recycle passes', { timeout: LONGEST_MS }, async () => {
  const scenario = SCENARIOS.find(({ name }) => name === 'proxy-recycle');
  if (scenario === undefined) throw new TypeError('there is no such scenario');
  const lines: string[] = [];
  const outcome = await play(scenario, {
    given: null,
    signal: new AbortController().signal,
    tell: (line) => lines.push(line),
    wishes: { seconds: null, agents: AGENTS, isInARow: true },
    template,
  });
  expect({ outcome, wrong: lines.filter((line) => line.includes('WRONG')) }).toEqual({
    outcome: { kind: 'pass' },
    wrong: [],
  });
});

test('without an argument it tells which scenarios there are; one that there isn’t ends with 1', async () => {
  const { code, output } = await runToEnd('clients/faults/main.ts', {});
  expect(code).toBe(0);
  const names = output
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  expect(names).toEqual([...SCENARIOS.map(({ name }) => name), 'all']);
  const unknown = await runToEnd('clients/faults/main.ts', {}, ['earthquake']);
  expect(unknown.code).toBe(1);
  expect(unknown.output).toMatch('there is no scenario earthquake');
});

test('broken off (SIGINT), it ends every process that it started', { timeout: LONGEST_MS }, async () => {
  const args = ['--import', 'tsx', 'clients/faults/main.ts', 'token-expiry'];
  const faults = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(faults, 'exit');
  await new Promise<void>((resolve) => {
    faults.stdout.on('data', (text: Buffer) => text.includes('lets every token run out') && resolve());
  });
  const children = await childrenOf(faults.pid ?? 0);
  expect(children.length).toBeGreaterThan(0);
  faults.kill('SIGINT');
  expect(await exited).toEqual([130, null]);
  expect(children.filter(isRunning)).toEqual([]);
});

async function childrenOf(parent: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return pids.flatMap((pid, index) => (parentOf(stats[index] ?? '') === parent ? [Number(pid)] : []));
}

/** The command's name, the second field, may hold spaces; the parent is the second one behind it. */
function parentOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
