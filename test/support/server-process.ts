/** A server in a process of its own, as users start it, with what every test of it gives it. */
import * as processes from '../../clients/faults/ground/server-process.ts';

export type ServerProcess = processes.ServerProcess;

export interface ServerVariables {
  readonly DATA_DIR: string;
  readonly [name: string]: string;
}

/** Starts `npm start` on a free port; resolves when it listens. @throws ServerEnded with what it printed */
export function startServerProcess(variables: ServerVariables): Promise<ServerProcess> {
  return processes.startServer({ variables: withPassword(variables) });
}

/** Runs a command of the project to its end. */
export function runToEnd(
  script: string,
  variables: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<processes.Ended> {
  return processes.runCommand(script, { variables: withPassword(variables), args });
}

function withPassword(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { ADMIN_PASSWORD: 'Admin-pass1', ...variables };
}
