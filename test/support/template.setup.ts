/** Before suites that start servers: one seeded data folder, which each test copies. */
import { rm } from 'node:fs/promises';
import { makeTemplate, TEMPLATE_VARIABLE } from './data-folders.ts';

export default async function setup(): Promise<() => Promise<void>> {
  const path = await makeTemplate();
  process.env[TEMPLATE_VARIABLE] = path;
  return () => rm(path, { recursive: true, force: true });
}
