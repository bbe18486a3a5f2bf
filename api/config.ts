/** The environment: the one file that reads it. Parsed once; an error names the variable. */
import { z } from 'zod';
import { trustedProxies } from './addresses.ts';

/** A variable that can't be used, in one line. */
export class BadVariable extends Error {
  override readonly name = 'BadVariable';
}

const KIB = 1024;
const MIB = 1024 * KIB;
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time must fit into a date. */
const MAX_DURATION_MS = 3_650 * UNITS.d;

/** `15m`, `7d`, `3600s`: a length of time from a second to ten years, as milliseconds. */
const duration = z
  .string()
  .regex(/^\d{1,6}(ms|s|m|h|d)$/, 'must be a length of time such as 15m, 12h or 7d')
  .transform((value) => {
    const unit = /[a-z]+$/.exec(value)?.[0] as keyof typeof UNITS;
    return Number.parseInt(value, 10) * UNITS[unit];
  })
  .refine((ms) => ms >= UNITS.s && ms <= MAX_DURATION_MS, 'must be from 1s to 3650d');

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

const port = integer(0, 65_535);
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);
const origins = list.refine(
  (entries) => entries.every((entry) => URL.canParse(entry) && new URL(entry).origin === entry),
  'must hold origins such as https://desk.example.com, without a path',
);
const proxies = list.transform((entries, context) => {
  try {
    return trustedProxies(entries);
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error));
    return z.NEVER;
  }
});
const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');
const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
      `must be a URL that begins with ${protocols.join(' or ')}`,
    );

const environment = z.object({
  PORT: port.default(3000),
  WS_PORT: port.optional(),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  DATABASE_POOL_SIZE: integer(1, 1000).default(20),
  DATABASE_TIMEOUT: integer(1, 3_600_000).default(30_000),
  /** `kid:secret,…`; the first one signs, all verify. Without a colon, kid 0. */
  JWT_SECRET: z
    .string()
    .transform((value) =>
      value.split(',').map((entry) => (entry.includes(':') ? splitOnce(entry) : { kid: '0', secret: entry })),
    )
    .refine(
      (secrets) => secrets.every(({ kid, secret }) => kid !== '' && secret.length >= 16),
      'must hold secrets of at least 16 characters',
    )
    .refine(
      (secrets) => new Set(secrets.map(({ kid }) => kid)).size === secrets.length,
      'must not use a kid twice',
    )
    .optional(),
  JWT_EXPIRY: duration.default(UNITS.m * 15),
  REFRESH_TOKEN_EXPIRY: duration.default(UNITS.d * 7),
  ADMIN_PASSWORD: z.string().min(8, 'must have at least 8 characters').max(1024).optional(),
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  TRUSTED_PROXIES: proxies.default(() => trustedProxies([])),
  ALLOWED_ORIGINS: origins.default([]),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  METRICS_ENABLED: flag.default(true),
  TICK_MS: integer(1, 1000).default(20),
  JOURNAL_SEGMENT_BYTES: integer(KIB * 64, MIB * 1024).default(MIB * 64),
  SNAPSHOT_AFTER_BYTES: integer(KIB * 64, MIB * 1024).default(MIB * 32),
  MAX_CONCURRENT_REQUESTS: integer(1, 1_000_000).default(1000),
  NODE_ENV: z.string().default('development'),
});

export type Environment = z.infer<typeof environment>;

/**
 * Reads the environment. An empty variable counts as absent.
 * @throws BadVariable for the first variable that can't be used.
 */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BadVariable(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { TLS_CERT, TLS_KEY, NODE_ENV, JWT_SECRET } = parsed.data;
  if ((TLS_CERT === undefined) !== (TLS_KEY === undefined))
    throw new BadVariable('TLS_CERT and TLS_KEY: need each other');
  if (NODE_ENV === 'production' && JWT_SECRET === undefined)
    throw new BadVariable('JWT_SECRET: must be set in production');
  return parsed.data;
}

function splitOnce(entry: string): { kid: string; secret: string } {
  const at = entry.indexOf(':');
  return { kid: entry.slice(0, at), secret: entry.slice(at + 1) };
}
