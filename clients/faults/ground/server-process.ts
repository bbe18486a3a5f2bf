/** A server in a process of its own, as users start it; and the other commands of the project. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { killAtExit } from './children.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const READY = /rollcall listens at (\S+)/;

/** How a process is started. */
export interface Launch {
  /** Its whole environment, but for PATH, HOME and what every start here has: a free port, warnings and errors alone. */
  readonly variables: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** A module that is loaded before anything else. */
  readonly preload?: string;
  /** A program that becomes the process, with its arguments: what is to be run is added to them. */
  readonly under?: readonly string[];
}

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

/** The server did not come up. */
export class ServerEnded extends Error {
  override readonly name = 'ServerEnded';
  readonly ended: Ended;

  constructor(ended: Ended) {
    super(`the server ended: ${ended.output}`);
    this.ended = ended;
  }
}

/** Starts `npm start`; resolves when it listens. @throws ServerEnded */
export async function startServer(launch: Launch): Promise<ServerProcess> {
  const { child, output } = start('api/main.ts', launch);
  const exited = once(child, 'exit');
  const url = await Promise.race([
    ready(child, output),
    exited.then(([code]: unknown[]) => {
      throw new ServerEnded({ code: code as number | null, output: output() });
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

/** A command of the project that runs. Disposing kills it where it hasn't ended. */
export interface Command extends AsyncDisposable {
  readonly ended: Promise<Ended>;
}

export function startCommand(script: string, launch: Launch): Command {
  const { child, output } = start(script, launch);
  const ended = once(child, 'exit').then(([code]: unknown[]) => ({
    code: code as number | null,
    output: output(),
  }));
  return {
    ended,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs a command of the project to its end. */
export function runCommand(script: string, launch: Launch): Promise<Ended> {
  return startCommand(script, launch).ended;
}

function start(
  script: string,
  { variables, args = [], preload, under = [] }: Launch,
): { child: ChildProcess; output: () => string } {
  const { PATH = '', HOME = '' } = process.env;
  const imports = preload === undefined ? ['tsx'] : ['tsx', preload];
  const node = [process.execPath, ...imports.flatMap((module) => ['--import', module]), script, ...args];
  const [program = '', ...rest] = [...under, ...node];
  const child = spawn(program, rest, {
    cwd: ROOT,
    env: { PATH, HOME, PORT: '0', LOG_LEVEL: 'warn', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  killAtExit(child);
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
