import type { ChildProcess } from 'node:child_process';

/** A child that still runs when this process exits, however that comes about, is killed. */
export function killAtExit(child: ChildProcess): void {
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}
