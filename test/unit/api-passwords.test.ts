import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from '../../api/auth/passwords.ts';

test('a password fits its own hash and no other', async () => {
  const stored = await hashPassword('Correct horse 1');
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword(stored, 'Correct horse 1')).toBe(true);
  expect(await verifyPassword(stored, 'correct horse 1')).toBe(false);
  expect(await verifyPassword(stored, '')).toBe(false);
  expect(await hashPassword('Correct horse 1')).not.toBe(stored);
});

test('any text is a password: long, of any script, with a NUL', async () => {
  for (const password of ['x'.repeat(1024), 'รหัสผ่าน 🔑', 'before\0after']) {
    const stored = await hashPassword(password);
    expect(await verifyPassword(stored, password)).toBe(true);
  }
  expect(await verifyPassword(await hashPassword('before\0after'), 'before')).toBe(false);
});

test('for somebody who does not exist no password fits, and the check is made all the same', async () => {
  expect(await verifyPassword(null, 'anything')).toBe(false);
  expect(await verifyPassword(null, '')).toBe(false);
});
