/** Data folders with people in them: one is seeded, the others are copies of it. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCommand } from './server-process.ts';

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

/** A data folder with people in it, seeded when it is first asked for. Disposing breaks that off. */
export class Template implements AsyncDisposable {
  #folder: Promise<Folder> | null = null;
  #seeding: Seeding | null = null;

  /** @throws Error with what the command printed */
  folder(): Promise<Folder> {
    return (this.#folder ??= this.#seed());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#seeding?.[Symbol.asyncDispose]();
    const folder = await this.#folder?.catch(() => null);
    await folder?.[Symbol.asyncDispose]();
  }

  async #seed(): Promise<Folder> {
    const folder = await temporaryFolder();
    try {
      this.#seeding = seed({ DATA_DIR: folder.path });
      await this.#seeding.done;
    } catch (error) {
      await folder[Symbol.asyncDispose]();
      throw error;
    }
    return folder;
  }
}

export async function copyOf(template: Folder): Promise<Folder> {
  const folder = await temporaryFolder();
  await cp(template.path, folder.path, { recursive: true });
  return folder;
}

/** Disposing breaks it off. */
export interface Seeding extends AsyncDisposable {
  /** Rejects with what the command printed, where nobody could be seeded. */
  readonly done: Promise<void>;
}

/**
 * Puts supervisors, a manager, a viewer, admin and so many agents into what the variables name: a data folder, or a
 * database.
 */
export function seed(variables: Readonly<Record<string, string>>, agents: number = SEEDED_AGENTS): Seeding {
  const command = startCommand('api/commands/seed.ts', {
    variables: { ADMIN_PASSWORD, ...variables },
    args: ['--agents', String(agents), '--password', PASSWORD],
  });
  const succeed = async () => {
    const { code, output } = await command.ended;
    if (code !== 0) throw new Error(`nobody could be seeded: ${output}`);
  };
  return { done: succeed(), [Symbol.asyncDispose]: () => command[Symbol.asyncDispose]() };
}
