import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd } from './server-process.ts';

export interface DataFolder extends AsyncDisposable {
  readonly path: string;
}

/** Password of every seeded user but admin, whose is `Admin-pass1`. */
export const PASSWORD = 'Rollcall1';
export const ADMIN_PASSWORD = 'Admin-pass1';

let template: Promise<string> | null = null;

/** A data folder with agent0001… (four teams of fifty), supervisor01…, manager, viewer and admin; seeded once a process. */
export async function seededFolder(): Promise<DataFolder> {
  template ??= makeTemplate();
  const path = await mkdtemp(join(tmpdir(), 'rollcall-test-'));
  await cp(await template, path, { recursive: true });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function makeTemplate(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'rollcall-template-'));
  process.once('exit', () => void rm(path, { recursive: true, force: true }));
  const { code, output } = await runToEnd('api/commands/seed.ts', { DATA_DIR: path }, [
    '--agents',
    '200',
    '--password',
    PASSWORD,
  ]);
  if (code !== 0) throw new Error(`the template could not be seeded: ${output}`);
  return path;
}
