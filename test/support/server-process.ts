/** A server in a process of its own, as users start it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY = /rollcall listens at (\S+)/;

export interface ServerProcess extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything that it printed so far. */
  output(): string;
  /** Sends a signal and waits until the process is gone; answers its exit code or signal. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export interface ServerVariables {
  readonly DATA_DIR: string;
  readonly [name: string]: string;
}

/** Starts `npm start` on a free port; resolves when it listens. @throws Error with what it printed, if it doesn't. */
export async function startServerProcess(variables: ServerVariables): Promise<ServerProcess> {
  const { child, output } = launch('api/main.ts', variables);
  const exited = once(child, 'exit');
  const url = await Promise.race([
    ready(child, output),
    exited.then(() => {
      throw new Error(`the server ended: ${output()}`);
    }),
  ]);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const [code, by] = (await exited) as [number | null, NodeJS.Signals | null];
    return code ?? by;
  };
  return {
    url,
    process: child,
    output,
    end,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await end('SIGKILL');
    },
  };
}

/** Runs a command of the project to its end. */
export async function runToEnd(
  script: string,
  variables: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<Ended> {
  const { child, output } = launch(script, variables, args);
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, output: output() };
}

function launch(
  script: string,
  variables: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): { child: ChildProcess; output: () => string } {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    cwd: ROOT,
    env: { PATH, HOME, PORT: '0', LOG_LEVEL: 'warn', ADMIN_PASSWORD: 'Admin-pass1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  return { child, output: () => printed };
}

function ready(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve) => {
    child.stdout?.on('data', () => {
      const url = READY.exec(output())?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}
