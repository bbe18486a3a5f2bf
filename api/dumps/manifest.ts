import { createHash } from 'node:crypto';
import { z } from 'zod';

const whole = z.int().min(0);

const manifestSchema = z.object({
  format: z.literal(1),
  /** When it was begun, epoch milliseconds. */
  takenAt: whole,
  /** Size of the tar. */
  bytes: whole,
  chunkBytes: whole.min(1),
  /** SHA-256 of each chunk of the tar, in hexadecimal digits. */
  checksums: z.array(z.string().regex(/^[0-9a-f]{64}$/)).readonly(),
  /** By the name of each copy of the journal: how far it had followed which log, at least. */
  positions: z.record(z.string(), z.object({ epoch: z.string(), position: whole })),
});

/** What a dump is, and by what it is known whether it still is. */
export type Manifest = Readonly<z.infer<typeof manifestSchema>>;

/** A line of JSON, and a line with its own checksum. */
export function encodeManifest(manifest: Manifest): Buffer {
  const line = JSON.stringify(manifest);
  return Buffer.from(`${line}\n${checksumOf(line)}\n`);
}

/** Null for what is no whole manifest, or of another format. */
export function decodeManifest(bytes: Buffer): Manifest | null {
  const [line = '', checksum] = bytes.toString('utf8').split('\n');
  if (checksumOf(line) !== checksum) return null;
  return manifestSchema.safeParse(parsed(line)).data ?? null;
}

function checksumOf(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
