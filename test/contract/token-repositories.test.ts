import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../drizzle/client.ts';
import type { Queryable } from '../../drizzle/queryable.ts';
import * as tokens from '../../drizzle/repositories/refresh-tokens.ts';
import { create } from '../../drizzle/repositories/users.ts';
import { users } from '../../drizzle/schema/people.ts';
import { makeOrganisation, newUser, NOBODY, unique } from '../support/database-fixtures.ts';
import { describeDatabases } from '../support/databases.ts';

const START = Date.parse('2026-03-01T08:00:00Z');
const LEEWAY_MS = 10_000;

/** So many minutes after the start. */
const at = (minutes: number): Date => new Date(START + minutes * 60_000);

await describeDatabases('log-in sessions', (databases) => {
  let database: Database;
  let db: Queryable;
  let owner: tokens.TokenOwner;

  /** Uses a token so many minutes after the start; its successor lives an hour. */
  const use = (tokenHash: string, minutes: number, successor = unique('token')) =>
    tokens.rotate(db, {
      tokenHash,
      successor: { tokenHash: successor, expiresAt: at(minutes + 60), userAgent: 'newer', ipAddress: null },
      now: at(minutes),
      leewayMs: LEEWAY_MS,
    });
  /** A session that starts at the start, and its first token, which lives an hour. */
  const logIn = async (of: tokens.TokenOwner = owner): Promise<string> => {
    const tokenHash = unique('token');
    await tokens.issue(db, {
      ...of,
      tokenHash,
      issuedAt: at(0),
      expiresAt: at(60),
      userAgent: 'older',
      ipAddress: '192.0.2.1',
    });
    return tokenHash;
  };
  const isLive = (minutes: number) => tokens.isFamilyLive(db, owner.familyId, at(minutes));

  beforeAll(async () => {
    database = await databases.open();
    db = database.db;
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    const { id: organisationId } = await makeOrganisation(db);
    const { id: userId } = await create(db, newUser(organisationId), NOBODY);
    owner = { organisationId, userId, familyId: randomUUID() };
  });

  describe('a token', () => {
    test('is exchanged once, and its successor after it', async () => {
      const first = await logIn();
      expect(await use(first, 5, 'second' + first)).toEqual({ outcome: 'rotated', ...owner });
      expect(await use('second' + first, 50)).toEqual({ outcome: 'rotated', ...owner });
      expect(await isLive(100)).toBe(true);
    });

    test('that comes again later ends the whole session', async () => {
      const first = await logIn();
      await use(first, 5, 'second' + first);
      expect(await use(first, 6)).toEqual({ outcome: 'reused', ...owner });
      expect(await isLive(6)).toBe(false);
      expect(await use('second' + first, 7)).toEqual({ outcome: 'refused' });
    });

    test('ends the session also when it has expired since', async () => {
      const first = await logIn();
      await use(first, 59, 'second' + first);
      expect(await use(first, 61)).toMatchObject({ outcome: 'reused' });
      expect(await isLive(61)).toBe(false);
    });

    test('that two tabs present at once is exchanged for one of them, and the session lives', async () => {
      const first = await logIn();
      const outcomes = await Promise.all([use(first, 5), use(first, 5), use(first, 5)]);
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['raced', 'raced', 'rotated']);
      expect(await tokens.list(db, owner, at(5))).toHaveLength(1);
    });

    test('is refused when it is unknown, expired, revoked or its user deactivated', async () => {
      expect(await use('never issued', 1)).toEqual({ outcome: 'refused' });
      const token = await logIn();
      expect(await use(token, 60)).toEqual({ outcome: 'refused' });
      await tokens.revokeFamily(db, owner.familyId, at(1));
      expect(await use(token, 1)).toEqual({ outcome: 'refused' });
      const orphan = await logIn({ ...owner, familyId: randomUUID() });
      await db.update(users).set({ isActive: false }).where(eq(users.id, owner.userId));
      expect(await use(orphan, 1)).toEqual({ outcome: 'refused' });
    });

    test('that a successor already has cannot be issued, and the old one stays good', async () => {
      const [first, other] = [await logIn(), await logIn({ ...owner, familyId: randomUUID() })];
      await expect(use(first, 1, other)).rejects.toMatchObject({
        name: 'DuplicateValue',
        field: 'tokenHash',
      });
      expect(await use(first, 2)).toMatchObject({ outcome: 'rotated' });
    });
  });

  describe('a session', () => {
    test('lives until its newest token expires', async () => {
      await use(await logIn(), 30);
      expect(await isLive(89)).toBe(true);
      expect(await isLive(90)).toBe(false);
    });

    test('ends when it is revoked, once', async () => {
      await logIn();
      expect(await tokens.revokeFamily(db, owner.familyId, at(1))).toBe(true);
      expect(await isLive(1)).toBe(false);
      expect(await tokens.revokeFamily(db, owner.familyId, at(2))).toBe(false);
    });

    test('does not outlive a revocation that meets an exchange', async () => {
      for (let round = 0; round < 10; round += 1) {
        owner = { ...owner, familyId: randomUUID() };
        const first = await logIn();
        await Promise.all([use(first, 1), tokens.revokeFamily(db, owner.familyId, at(1))]);
        expect(await isLive(1)).toBe(false);
      }
    });

    test('ends with its user', async () => {
      await logIn();
      await db.update(users).set({ isActive: false }).where(eq(users.id, owner.userId));
      expect(await isLive(1)).toBe(false);
    });

    test('is listed with its first and its newest token, until it ends', async () => {
      await use(await logIn(), 30);
      const other = randomUUID();
      await logIn({ ...owner, familyId: other });
      await tokens.revokeFamily(db, other, at(31));
      expect(await tokens.list(db, owner, at(31))).toEqual([
        {
          familyId: owner.familyId,
          startedAt: at(0),
          refreshedAt: at(30),
          expiresAt: at(90),
          userAgent: 'newer',
          ipAddress: null,
        },
      ]);
      expect(await tokens.list(db, owner, at(90))).toEqual([]);
    });

    test('J1: belongs to a user of its organisation', async () => {
      const { id: other } = await makeOrganisation(db);
      await expect(logIn({ ...owner, organisationId: other })).rejects.toMatchObject({
        name: 'UnknownReference',
        field: 'userId',
      });
      await logIn();
      expect(await tokens.list(db, { ...owner, organisationId: other }, at(1))).toEqual([]);
    });
  });
});
