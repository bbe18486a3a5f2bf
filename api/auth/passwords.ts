import { hash, verify } from '@node-rs/argon2';

/** Argon2id with OWASP's parameters: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A hash that no password fits: checking it takes as long as checking a real one. */
const DECOY =
  '$argon2id$v=19$m=19456,t=2,p=1$cm9sbGNhbGxkZWNveXNhbHQ$q3Zk2n6yQ0m1Yy3Yk0o1b2v5m8c4w7t9x1z3a5c7e9A';

export function hashPassword(password: string): Promise<string> {
  return hash(password, PARAMETERS);
}

/** Takes as long for a user who doesn't exist (null), so that time doesn't tell who does. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  const fits = await verify(stored ?? DECOY, password);
  return fits && stored !== null;
}
