import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Documents } from '../../engine/documents/port.ts';
import type { Journal } from '../../engine/journal/port.ts';
import { Projector } from '../../engine/projector.ts';
import { type ProjectionTarget, TargetRefused, TargetUnavailable } from '../../engine/projection.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { describeDatabases } from '../support/databases.ts';
import { type DrivenDocuments, drivenSql } from '../support/document-drivers.ts';
import { fuzz } from '../support/fuzz/fuzz.ts';
import { allTold, History, type Told } from '../support/histories.ts';
import { Seeded } from '../support/seeded.ts';

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);
const STEPS = 700;
/** Of the two organisations of the fuzz. */
const ORGANISATIONS = [1, 2];

/** What a seed's engines journal, whatever happens to them. */
async function journalOf(seed: number): Promise<Journal> {
  let journal: Journal | null = null;
  await fuzz(seed, STEPS, { journal: (inner) => (journal = inner) });
  if (journal === null) throw new TypeError('the fuzz has a journal');
  return journal;
}

/** A store that is away now and then, before it took something in or just after; and forgets how far it told it was. */
function unreliable(target: ProjectionTarget, random: Seeded): ProjectionTarget {
  const flicker = () => {
    if (random.chance(0.15)) throw new TargetUnavailable('away, as it was told to be');
  };
  return {
    name: target.name,
    async position(epoch) {
      flicker();
      const position = await target.position(epoch);
      return random.chance(0.3) ? random.below(position + 1) : position;
    },
    async apply(projection) {
      flicker();
      const applied = await target.apply(projection);
      flicker();
      return applied;
    },
  };
}

/** Projectors come and go, two at a time, until the documents hold everything. */
async function project(journal: Journal, target: ProjectionTarget, random: Seeded): Promise<void> {
  const refusals: Error[] = [];
  const head = await journal.head();
  for (let lives = 0; ; lives++) {
    if (lives > 500) throw new Error('the documents never hold everything');
    const clock = new FakeClock();
    const start = () =>
      new Projector({
        journal,
        clock,
        target: unreliable(target, random),
        random: () => random.next(),
        // A store that is away is told of; one that refuses has been given what it had, or what is missing something.
        onTrouble: (error) => void (error instanceof TargetRefused && refusals.push(error)),
        gathering: { maxEvents: random.pick([1, 7, 50, 1000]), waitMs: random.pick([0, 50]) },
      });
    await using first = start();
    await using second = random.chance(0.5) ? start() : null;
    const reached = [first, second].flatMap((each) => each?.reached(head, 600_000) ?? []);
    const isDying = random.chance(0.6);
    const isOver = Promise.race(isDying ? [pause(random.below(60))] : reached);
    const ticking = { isOn: true };
    void isOver.finally(() => (ticking.isOn = false));
    while (ticking.isOn) await clock.advance(100);
    expect(refusals).toEqual([]);
    if ((await target.position(journal.epoch)) >= head) return;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

await describeDatabases('the projection', (databases) => {
  let driven: DrivenDocuments;
  let documents: Documents;
  beforeAll(async () => {
    driven = await drivenSql(databases);
    ({ documents } = driven);
  });
  afterAll(() => driven[Symbol.asyncDispose]());
  beforeEach(() => driven.clear());

  test.each(SEEDS)(
    'F3: of what a fuzzed engine journalled is its fold, nothing missing, in order: seed %i',
    async (seed) => {
      const journal = await journalOf(seed);
      const history = await History.of(journal);
      const random = new Seeded(seed);
      await project(journal, documents, random);

      const ids = [...new Set(history.events.map(({ agent }) => agent))];
      const told = (await Promise.all(ORGANISATIONS.map((id) => allTold(documents, id, ids)))).flat();
      const present = told.filter(({ version }) => version > 0);
      expect(present.length).toBe(ids.length);
      for (const each of present) expectFold(history, each);

      await driven.spoil();
      await documents.rebuild();
      expect((await Promise.all(ORGANISATIONS.map((id) => allTold(documents, id, ids)))).flat()).toEqual(
        told,
      );
      // At any version too.
      for (const agentId of ids) {
        const { organisation: organisationId = 0, seq = 0 } = history.eventsOf(agentId).at(-1) ?? {};
        const version = random.between(1, seq);
        expect(await documents.stateAt({ organisationId, agentId }, version)).toEqual(
          history.recordAt(agentId, version),
        );
      }
      await journal[Symbol.asyncDispose]();
    },
  );
});

function expectFold(history: History, { status, version, timeline, sessions }: Told): void {
  const events = history.eventsOf(status?.agentId ?? 0);
  const record = history.recordAt(status?.agentId ?? 0);
  expect(timeline.map(({ event }) => event)).toEqual(events);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(version).toBe(record?.seq);
  expect(status).toMatchObject({
    status: record?.status,
    category: record?.category,
    statusTimestamp: record?.since,
    cause: record?.cause,
    connectivity: record?.connectivity,
    duty: record?.dutyCode,
    routable: record?.routable,
    teamId: record?.member.teamId,
    version: record?.seq,
    updatedAt: record?.lastAt,
  });
  const everOpen = new Set(events.flatMap(({ set }) => set.sessions?.map(({ id }) => id) ?? []));
  expect(new Set(sessions.map(({ id }) => id))).toEqual(everOpen);
  const open = sessions.filter(({ endedAt }) => endedAt === null);
  expect(new Map(open.map(({ id, lostAt, startedAt }) => [id, { lostAt, startedAt }]))).toEqual(
    new Map(record?.sessions.map(({ id, lostAt, startedAt }) => [id, { lostAt, startedAt }])),
  );
}
