import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import {
  type Claims,
  hashRefreshToken,
  newRefreshToken,
  type Secret,
  Tokens,
} from '../../api/auth/tokens.ts';
import { FakeClock } from '../support/fake-clock.ts';

const ACCESS_MS = 900_000;
const OLD: Secret = { kid: 'old', secret: 'the secret of last year' };
const NEW: Secret = { kid: 'new', secret: 'the secret of this year' };

function claimsAt(clock: FakeClock): Claims {
  return { userId: 7, sessionId: 'a session', sessionExpiresAt: clock.now() + 7 * 86_400_000 };
}

function tokens(clock: FakeClock, ...secrets: readonly Secret[]): Tokens {
  return new Tokens({ clock, secrets, accessMs: ACCESS_MS });
}

test('a token says what was signed, until it expires', async () => {
  const clock = new FakeClock();
  const issuer = tokens(clock, NEW);
  const claims = claimsAt(clock);
  const { token, expiresAt } = await issuer.sign(claims);
  expect(expiresAt).toBe(clock.now() + ACCESS_MS);
  expect(await issuer.verify(token)).toEqual(claims);
  await clock.advance(ACCESS_MS - 1000);
  expect(await issuer.verify(token)).toEqual(claims);
  await clock.advance(1000);
  expect(await issuer.verify(token)).toBe('expired');
});

test('a token never outlives the log-in session that it is of', async () => {
  const clock = new FakeClock();
  const issuer = tokens(clock, NEW);
  const sessionExpiresAt = clock.now() + 10_000;
  const { token, expiresAt } = await issuer.sign({ ...claimsAt(clock), sessionExpiresAt });
  expect(expiresAt).toBe(sessionExpiresAt);
  await clock.advance(10_000);
  expect(await issuer.verify(token)).toBe('expired');
});

test('a secret is rotated in by its kid: the first signs, all verify, one that is gone no more', async () => {
  const clock = new FakeClock();
  const claims = claimsAt(clock);
  const { token: before } = await tokens(clock, OLD).sign(claims);
  const during = tokens(clock, NEW, OLD);
  const { token: after } = await during.sign(claims);
  expect(await during.verify(before)).toEqual(claims);
  expect(await during.verify(after)).toEqual(claims);
  expect(await tokens(clock, NEW).verify(after)).toEqual(claims);
  expect(await tokens(clock, NEW).verify(before)).toBe('invalid');
  // The same kid with another secret, as when somebody reuses a name.
  expect(await tokens(clock, { ...OLD, secret: NEW.secret }).verify(before)).toBe('invalid');
});

test('what was tampered with is invalid', async () => {
  const clock = new FakeClock();
  const issuer = tokens(clock, NEW);
  const { token } = await issuer.sign(claimsAt(clock));
  const [header = '', payload = '', signature = ''] = token.split('.');
  const forged = encode({ ...decode(payload), sub: '1' });
  expect(await issuer.verify(`${header}.${forged}.${signature}`)).toBe('invalid');
  expect(await issuer.verify(`${header}.${payload}.${signature.slice(0, -2)}`)).toBe('invalid');
  expect(await issuer.verify(`${header}.${payload}`)).toBe('invalid');
  expect(await issuer.verify('')).toBe('invalid');
  expect(await issuer.verify('a.b.c')).toBe('invalid');
  // Signed with nothing, under every spelling of nothing.
  for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
    expect(await issuer.verify(`${encode({ alg, kid: 'new' })}.${payload}.`)).toBe('invalid');
    expect(await issuer.verify(`${encode({ alg, kid: 'new' })}.${payload}.${signature}`)).toBe('invalid');
  }
});

test('a token of another issuer, algorithm, kid or shape is invalid', async () => {
  const clock = new FakeClock();
  const issuer = tokens(clock, NEW);
  const seconds = Math.floor(clock.now() / 1000);
  const sign = (
    claims: Record<string, unknown>,
    { issuer: by = 'rollcall', alg = 'HS256', kid = 'new', subject = '7' } = {},
  ) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg, ...(kid && { kid }) })
      .setIssuer(by)
      .setSubject(subject)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 60)
      .sign(new TextEncoder().encode(NEW.secret.padEnd(64, '-')));
  // The key is padded to what longer algorithms want, so a token of the right kind is signed alike.
  const padded = tokens(clock, { kid: 'new', secret: NEW.secret.padEnd(64, '-') });
  const good = { sid: 'a session', sx: clock.now() + 60_000 };
  expect(await padded.verify(await sign(good))).toMatchObject({ userId: 7 });
  expect(await padded.verify(await sign(good, { issuer: 'somebody else' }))).toBe('invalid');
  expect(await padded.verify(await sign(good, { alg: 'HS512' }))).toBe('invalid');
  expect(await padded.verify(await sign(good, { kid: '' }))).toBe('invalid');
  expect(await padded.verify(await sign(good, { kid: 'unknown' }))).toBe('invalid');
  expect(await padded.verify(await sign(good, { subject: 'admin' }))).toBe('invalid');
  expect(await padded.verify(await sign({ sx: good.sx }))).toBe('invalid');
  expect(await padded.verify(await sign({ sid: 'a session' }))).toBe('invalid');
  expect(await padded.verify(await sign({ ...good, sx: 'tomorrow' }))).toBe('invalid');
  expect(await issuer.verify(await sign(good))).toBe('invalid');
});

test('without a secret there are no tokens', () => {
  expect(() => tokens(new FakeClock())).toThrow(TypeError);
});

test('a refresh token is known by its hash alone, and no two are alike', () => {
  const made = Array.from({ length: 100 }, newRefreshToken);
  expect(new Set(made.map(({ token }) => token)).size).toBe(100);
  for (const { token, hash } of made) {
    expect(hashRefreshToken(token)).toBe(hash);
    expect(hash).not.toContain(token);
  }
});

function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

test('F3: a token of another era does not hold: its session ended with a database that was lost', async () => {
  const clock = new FakeClock();
  const claims = claimsAt(clock);
  const of = (era?: string) =>
    new Tokens({ clock, secrets: [NEW], accessMs: ACCESS_MS, ...(era !== undefined && { era }) });
  const { token } = await of('first').sign(claims);
  expect(await of('first').verify(token)).toEqual(claims);
  for (const other of [of('second'), of()]) expect(await other.verify(token)).toBe('invalid');
  // Without eras, as of a database server.
  const { token: plain } = await of().sign(claims);
  expect(await of().verify(plain)).toEqual(claims);
  expect(await of('first').verify(plain)).toBe('invalid');
});
