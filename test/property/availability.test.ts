import { expect, test } from 'vitest';
import { Availability } from '../../engine/availability.ts';
import { Places } from '../../engine/places.ts';
import { type AgentRecord, newcomer } from '../../engine/record.ts';
import type { Scope } from '../../engine/scope.ts';
import { member } from '../support/engines.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { isIn } from '../support/scanned-summary.ts';
import { Seeded } from '../support/seeded.ts';

const SEEDS = Array.from({ length: 12 }, (_, at) => at + 1);
const SCOPES: readonly Scope[] = [
  { all: true },
  { admin: true },
  { teamId: 1 },
  { teamId: 2 },
  { department: 'Sales' },
  { department: 'constructor' },
  { agentId: 1 },
  { agentId: 2 },
];

/** The slow way: everybody is looked at each time. */
class Model {
  readonly records = new Map<number, AgentRecord>();
  readonly claimedAt = new Map<number, number>();
  readonly lastClaims = new Map<number, number>();
  #claims = 0;

  record(id: number): AgentRecord | null {
    return this.records.get(id) ?? null;
  }

  routableIn(organisationId: number, scope: Scope): readonly AgentRecord[] {
    return [...this.records.values()].filter(
      ({ member: who, routable }) => routable && who.organisationId === organisationId && isIn(who, scope),
    );
  }

  publish(record: AgentRecord): void {
    const { id, active } = record.member;
    const before = this.records.get(id);
    this.records.set(id, record);
    const isHere = record.routable || record.connectivity === 'reconnecting';
    if (!isHere || !active || before?.current !== record.current) this.claimedAt.delete(id);
    if (!active) this.lastClaims.delete(id);
  }

  claim(organisationId: number, scope: Scope, now: number): AgentRecord | null {
    const [next] = this.routableIn(organisationId, scope)
      .filter(({ member: { id } }) => now - (this.claimedAt.get(id) ?? -Infinity) >= 10_000)
      .sort(
        (a, b) =>
          a.current - b.current ||
          a.since - b.since ||
          this.#lastOf(a) - this.#lastOf(b) ||
          a.member.id - b.member.id,
      );
    if (next === undefined) return null;
    this.claimedAt.set(next.member.id, now);
    this.lastClaims.set(next.member.id, ++this.#claims);
    return next;
  }

  #lastOf({ member: { id } }: AgentRecord): number {
    return this.lastClaims.get(id) ?? 0;
  }
}

function changed(random: Seeded, before: AgentRecord): AgentRecord {
  const { member: who } = before;
  switch (random.below(7)) {
    case 0:
      return { ...before, routable: true, connectivity: 'connected', current: random.pick([0, 0, 0, 1, 2]) };
    case 1:
      return { ...before, routable: false, connectivity: random.pick(['reconnecting', 'connected']) };
    case 2:
      return { ...before, routable: before.category === 'available', connectivity: 'connected' };
    case 3:
      return { ...before, since: random.below(20), routable: true, connectivity: 'connected' };
    case 4:
      return { ...before, member: { ...who, teamId: random.pick([1, 2, null]) } };
    case 5:
      return { ...before, member: { ...who, onBoard: random.chance(0.8), active: random.chance(0.8) } };
    default:
      return { ...before, member: { ...who, department: random.pick(['Sales', 'Support', null]) } };
  }
}

test.each(SEEDS)(
  'A6: whoever is next is whom a look at everybody finds, and nobody twice in ten seconds: seed %i',
  async (seed) => {
    const random = new Seeded(seed);
    const clock = new FakeClock();
    const model = new Model();
    const availability = new Availability({ clock, places: new Places(), population: model });
    const agents = random.pick([3, 40, 200]);
    for (let id = 1; id <= agents; id++)
      model.records.set(id, newcomer(member(id, { organisationId: 1 + (id % 2), teamId: 1 + (id % 3) })));
    for (let step = 0; step < 2000; step++) {
      for (let changes = random.below(3); changes > 0; changes--) {
        const before = random.pick([...model.records.values()]);
        const after = changed(random, before);
        model.publish(after);
        availability.publish(before, after);
      }
      if (random.chance(0.2)) await clock.advance(random.pick([1, 500, 4_000, 9_999, 10_000]));
      const subject = { organisationId: random.pick([1, 2, 3]), scope: random.pick(SCOPES) };
      const expected = model.claim(subject.organisationId, subject.scope, clock.now());
      const until = clock.now() + 10_000;
      const claimed = availability.claim(subject);
      expect(claimed?.until ?? until).toBe(until);
      expect(claimed?.record ?? null).toBe(expected);
    }
  },
);
