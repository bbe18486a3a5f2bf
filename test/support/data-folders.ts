import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as seeded from '../../clients/faults/ground/seeded-folder.ts';

export type DataFolder = seeded.Folder;

/** Password of every seeded user but admin, whose is `Admin-pass1`. */
export const { PASSWORD, ADMIN_PASSWORD } = seeded;

/** Names the seeded folder that a test run shares (template.setup.ts). */
export const TEMPLATE_VARIABLE = 'ROLLCALL_TEST_TEMPLATE';

/** A data folder with agent0001… (four teams of fifty), supervisor01…, manager, viewer and admin. */
export async function seededFolder(): Promise<DataFolder> {
  const shared = process.env[TEMPLATE_VARIABLE];
  const path = shared === undefined ? await makeTemplate() : await mkdtemp(join(tmpdir(), 'rollcall-test-'));
  if (shared !== undefined) await cp(shared, path, { recursive: true });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export async function makeTemplate(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'rollcall-template-'));
  await seeded.seed({ DATA_DIR: path }).done;
  return path;
}
