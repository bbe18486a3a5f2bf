import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../drizzle/client.ts';
import * as tokens from '../../drizzle/repositories/refresh-tokens.ts';
import { create } from '../../drizzle/repositories/users.ts';
import { makeOrganisation, newUser, NOBODY, unique } from '../support/database-fixtures.ts';
import { describeDatabases } from '../support/databases.ts';

const START = Date.parse('2026-03-01T08:00:00Z');
const MONTH_MS = 30 * 86_400_000;

/** A refresh by a cookie jar: from so many tabs at once, and which of the answers reached it last, if any did. */
interface Refresh {
  readonly afterMs: number;
  readonly tabs: number;
  readonly last: number | null;
}
const refresh: fc.Arbitrary<Refresh> = fc.record({
  // At once, in a loop, or much later.
  afterMs: fc.oneof(fc.constant(0), fc.nat({ max: 20_000 }), fc.nat({ max: 86_400_000 })),
  tabs: fc.integer({ min: 1, max: 4 }),
  last: fc.option(fc.nat({ max: 3 })),
});
/** A run of lost answers, longer than what is allowed at once. */
const outage: fc.Arbitrary<readonly Refresh[]> = fc
  .nat({ max: 25 })
  .map((length) => Array.from({ length }, () => ({ afterMs: 15_000, tabs: 1, last: null })));
const life: fc.Arbitrary<readonly Refresh[]> = fc
  .array(fc.oneof({ weight: 8, arbitrary: refresh.map((one) => [one]) }, { weight: 1, arbitrary: outage }), {
    maxLength: 12,
  })
  .map((parts) => parts.flat());

/** Which of two holders presents its token, and whether the answer arrives. */
interface Turn {
  readonly who: 'owner' | 'thief';
  readonly arrives: boolean;
}
const turns: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.record({ who: fc.constantFrom('owner' as const, 'thief' as const), arrives: fc.boolean() }),
  { maxLength: 12 },
);

/** What comes of the turns of two who start with the same token: the session is of the first who uses a child of it. */
function foretold(schedule: readonly Turn[]): tokens.Rotation['outcome'][] {
  const holdsChild = { owner: false, thief: false };
  let ahead: Turn['who'] | null = null;
  let hasEnded = false;
  return schedule.map(({ who, arrives }) => {
    if (hasEnded) return 'refused';
    hasEnded = ahead !== null && ahead !== who;
    if (hasEnded) return 'reused';
    if (holdsChild[who]) ahead = who;
    holdsChild[who] ||= arrives;
    return 'rotated';
  });
}

await describeDatabases('the rule of refresh tokens', (databases) => {
  let database: Database;
  let user: { readonly organisationId: number; readonly userId: number };

  beforeAll(async () => {
    database = await databases.open();
    const { id: organisationId } = await makeOrganisation(database.db);
    const { id: userId } = await create(database.db, newUser(organisationId), NOBODY);
    user = { organisationId, userId };
  });
  afterAll(() => database[Symbol.asyncDispose]());

  /** A session with its first token. */
  async function logIn() {
    const familyId = randomUUID();
    const first = unique('token');
    let now = START;
    const token = (tokenHash: string) => ({
      tokenHash,
      expiresAt: new Date(now + MONTH_MS),
      userAgent: null,
      ipAddress: null,
    });
    await tokens.issue(database.db, { ...user, familyId, issuedAt: new Date(now), ...token(first) });
    return {
      first,
      pass: (ms: number) => (now += ms),
      isLive: () => tokens.isFamilyLive(database.db, familyId, new Date(now)),
      /** Presents a token; `child` is what the answer holds. */
      present: async (tokenHash: string) => {
        const child = unique('token');
        const rotation = await tokens.rotate(database.db, {
          tokenHash,
          child: token(child),
          now: new Date(now),
        });
        return { outcome: rotation.outcome, child };
      },
    };
  }

  test('a client that keeps the last token it received is never logged out, whatever answers are lost', async () => {
    const stays = fc.asyncProperty(life, async (refreshes) => {
      const session = await logIn();
      let held = session.first;
      for (const { afterMs, tabs, last } of refreshes) {
        session.pass(afterMs);
        const answers = await Promise.all(Array.from({ length: tabs }, () => session.present(held)));
        for (const { outcome } of answers) expect(['rotated', 'throttled']).toContain(outcome);
        const received = answers.filter(({ outcome }) => outcome === 'rotated');
        if (last !== null) held = received[last % received.length]?.child ?? held;
      }
      session.pass(tokens.NEXT_CHILD_MS);
      expect(await session.present(held)).toMatchObject({ outcome: 'rotated' });
      expect(await session.isLive()).toBe(true);
    });
    await fc.assert(stays, { numRuns: 60 });
  });

  test('of two who hold one token and go on from it, the second to come ends the session', async () => {
    const ends = fc.asyncProperty(turns, async (schedule) => {
      const session = await logIn();
      const held = { owner: session.first, thief: session.first };
      const outcomes = [];
      for (const { who, arrives } of schedule) {
        session.pass(tokens.NEXT_CHILD_MS);
        const { outcome, child } = await session.present(held[who]);
        if (arrives && outcome === 'rotated') held[who] = child;
        outcomes.push(outcome);
      }
      expect(outcomes).toEqual(foretold(schedule));
      expect(await session.isLive()).toBe(!outcomes.includes('reused'));
    });
    await fc.assert(ends, { numRuns: 100 });
  });
});
