/** Data folders with people in them: one is seeded, the others are copies of it. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './server-process.ts';

/** Of every seeded user but admin. */
export const PASSWORD = 'Rollcall1';
export const ADMIN_PASSWORD = 'Admin-pass1';
/** agent0001…, in four teams of fifty. */
export const SEEDED_AGENTS = 200;

export interface Folder extends AsyncDisposable {
  readonly path: string;
}

/** A folder that is gone, with all it holds, when it is disposed of. */
export async function temporaryFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'rollcall-faults-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A data folder with people in it, seeded when it is first asked for. Disposing waits for that. */
export class Template implements AsyncDisposable {
  #folder: Promise<Folder> | null = null;

  /** @throws Error with what the command printed */
  folder(): Promise<Folder> {
    return (this.#folder ??= seededFolder());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const folder = await this.#folder?.catch(() => null);
    await folder?.[Symbol.asyncDispose]();
  }
}

async function seededFolder(): Promise<Folder> {
  const folder = await temporaryFolder();
  try {
    await seed({ DATA_DIR: folder.path });
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
  return folder;
}

export async function copyOf(template: Folder): Promise<Folder> {
  const folder = await temporaryFolder();
  await cp(template.path, folder.path, { recursive: true });
  return folder;
}

/**
 * Puts supervisors, a manager, a viewer, admin and so many agents into what the variables name: a data folder, or a
 * database.
 * @throws Error with what the command printed
 */
export async function seed(
  variables: Readonly<Record<string, string>>,
  agents: number = SEEDED_AGENTS,
): Promise<void> {
  const { code, output } = await runCommand('api/commands/seed.ts', {
    variables: { ADMIN_PASSWORD, ...variables },
    args: ['--agents', String(agents), '--password', PASSWORD],
  });
  if (code !== 0) throw new Error(`nobody could be seeded: ${output}`);
}
