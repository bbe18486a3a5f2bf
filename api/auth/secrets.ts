import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secret } from './tokens.ts';

/** The secret that a server without JWT_SECRET made for itself, kept in its data folder. */
export async function ownSecret(folder: string): Promise<Secret> {
  const path = join(folder, 'jwt-secret');
  const kept = await readFile(path, 'utf8').catch(() => null);
  if (kept !== null && kept.length >= 32) return { kid: '0', secret: kept };
  const secret = randomBytes(48).toString('base64url');
  await writeFile(path, secret, { mode: 0o600 });
  return { kid: '0', secret };
}
