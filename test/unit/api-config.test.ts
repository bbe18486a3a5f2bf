import { describe, expect, test } from 'vitest';
import { BadVariable, readEnvironment } from '../../api/config.ts';

const SECRET = 'a secret of some length';

/** Each variable with what it takes and what that is read as. */
const GOOD: readonly (readonly [name: string, value: string, read: unknown])[] = [
  ['PORT', '0', 0],
  ['PORT', '65535', 65_535],
  ['WS_PORT', '3001', 3001],
  ['HOST', '::1', '::1'],
  ['DATA_DIR', '/var/lib/rollcall', '/var/lib/rollcall'],
  ['DATABASE_URL', 'postgres://u:p@h:5432/d', 'postgres://u:p@h:5432/d'],
  ['DATABASE_URL', 'postgresql://h/d', 'postgresql://h/d'],
  ['DATABASE_POOL_SIZE', '5', 5],
  ['DATABASE_TIMEOUT', '1000', 1000],
  ['JWT_SECRET', SECRET, [{ kid: '0', secret: SECRET }]],
  [
    'JWT_SECRET',
    `new:${SECRET},old:with:colons-and-length`,
    [
      { kid: 'new', secret: SECRET },
      { kid: 'old', secret: 'with:colons-and-length' },
    ],
  ],
  ['JWT_EXPIRY', '90s', 90_000],
  ['JWT_EXPIRY', '1500ms', 1500],
  ['REFRESH_TOKEN_EXPIRY', '30d', 30 * 86_400_000],
  ['REFRESH_TOKEN_EXPIRY', '12h', 12 * 3_600_000],
  ['ADMIN_PASSWORD', 'eight888', 'eight888'],
  [
    'ALLOWED_ORIGINS',
    'https://a.example, http://localhost:5173',
    ['https://a.example', 'http://localhost:5173'],
  ],
  ['LOG_LEVEL', 'silent', 'silent'],
  ['METRICS_ENABLED', 'false', false],
  ['TICK_MS', '1000', 1000],
  ['MAX_CONCURRENT_REQUESTS', '1', 1],
  ['NODE_ENV', 'test', 'test'],
];

const BAD: readonly (readonly [name: string, value: string])[] = [
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80 '],
  ['PORT', '0x50'],
  ['WS_PORT', 'http'],
  ['DATABASE_URL', 'mysql://h/d'],
  ['DATABASE_URL', 'h:5432'],
  ['DATABASE_POOL_SIZE', '0'],
  ['DATABASE_TIMEOUT', '1.5'],
  ['JWT_SECRET', 'too short'],
  ['JWT_SECRET', `a:${SECRET},b:short`],
  ['JWT_SECRET', `a:${SECRET},a:${SECRET}`],
  ['JWT_SECRET', `:${SECRET}`],
  ['JWT_EXPIRY', '15'],
  ['JWT_EXPIRY', '15 m'],
  ['JWT_EXPIRY', '0s'],
  ['JWT_EXPIRY', '500ms'],
  ['JWT_EXPIRY', '999999d'],
  ['REFRESH_TOKEN_EXPIRY', '-7d'],
  ['REFRESH_TOKEN_EXPIRY', '1w'],
  ['ADMIN_PASSWORD', 'seven77'],
  ['TRUSTED_PROXIES', 'proxy.example'],
  ['TRUSTED_PROXIES', '10.0.0.0/33'],
  ['TRUSTED_PROXIES', '10.0.0.0/'],
  ['TRUSTED_PROXIES', '10.0.0.0/8/8'],
  ['ALLOWED_ORIGINS', 'https://a.example/'],
  ['ALLOWED_ORIGINS', '*'],
  ['LOG_LEVEL', 'loud'],
  ['METRICS_ENABLED', 'yes'],
  ['TICK_MS', '0'],
  ['TICK_MS', '1001'],
  ['MAX_CONCURRENT_REQUESTS', '0'],
];

describe('the environment', () => {
  test.each(GOOD)('%s takes %s', (name, value, read) => {
    expect(readEnvironment({ [name]: value })).toMatchObject({ [name]: read });
  });

  test.each(BAD)('%s refuses %s, by its name and in one line', (name, value) => {
    const refused = refusalOf({ [name]: value });
    expect(refused).toBeInstanceOf(BadVariable);
    expect(refused.message).toMatch(new RegExp(`^${name}: [^\\n]+$`));
  });

  test('TRUSTED_PROXIES is read as addresses and networks', () => {
    const { TRUSTED_PROXIES } = readEnvironment({ TRUSTED_PROXIES: '10.0.0.0/8, ::1' });
    expect(TRUSTED_PROXIES.check('10.9.8.7')).toBe(true);
    expect(TRUSTED_PROXIES.check('::1', 'ipv6')).toBe(true);
    expect(TRUSTED_PROXIES.check('11.0.0.1')).toBe(false);
  });

  test('what is absent or empty has its default', () => {
    const variables = Object.fromEntries([...GOOD, ...BAD].map(([name]) => [name, '']));
    expect(readEnvironment(variables)).toEqual(readEnvironment({}));
    expect(readEnvironment({})).toMatchObject({
      PORT: 3000,
      HOST: '127.0.0.1',
      DATA_DIR: './data',
      DATABASE_POOL_SIZE: 20,
      DATABASE_TIMEOUT: 30_000,
      JWT_EXPIRY: 900_000,
      REFRESH_TOKEN_EXPIRY: 604_800_000,
      ALLOWED_ORIGINS: [],
      LOG_LEVEL: 'info',
      METRICS_ENABLED: true,
      TICK_MS: 20,
      MAX_CONCURRENT_REQUESTS: 1000,
      NODE_ENV: 'development',
    });
  });

  test('a certificate and its key need each other, and production needs a secret', () => {
    expect(refusalOf({ TLS_CERT: '/cert' }).message).toMatch(/^TLS_CERT and TLS_KEY: /);
    expect(refusalOf({ TLS_KEY: '/key' }).message).toMatch(/^TLS_CERT and TLS_KEY: /);
    expect(refusalOf({ NODE_ENV: 'production' }).message).toBe('JWT_SECRET: must be set in production');
    expect(readEnvironment({ NODE_ENV: 'production', JWT_SECRET: SECRET }).NODE_ENV).toBe('production');
  });

  test('variables of others are none of its business', () => {
    expect(readEnvironment({ PATH: '/bin', EDITOR: 'ed' })).toEqual(readEnvironment({}));
  });
});

function refusalOf(variables: Readonly<Record<string, string>>): Error {
  try {
    readEnvironment(variables);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it was not refused');
}
