/** `npm run dev`: the server, started anew with each change, and the wallboard with hot reload beside it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const children = [
  ['--watch', '--import', 'tsx', 'api/main.ts'],
  ['node_modules/vite/bin/vite.js', 'clients/wallboard'],
].map((args) => spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }));

for (const child of children) {
  child.once('exit', (code) => {
    for (const other of children) other.kill('SIGTERM');
    process.exitCode = code ?? 0;
  });
}
