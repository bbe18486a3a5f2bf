import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../drizzle/client.ts';
import { type Queryable, settle } from '../../drizzle/queryable.ts';
import * as tokens from '../../drizzle/repositories/refresh-tokens.ts';
import { create } from '../../drizzle/repositories/users.ts';
import { users } from '../../drizzle/schema/people.ts';
import { refreshTokens } from '../../drizzle/schema/refresh-tokens.ts';
import { makeOrganisation, newUser, NOBODY, unique } from '../support/database-fixtures.ts';
import { describeDatabases } from '../support/databases.ts';

const START = Date.parse('2026-03-01T08:00:00Z');

/** So many minutes after the start. */
const at = (minutes: number): Date => new Date(START + minutes * 60_000);

await describeDatabases('log-in sessions', (databases) => {
  let database: Database;
  let db: Queryable;
  let owner: tokens.TokenOwner;

  /** Uses a token so many minutes after the start; its child lives an hour. */
  const use = (tokenHash: string, minutes: number, child = unique('token')) =>
    tokens.rotate(db, {
      tokenHash,
      child: { tokenHash: child, expiresAt: at(minutes + 60), userAgent: 'newer', ipAddress: null },
      now: at(minutes),
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

  test('F3: all end at once, and those that have ended before stay as they were', async () => {
    const another = { ...owner, familyId: randomUUID() };
    for (const of of [owner, another]) await logIn(of);
    await tokens.revokeFamily(db, another.familyId, at(1));
    await tokens.revokeAll(db, at(5));
    expect(await isLive(6)).toBe(false);
    const recent = await tokens.revokedSince(db, at(5));
    expect(recent).toContain(owner.familyId);
    expect(recent).not.toContain(another.familyId);
  });

  describe('a token', () => {
    test('is exchanged for a child, and that one for its own', async () => {
      const first = await logIn();
      expect(await use(first, 5, 'second' + first)).toEqual({ outcome: 'rotated', ...owner });
      expect(await use('second' + first, 50)).toEqual({ outcome: 'rotated', ...owner });
      expect(await isLive(100)).toBe(true);
    });

    test('whose answers were lost goes on, however late', async () => {
      const first = await logIn();
      await use(first, 5);
      await use(first, 6);
      expect(await use(first, 59, 'received' + first)).toEqual({ outcome: 'rotated', ...owner });
      await use('received' + first, 117);
      expect(await use('received' + first, 118)).toEqual({ outcome: 'rotated', ...owner });
      expect(await isLive(177)).toBe(true);
    });

    test('that comes again after its child was used ends the whole session', async () => {
      const first = await logIn();
      await use(first, 5, 'second' + first);
      await use('second' + first, 6, 'third' + first);
      expect(await use(first, 6)).toEqual({ outcome: 'reused', ...owner });
      expect(await isLive(6)).toBe(false);
      expect(await use('third' + first, 7)).toEqual({ outcome: 'refused' });
    });

    test.each([6, 64])(
      'whose sibling was used ends the whole session, also in minute %i, far behind it',
      async (minutes) => {
        const first = await logIn();
        await use(first, 5, 'hers' + first);
        await use(first, 5, 'his' + first);
        await use('hers' + first, 6, 'third' + first);
        await use('third' + first, 6);
        expect(await use('his' + first, minutes)).toEqual({ outcome: 'reused', ...owner });
        expect(await isLive(minutes)).toBe(false);
      },
    );

    test('is refused once it has expired, used or not, and its session lives', async () => {
      const first = await logIn();
      await use(first, 58, 'lost' + first);
      await use(first, 59, 'second' + first);
      expect(await use(first, 60)).toEqual({ outcome: 'refused' });
      await use('second' + first, 61);
      expect(await use(first, 62)).toEqual({ outcome: 'refused' });
      expect(await use('lost' + first, 118)).toEqual({ outcome: 'refused' });
      expect(await isLive(118)).toBe(true);
    });

    test('that many present at once has a child for each; of two children at once one goes on and the session ends', async () => {
      for (let round = 0; round < 5; round += 1) {
        owner = { ...owner, familyId: randomUUID() };
        const first = await logIn();
        const children = Array.from({ length: 8 }, () => unique('child'));
        const outcomes = await Promise.all(children.map((child) => use(first, 5, child)));
        expect(outcomes).toEqual(children.map(() => ({ outcome: 'rotated', ...owner })));
        expect(await isLive(5)).toBe(true);
        const both = await Promise.all(children.slice(0, 2).map((child) => use(child, 6)));
        expect(both.map(({ outcome }) => outcome).sort()).toEqual(['reused', 'rotated']);
        expect(await isLive(6)).toBe(false);
      }
    });

    test('that is used and its child at once ends the session where the child came first', async () => {
      for (let round = 0; round < 5; round += 1) {
        owner = { ...owner, familyId: randomUUID() };
        const first = await logIn();
        await use(first, 5, 'child' + first);
        const [parent, child] = await Promise.all([use(first, 6), use('child' + first, 6)]);
        expect(child.outcome).toBe('rotated');
        expect(await isLive(6)).toBe(parent.outcome === 'rotated');
      }
    });

    test('has only so many children at once, and another with time', async () => {
      const first = await logIn();
      const outcomes = [];
      for (let child = 0; child < tokens.CHILDREN_AT_ONCE; child += 1)
        outcomes.push((await use(first, child / 60)).outcome);
      expect(new Set(outcomes)).toEqual(new Set(['rotated']));
      expect(await use(first, tokens.CHILDREN_AT_ONCE / 60)).toEqual({
        outcome: 'throttled',
        retryAfterMs: tokens.NEXT_CHILD_MS - 1000,
      });
      expect(await use(first, 2, 'received' + first)).toMatchObject({ outcome: 'rotated' });
      expect(await use(first, 2)).toMatchObject({ outcome: 'throttled' });
      expect(await use('received' + first, 2)).toMatchObject({ outcome: 'rotated' });
      expect(await use(first, 2)).toMatchObject({ outcome: 'reused' });
    });

    test('names its session whatever has become of it', async () => {
      const first = await logIn();
      const family = async () => (await tokens.ownerOf(db, first))?.familyId;
      expect(await tokens.ownerOf(db, 'never issued')).toBeNull();
      expect(await family()).toBe(owner.familyId);
      await use(first, 5, 'second' + first);
      await use('second' + first, 5);
      expect(await family()).toBe(owner.familyId);
      await tokens.revokeFamily(db, owner.familyId, at(5));
      expect(await family()).toBe(owner.familyId);
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

    test('that another session has cannot be issued, and the old one stays good', async () => {
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

    test('is deleted whole or not at all', async () => {
      const first = await logIn();
      await use(first, 1);
      const firstAlone = db.delete(refreshTokens).where(eq(refreshTokens.tokenHash, first));
      await expect(settle(firstAlone)).rejects.toMatchObject({
        name: 'UnknownReference',
        field: 'parentId',
      });
      await settle(db.delete(refreshTokens).where(eq(refreshTokens.familyId, owner.familyId)));
      expect(await tokens.ownerOf(db, first)).toBeNull();
    });

    test('that was revoked is told to a server that starts soon after', async () => {
      await use(await logIn(), 1);
      const { familyId } = owner;
      await tokens.revokeFamily(db, familyId, at(10));
      expect(await tokens.revokedSince(db, at(10))).toEqual(expect.arrayContaining([familyId]));
      expect(await tokens.revokedSince(db, at(11))).not.toContain(familyId);
    });

    test('C10: of many those that hold are told apart, with their ends; refreshed ones by the newest token', async () => {
      const [refreshed, revoked, fresh, never] = Array.from({ length: 4 }, () => randomUUID());
      if (refreshed === undefined || revoked === undefined || fresh === undefined || never === undefined)
        throw new RangeError('there are four');
      await use(await logIn({ ...owner, familyId: refreshed }), 30);
      await logIn({ ...owner, familyId: revoked });
      await logIn({ ...owner, familyId: fresh });
      await tokens.revokeFamily(db, revoked, at(40));
      const asked = [refreshed, revoked, fresh, never];
      expect(await tokens.liveFamilies(db, asked, at(50))).toEqual(
        new Map([
          [fresh, at(60)],
          [refreshed, at(90)],
        ]),
      );
      expect(await tokens.liveFamilies(db, asked, at(60))).toEqual(new Map([[refreshed, at(90)]]));
      expect(await tokens.liveFamilies(db, [], at(50))).toEqual(new Map());
    });

    test('that ended long ago is forgotten, one that lives is kept whole', async () => {
      const families = { expired: randomUUID(), revoked: randomUUID(), living: randomUUID() };
      const firsts: Record<string, string> = {};
      for (const [name, familyId] of Object.entries(families)) {
        const first = await logIn({ ...owner, familyId });
        firsts[name] = first;
        await use(first, name === 'expired' ? 1 : 30);
      }
      await tokens.revokeFamily(db, families.revoked, at(40));
      const kept = async () => {
        const found = await Promise.all(
          Object.values(firsts).map(async (first) => (await tokens.ownerOf(db, first))?.familyId ?? null),
        );
        return found.filter((family) => family !== null);
      };
      await tokens.prune(db, at(40));
      expect(await kept()).toEqual([families.expired, families.revoked, families.living]);
      await tokens.prune(db, at(62));
      expect(await kept()).toEqual([families.living]);
      expect(await tokens.isFamilyLive(db, families.living, at(62))).toBe(true);
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
